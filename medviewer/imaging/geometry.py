"""Where a frame lies: pixel spacing, position and orientation in the patient (PS3.3 C.7.6.2).

Patient coordinates are DICOM's: x to the patient's left, y to posterior, z to the head; in mm.
"""

from dataclasses import dataclass
from enum import StrEnum

Vector = tuple[float, float, float]


class SpacingKind(StrEnum):
    """What a millimetre means in this frame (PS3.3 10.7.1.2)."""

    PATIENT = "patient"  # Pixel Spacing of a cross-sectional or calibrated image
    DETECTOR = "detector"  # Imager Pixel Spacing: mm at the detector, magnified
    UNKNOWN = "unknown"  # no spacing: pixels only


@dataclass(frozen=True, slots=True)
class FrameGeometry:
    """Spacing, position and orientation of one frame."""

    spacing_mm: tuple[float, float] | None = None  # between rows (down), between columns (across)
    spacing_kind: SpacingKind = SpacingKind.UNKNOWN
    pixel_aspect: float = 1.0  # height of a pixel / its width
    position_mm: Vector | None = None  # centre of the first pixel
    row_direction: Vector | None = None  # unit vector along a row: increasing column index
    column_direction: Vector | None = None  # unit vector along a column: increasing row index
    patient_orientation: tuple[str, str] | None = None  # (0020,0020) of projection images, ("L", "F")
    slice_thickness_mm: float | None = None
