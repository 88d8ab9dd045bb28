"""Drawings and texts of a presentation state, as values.

See DICOM PS3.3 C.10.5, C.10.7. Points are (x, y). In PIXEL units 0, 0 is the upper left corner of the first
pixel and 1, 1 its lower right one; in DISPLAY units 0, 0 and 1, 1 are the corners of the displayed area as
it is seen.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from medviewer.imaging.frame import Color, Overlay

Point = tuple[float, float]


class Units(StrEnum):
    """Annotation units of graphics, bounding boxes and anchor points.

    See (0070,0005), (0070,0003) and (0070,0004).
    """

    PIXEL = "PIXEL"
    DISPLAY = "DISPLAY"


class GraphicKind(StrEnum):
    """Graphic Type (0070,0023)."""

    POINT = "POINT"
    POLYLINE = "POLYLINE"
    INTERPOLATED = "INTERPOLATED"
    CIRCLE = "CIRCLE"  # center, a point on it
    ELLIPSE = "ELLIPSE"  # both ends of the major axis, both of the minor one


@dataclass(frozen=True, slots=True)
class Graphic:
    """One drawn object."""

    kind: GraphicKind
    points: tuple[Point, ...]
    units: Units = Units.PIXEL
    is_filled: bool = False


class Justification(StrEnum):
    """Bounding Box Text Horizontal Justification (0070,0012)."""

    LEFT = "LEFT"
    CENTER = "CENTER"
    RIGHT = "RIGHT"

    @property
    def share_before(self) -> float:
        """Share of the free width of a box before its text."""
        return SHARES_BEFORE[self]


SHARES_BEFORE: Final = {Justification.LEFT: 0.0, Justification.CENTER: 0.5, Justification.RIGHT: 1.0}


@dataclass(frozen=True, slots=True)
class TextNote:
    """One text, in a box, beside an anchor, or both.

    Parameters
    ----------
    lines : tuple of str
        Plain text.
    box : (upper left, lower right) or None
        Of the text as it is seen: it is never mirrored or turned.
    anchor : point or None
        What the text is about.
    is_anchor_shown : bool
        A line from the text to the anchor is drawn.
    """

    lines: tuple[str, ...]
    box: tuple[Point, Point] | None = None
    box_units: Units = Units.PIXEL
    anchor: Point | None = None
    anchor_units: Units = Units.PIXEL
    is_anchor_shown: bool = False
    justification: Justification = Justification.LEFT


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Graphics and texts of one graphic layer.

    Overlays first, then graphics, then texts.

    Parameters
    ----------
    color : (red, green, blue) or None
        As the layer recommends it; None: OVERLAY_COLOR.
    """

    name: str
    color: Color | None = None
    overlays: tuple[Overlay, ...] = ()
    graphics: tuple[Graphic, ...] = ()
    texts: tuple[TextNote, ...] = ()
