"""Position and orientation of a file's frames.

All is read from the header (PS3.3 C.7.6.2), with the spacing.
"""

from __future__ import annotations

import math
from typing import Final

from medviewer import limits
from medviewer.dicom.attributes.frame_vectors import nuclear_detector, nuclear_slice_mm
from medviewer.dicom.attributes.functional_groups import FileFunctionalGroups, FrameFunctionalGroups
from medviewer.dicom.attributes.identifiers import is_uid
from medviewer.dicom.header import SENSELESS, Header
from medviewer.imaging.frame import FrameGeometry, SpacingKind, Vector

PROJECTION_MODALITIES: Final = frozenset({"CR", "DX", "MG", "RG", "XA", "RF", "PX", "IO"})
MOSAIC: Final = "MOSAIC"
CENTIMETERS: Final = 3  # Physical Units X Direction, PS3.3 C.8.5.5.1.15
SPACING_RANGE_MM: Final = (1e-6, 1e4)
LARGEST_MAGNIFICATION: Final = 20.0
ELSEWHERE: Final = (
    *("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence", "GridFrameOffsetVector"),
)
"""Where any of them is, the position need not stand at the top level, or not there alone."""
LARGEST_COSINE: Final = 0.1  # of the angle between rows and columns: 84 degrees, less are no image's axes


def frame_position(scope: FrameFunctionalGroups, index: int = 0) -> Vector | None:
    """Return the position of a frame; the files of a series differ in it.

    Parameters
    ----------
    index : int
        Of the frame in its file, from 0; it matters for RT doses, whose planes are given as offsets.
    """
    position = _position(scope.group("PlanePositionSequence")) or _nuclear_position(scope)
    if "GridFrameOffsetVector" not in scope.dataset:
        return position
    offsets = scope.dataset.numbers("GridFrameOffsetVector")
    if not offsets:
        return None
    if position is not None and index < len(offsets):
        if abs(offsets[index] - offsets[0]) > limits.FARTHEST_MM:
            scope.dataset.note(SENSELESS, "GridFrameOffsetVector")
            return None
        directions = frame_directions(scope)
        if directions is not None:
            return _along_normal(position, directions, offsets[index] - offsets[0])
    return position


def only_position(dataset: Header) -> Vector | None:
    """Return the position of the only frame of a file, quickly.

    Most files have neither functional groups nor offsets.
    """
    if dataset.states_any(ELSEWHERE):
        return frame_position(FileFunctionalGroups(dataset, 1)[0])
    return _position(dataset) or _nuclear_position(FileFunctionalGroups(dataset, 1)[0])


def may_be_assembled(dataset: Header) -> bool:
    """Return whether a file's frames may be tiles or a mosaic.

    Asked of most files.
    """
    return "TotalPixelMatrixRows" in dataset or MOSAIC in dataset.texts("ImageType")


def frame_grid(scope: FrameFunctionalGroups) -> FrameGeometry:
    """Return all of a frame's geometry but its position."""
    directions = frame_directions(scope)
    is_plane = directions is not None and scope.group("PlaneOrientationSequence") is not scope.dataset
    spacing, kind = _spacing(scope, is_plane=is_plane)
    orientation = scope.dataset.texts("PatientOrientation")
    return FrameGeometry(
        spacing_mm=spacing,
        spacing_kind=kind,
        pixel_aspect=_aspect(scope.dataset, spacing),
        row_direction=directions[0] if directions else None,
        column_direction=directions[1] if directions else None,
        patient_orientation=(orientation[0], orientation[1]) if len(orientation) == 2 else None,
        slice_thickness_mm=_thickness(scope.group("PixelMeasuresSequence")),
        frame_of_reference_uid=_frame_of_reference(scope.dataset),
        magnification=_magnification(scope.dataset) if kind is SpacingKind.DETECTOR else None,
    )


def _magnification(dataset: Header) -> float | None:
    """Return the Estimated Radiographic Magnification Factor.

    None where none is stated, or one that makes nothing larger (PS3.3 C.8.7.5).
    """
    factor = dataset.number("EstimatedRadiographicMagnificationFactor")
    if factor is None:
        return None
    if not 1 <= factor <= LARGEST_MAGNIFICATION:
        dataset.note(SENSELESS, "EstimatedRadiographicMagnificationFactor")
        return None
    return factor


def _frame_of_reference(dataset: Header) -> str:
    """Return the frame of reference of a file's positions.

    "" where none is stated, or what is no UID.
    """
    uid = dataset.text("FrameOfReferenceUID")
    return uid if is_uid(uid) else ""


def frame_spacing(scope: FrameFunctionalGroups) -> tuple[float, float] | None:
    """Return the spacing between rows and columns of a frame in mm.

    None where it is not known.
    """
    return _spacing(scope, is_plane=False)[0]


def frame_directions(scope: FrameFunctionalGroups) -> tuple[Vector, Vector] | None:
    """Return unit vectors along a row and a column.

    None unless they are independent.
    """
    header = scope.group("PlaneOrientationSequence")
    if "ImageOrientationPatient" not in header:
        header = nuclear_detector(scope) or header
    numbers = header.numbers("ImageOrientationPatient", 6)
    if not numbers:
        return None
    row, column = _unit(numbers[:3]), _unit(numbers[3:])
    cosine = sum(a * b for a, b in zip(row, column, strict=True)) if row and column else 1.0
    if row and column and abs(cosine) <= LARGEST_COSINE:
        return row, column
    header.note(SENSELESS, "ImageOrientationPatient")
    return None


def _position(header: Header) -> Vector | None:
    numbers = header.numbers("ImagePositionPatient", 3)
    if not numbers:
        return None
    x, y, z = numbers
    if max(x, y, z) > limits.FARTHEST_MM or min(x, y, z) < -limits.FARTHEST_MM:
        header.note(SENSELESS, "ImagePositionPatient")
        return None
    return x, y, z


def _nuclear_position(scope: FrameFunctionalGroups) -> Vector | None:
    """Return the position of a slice that nuclear medicine reconstructed.

    See PS3.3 C.8.4.11, C.8.4.15.
    """
    along_mm = nuclear_slice_mm(scope)
    detector = None if along_mm is None else nuclear_detector(scope)
    first = None if detector is None else _position(detector)
    directions = None if first is None else frame_directions(scope)
    if along_mm is None or first is None or directions is None:
        return None
    return _along_normal(first, directions, along_mm)


def _thickness(header: Header) -> float | None:
    thickness = header.number("SliceThickness")
    if not thickness:  # some write 0 where they have none
        return None
    if not SPACING_RANGE_MM[0] <= thickness <= SPACING_RANGE_MM[1]:
        header.note(SENSELESS, "SliceThickness")
        return None
    return thickness


def _unit(numbers: tuple[float, ...]) -> Vector | None:
    length = math.hypot(*numbers)
    if not 0.5 < length < 2:
        return None
    return (numbers[0] / length, numbers[1] / length, numbers[2] / length)


def _along_normal(position: Vector, directions: tuple[Vector, Vector], offset_mm: float) -> Vector:
    a, b = directions
    normal = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    x, y, z = (start + offset_mm * share for start, share in zip(position, normal, strict=True))
    return (x, y, z)


def _pair(header: Header, keyword: str) -> tuple[float, float] | None:
    """Return a spacing between rows and columns.

    None where there is none that makes sense.
    """
    numbers = header.numbers(keyword, 2)
    if not numbers:
        return None
    pair = (numbers[0], numbers[1])
    if not _is_spacing(pair):
        header.note(SENSELESS, keyword)
        return None
    return pair


def _is_spacing(pair: tuple[float, float]) -> bool:
    low, high = SPACING_RANGE_MM
    return all(low < side < high for side in pair) and _is_aspect(pair[0] / pair[1])


def _is_aspect(ratio: float) -> bool:
    return 1 / limits.LONGEST_PIXEL <= ratio <= limits.LONGEST_PIXEL


def _spacing(
    scope: FrameFunctionalGroups, *, is_plane: bool
) -> tuple[tuple[float, float] | None, SpacingKind]:
    """Return row and column spacing in mm, and its physical meaning.

    Parameters
    ----------
    is_plane : bool
        The frame is a plane through the patient, as reconstructed tomosynthesis is, and no projection.

    References
    ----------
    DICOM PS3.3 10.7.1.2 and 10.7.1.3: Imager Pixel Spacing is measured at the detector; Pixel Spacing of a
    projection image is only in the patient where it was calibrated, or differs from the former.
    """
    dataset = scope.dataset
    measured = _pair(scope.group("PixelMeasuresSequence"), "PixelSpacing")
    imager = _pair(dataset, "ImagerPixelSpacing") or _pair(dataset, "NominalScannedPixelSpacing")
    if measured is not None:
        projection = not is_plane and dataset.text("Modality") in PROJECTION_MODALITIES
        calibrated = dataset.text("PixelSpacingCalibrationType") or (
            imager is not None and measured != imager
        )
        if not projection:
            return measured, SpacingKind.PATIENT
        return measured, SpacingKind.CALIBRATED if calibrated else SpacingKind.DETECTOR
    if imager is not None:
        return imager, SpacingKind.DETECTOR
    return _ultrasound_spacing(dataset)


def _ultrasound_spacing(dataset: Header) -> tuple[tuple[float, float] | None, SpacingKind]:
    """Return the spacing of an ultrasound image (PS3.3 C.8.5.5).

    All its tissue regions must share one.
    """
    found = set()
    for region in dataset.items("SequenceOfUltrasoundRegions"):
        units = (region.integer("PhysicalUnitsXDirection"), region.integer("PhysicalUnitsYDirection"))
        if units == (CENTIMETERS, CENTIMETERS):
            across, down = region.number("PhysicalDeltaX"), region.number("PhysicalDeltaY")
            found.add((round(abs(down or 0.0) * 10, 9), round(abs(across or 0.0) * 10, 9)))
    pair = found.pop() if len(found) == 1 else (0.0, 0.0)  # 0: a region's own cannot be read
    return (pair, SpacingKind.PATIENT) if _is_spacing(pair) else (None, SpacingKind.UNKNOWN)


def _aspect(dataset: Header, spacing: tuple[float, float] | None) -> float:
    """Return height / width of a pixel.

    Pixel Aspect Ratio is vertical, horizontal (PS3.3 C.7.6.3.1.7).
    """
    if spacing is not None:
        return spacing[0] / spacing[1]
    ratio = dataset.numbers("PixelAspectRatio", 2)
    if not ratio:
        return 1.0
    if min(ratio) > 0 and _is_aspect(ratio[0] / ratio[1]):
        return ratio[0] / ratio[1]
    dataset.note(SENSELESS, "PixelAspectRatio")
    return 1.0
