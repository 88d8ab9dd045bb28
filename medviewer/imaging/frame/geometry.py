"""Geometry of a frame: spacing, position, orientation (PS3.3 C.7.6.2).

Patient coordinates are DICOM's: x to the patient's left, y to posterior, z to the head; in mm.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

Vector = tuple[float, float, float]

PLANE_TOLERANCE_DEGREES: Final = 30.0
SAME_PLACE_MM: Final = 0.01  # closer frames lie at one place
PARALLEL_DEGREES: Final = 15.0  # beyond that one slice crosses several of the other stack
LETTER_SHARE: Final = math.sin(math.radians(22.5))  # half-way to the next of the diagonal directions
HEAD_AXIS: Final = 2
OPPOSITE: Final = {"L": "R", "R": "L", "A": "P", "P": "A", "H": "F", "F": "H"}


class SpacingKind(StrEnum):
    """Physical meaning of a millimeter in a frame (PS3.3 10.7.1.2)."""

    PATIENT = "patient"  # Pixel Spacing of a cross-sectional image
    CALIBRATED = "calibrated"  # Pixel Spacing of a projection, corrected for its magnification
    DETECTOR = "detector"  # Imager Pixel Spacing: mm at the detector, magnified
    UNKNOWN = "unknown"  # no spacing: pixels only


@dataclass(frozen=True, slots=True)
class FrameGeometry:
    """Spacing, position and orientation of one frame."""

    spacing_mm: tuple[float, float] | None = None  # between rows (down), between columns (across)
    spacing_kind: SpacingKind = SpacingKind.UNKNOWN
    pixel_aspect: float = 1.0  # height of a pixel / its width
    position_mm: Vector | None = None  # center of the first pixel
    row_direction: Vector | None = None  # unit vector along a row: increasing column index
    column_direction: Vector | None = None  # unit vector along a column: increasing row index
    patient_orientation: tuple[str, str] | None = None  # (0020,0020) of projection images, ("L", "F")
    slice_thickness_mm: float | None = None
    frame_of_reference_uid: str = ""  # places compare only within one; "" where none is stated
    magnification: float | None = None  # estimated by the file, of what lies before a detector


def with_position(geometry: FrameGeometry, position_mm: Vector | None) -> FrameGeometry:
    """Return the same geometry elsewhere.

    `dataclasses.replace` takes thrice as long, once for each file.
    """
    return FrameGeometry(
        geometry.spacing_mm,
        geometry.spacing_kind,
        geometry.pixel_aspect,
        position_mm,
        geometry.row_direction,
        geometry.column_direction,
        geometry.patient_orientation,
        geometry.slice_thickness_mm,
        geometry.frame_of_reference_uid,
        geometry.magnification,
    )


def slice_normal(geometry: FrameGeometry) -> Vector | None:
    """Return the unit normal of the frame, row x column direction.

    None where it is not known.
    """
    if geometry.row_direction is None or geometry.column_direction is None:
        return None
    a, b = geometry.row_direction, geometry.column_direction
    cross = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    length = math.hypot(*cross)
    if not math.isfinite(length) or length < 1e-6:
        return None
    return (cross[0] / length, cross[1] / length, cross[2] / length)


def position_axis(geometry: FrameGeometry) -> Vector | None:
    """Return the unit normal, turned to the left, to the back or to the head.

    None where it is not known. The main component of the normal says which of the three, so that frames of
    one plane are placed along one axis, whichever way their rows and columns run.
    """
    direction = slice_normal(geometry)
    if direction is None:
        return None
    _, main = _main_component(direction)
    x, y, z = (math.copysign(1.0, main) * share for share in direction)
    return (x, y, z)


def reads_downwards(geometry: FrameGeometry) -> bool:
    """Return whether slices are read from head to feet, against their axis.

    Axial stacks are; coronal ones are read from front to back, sagittal ones from right to left, oblique
    ones as the plane that they are nearest to.
    """
    direction = slice_normal(geometry)
    return direction is not None and _main_component(direction)[0] == HEAD_AXIS


def _main_component(direction: Vector) -> tuple[int, float]:
    """Return the index of the largest component, and its value.

    Of equal ones it is that along the body.
    """
    rounded = [round(abs(share), 3) for share in direction]
    at = max(range(3), key=lambda axis: (rounded[axis], axis))
    return at, direction[at]


def plane_name(geometry: FrameGeometry) -> str:
    """Return "Axial", "Coronal", "Sagittal" or "Oblique"; "" if unknown.

    Within 30 degrees.
    """
    direction = slice_normal(geometry)
    if direction is None:
        return ""
    least = math.cos(math.radians(PLANE_TOLERANCE_DEGREES)) - 1e-9
    for name, share in zip(("Sagittal", "Coronal", "Axial"), direction, strict=True):
        if abs(share) >= least:
            return name
    return "Oblique"


def to_patient(geometry: FrameGeometry, row: float, column: float) -> Vector | None:
    """Return the place of a pixel in the patient, in mm.

    None where the frame does not say.

    Parameters
    ----------
    row, column : float
        0, 0 is the center of the first pixel.

    References
    ----------
    DICOM PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1.
    """
    origin, across, down = geometry.position_mm, geometry.row_direction, geometry.column_direction
    if origin is None or across is None or down is None or geometry.spacing_mm is None:
        return None
    row_mm, column_mm = row * geometry.spacing_mm[0], column * geometry.spacing_mm[1]
    x, y, z = (o + a * column_mm + d * row_mm for o, a, d in zip(origin, across, down, strict=True))
    return (x, y, z)


def shares_space(one: FrameGeometry, other: FrameGeometry) -> bool:
    """Return whether two frames state the same frame of reference.

    Their positions can be compared then.

    References
    ----------
    DICOM PS3.3 C.7.4.1.1.1, Frame of Reference UID.
    """
    return bool(one.frame_of_reference_uid) and one.frame_of_reference_uid == other.frame_of_reference_uid


def is_parallel(one: FrameGeometry, other: FrameGeometry) -> bool:
    """Return whether two frames lie in one direction within PARALLEL_DEGREES.

    Not so where it is unknown.
    """
    first, second = slice_normal(one), slice_normal(other)
    if first is None or second is None:
        return False
    share = abs(sum(a * b for a, b in zip(first, second, strict=True)))
    return share >= math.cos(math.radians(PARALLEL_DEGREES))


def place_along(axis: Vector, point: Vector) -> float:
    """Return the coordinate of a patient point along an axis, in mm."""
    return sum(a * p for a, p in zip(axis, point, strict=True))


def letters(direction: Vector) -> str:
    """Return the letters of a direction in the patient, the main one first.

    "A", "RP", "HLA". A letter is named where its share reaches sin 22.5 degrees, so that a gantry tilt adds
    none.

    References
    ----------
    DICOM PS3.3 C.7.6.1.1.1: A anterior, P posterior, R right, L left, H head, F foot.
    """
    length = math.hypot(*direction)
    if not math.isfinite(length) or length < 1e-6:
        return ""
    named = zip(direction, ("LR", "PA", "HF"), strict=True)
    shares = sorted(((abs(v) / length, pair[0] if v > 0 else pair[1]) for v, pair in named), reverse=True)
    return "".join(letter for share, letter in shares if share >= LETTER_SHARE - 1e-9)


def opposite(text: str) -> str:
    """Return the letters of the opposite direction.

    "" if one of them is no direction letter.
    """
    return "".join(OPPOSITE[letter] for letter in text) if all(c in OPPOSITE for c in text) else ""


def direction_letters(geometry: FrameGeometry) -> tuple[str, str]:
    """Return the letters along a row (to the right) and along a column (down).

    "" where not known. Image Orientation (Patient) is used where there is one, else Patient Orientation;
    nothing is guessed.
    """
    if geometry.row_direction is not None and geometry.column_direction is not None:
        return letters(geometry.row_direction), letters(geometry.column_direction)
    if geometry.patient_orientation is None:
        return "", ""
    across, down = (text.strip().upper() for text in geometry.patient_orientation)
    return opposite(opposite(across)), opposite(opposite(down))
