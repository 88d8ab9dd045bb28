"""Overlay planes: images of one bit that lie on a frame.

See DICOM PS3.3 C.9.2, C.9.3. A pixel of an overlay has the size of a pixel of the frame, so that its aspect
is the frame's. It is drawn on the image only: measuring, thresholds and classifiers never see it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from medviewer.imaging.frame.types import Mask

Color = tuple[int, int, int]
"""Red, green, blue, 0..255."""

OVERLAY_COLOR: Final[Color] = (110, 222, 232)  # told from gray, and from the green of a threshold by all eyes


class OverlayKind(StrEnum):
    """Overlay Type (60xx,0040)."""

    GRAPHICS = "G"
    REGION = "R"  # a region of interest: its border is drawn, so that what it marks stays seen


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """One overlay plane.

    Parameters
    ----------
    mask : (rows, columns) bool
        Of its own size, not the frame's.
    origin : (row, column)
        The pixel of the frame, from 0, under the first pixel of the overlay; may be negative or outside.
    group : int
        0x6000 to 0x601E.
    color : (red, green, blue) or None
        As a presentation state recommends it; None: OVERLAY_COLOR.
    """

    mask: Mask
    origin: tuple[int, int] = (0, 0)
    kind: OverlayKind = OverlayKind.GRAPHICS
    label: str = ""
    description: str = ""
    group: int = 0x6000
    color: Color | None = None
