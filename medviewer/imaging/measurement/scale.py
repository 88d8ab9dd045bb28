"""The scale of the pixels between the points of a measurement.

Millimeters only where the file earns them (DICOM PS3.3 10.7.1.2 and C.8.5.5).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from medviewer.imaging.annotation import Point
from medviewer.imaging.frame import Frame, Region, SpacingKind, region_at
from medviewer.translation import NOTHING, Message, mark, message

SAME_SCALE: Final = 1e-6  # relative difference of the scales of two regions

NO_SPACING: Final = message("The file states no size of a pixel; the unit is the pixel.")
PIXEL_WIDTHS: Final = message(
    "The file states no size of a pixel, only that it is not square; the unit is its width."
)
AT_DETECTOR: Final = message(
    "Millimetres are those at the detector: by magnification the patient's own are fewer."
)
MAGNIFIED: Final = mark(
    "Millimetres are those at the detector: the file estimates a magnification of {factor}, by which the "
    "patient's own are fewer."
)
CALIBRATED: Final = message("Millimetres are calibrated: they hold in the plane of the calibration only.")
NO_REGION: Final = message("Outside of the calibrated regions of this image; the unit is the pixel.")
SEVERAL_REGIONS: Final = message(
    "The points lie in regions of this image with scales of their own; the unit is the pixel."
)
NO_UNIT: Final = message("This region of the image states no unit; the unit is the pixel.")
IN_WIDTHS: Final = {
    NO_SPACING: PIXEL_WIDTHS,
    NO_REGION: message("Outside of the calibrated regions of this image; the unit is the width of a pixel."),
    SEVERAL_REGIONS: message(
        "The points lie in regions of this image with scales of their own; the unit is the width of a pixel."
    ),
    NO_UNIT: message("This region of the image states no unit; the unit is the width of a pixel."),
}
"""What is said in place of a note where pixels are not square."""

SUFFIXES: Final = {
    SpacingKind.DETECTOR: mark("{length} at the detector"),
    SpacingKind.CALIBRATED: mark("{length} (calibrated)"),
}


@dataclass(frozen=True, slots=True)
class PixelScale:
    """The size of a pixel where a measurement lies.

    Parameters
    ----------
    across, down : float
        Size of a pixel along a row and along a column, above 0.
    unit_across, unit_down : str
        "mm", "px", or what a region of an ultrasound image states: "ms", "cm/s".
    kind : SpacingKind
        What a millimeter is.
    note : Message
        What is to be said about the unit, or NOTHING.
    """

    across: float = 1.0
    down: float = 1.0
    unit_across: str = "px"
    unit_down: str = "px"
    kind: SpacingKind = SpacingKind.UNKNOWN
    note: Message = NOTHING

    @property
    def has_one_unit(self) -> bool:
        """Whether lengths and angles across rows and columns mean something."""
        return self.unit_across == self.unit_down and self.unit_across in ("mm", "px")

    @property
    def unit(self) -> str:
        """The unit of lengths; meant where `has_one_unit`."""
        return self.unit_across

    @property
    def area_unit(self) -> str:
        """The unit of areas: "mm²", or "px" for a number of pixels."""
        return "mm²" if self.unit == "mm" else "px"

    @property
    def pixel_area(self) -> float:
        """The area of one pixel in `area_unit`."""
        return self.across * self.down if self.unit == "mm" else 1.0

    def vector(self, start: Point, end: Point) -> Point:
        """Return the way from one point to another, in the units."""
        return (end[0] - start[0]) * self.across, (end[1] - start[1]) * self.down

    def said(self, length: str) -> Message:
        """Return a length or an area with the meaning of its millimeter."""
        return Message(SUFFIXES.get(self.kind, "{length}"), (("length", length),))


def scale_of(frame: Frame, points: Sequence[Point]) -> PixelScale:
    """Return the scale that holds between these points of a frame.

    Parameters
    ----------
    points : sequence of (x, y)
        In pixels; 0.5, 0.5 is the center of the first one.

    References
    ----------
    DICOM PS3.3 10.7.1.2 and 10.7.1.3, spacing of projections; C.8.5.5, a distance between two regions of an
    ultrasound image means nothing; C.7.6.3.1.7, Pixel Aspect Ratio.
    """
    if frame.regions:
        return _scale_of_region(frame, points)
    geometry = frame.geometry
    spacing, kind = geometry.spacing_mm, geometry.spacing_kind
    if spacing is None or kind is SpacingKind.UNKNOWN or not all(0 < size < math.inf for size in spacing):
        return _pixels(frame, NO_SPACING)
    note = {SpacingKind.DETECTOR: AT_DETECTOR, SpacingKind.CALIBRATED: CALIBRATED}.get(kind, NOTHING)
    if kind is SpacingKind.DETECTOR and geometry.magnification is not None:
        note = Message(MAGNIFIED, (("factor", f"{geometry.magnification:.3g}"),))
    return PixelScale(spacing[1], spacing[0], "mm", "mm", kind, note)


def _pixels(frame: Frame, note: Message) -> PixelScale:
    aspect = frame.geometry.pixel_aspect
    if aspect == 1 or not 0 < aspect < math.inf:
        return PixelScale(note=note)
    return PixelScale(down=aspect, note=IN_WIDTHS[note])


def _scale_of_region(frame: Frame, points: Sequence[Point]) -> PixelScale:
    places = [(y - 0.5, x - 0.5) for x, y in points]
    found = [region_at(frame.regions, row, column) for row, column in places]
    known = [region for region in found if region is not None]
    if len(known) < len(found) or not known:
        return _pixels(frame, SEVERAL_REGIONS if known else NO_REGION)
    # a box of colors within its tissue has the same scale; two pictures side by side do too, but no distance
    is_in_one = any(all(region.holds(*place) for place in places) for region in known)
    if not is_in_one or not all(_is_alike(known[0], other) for other in known[1:]):
        return _pixels(frame, SEVERAL_REGIONS)
    across, down = known[0].across, known[0].down
    if across is None or down is None or not _is_size(across.delta) or not _is_size(down.delta):
        return _pixels(frame, NO_UNIT)
    is_tissue = across.unit == down.unit == "mm"
    kind = SpacingKind.PATIENT if is_tissue else SpacingKind.UNKNOWN
    return PixelScale(abs(across.delta), abs(down.delta), across.unit, down.unit, kind)


def _is_size(delta: float) -> bool:
    return 0 < abs(delta) < math.inf


def _is_alike(one: Region, other: Region) -> bool:
    for mine, theirs in ((one.across, other.across), (one.down, other.down)):
        if mine is None or theirs is None:
            if mine is not theirs:
                return False
        elif mine.unit != theirs.unit or not math.isclose(mine.delta, theirs.delta, rel_tol=SAME_SCALE):
            return False
    return True
