"""Where the frames of a file lie: position, orientation and spacing, from the header (PS3.3 C.7.6.2)."""

import math
import re
from collections.abc import Sequence
from typing import Final

from medviewer.dicom.header import Header
from medviewer.imaging.geometry import FrameGeometry, SpacingKind, Vector

PROJECTION_MODALITIES: Final = frozenset({"CR", "DX", "MG", "RG", "XA", "RF", "PX", "IO"})
CENTIMETRES: Final = 3  # Physical Units X Direction, PS3.3 C.8.5.5.1.15
UID: Final = re.compile(r"[0-9]+(\.[0-9]+)+")
SPACING_RANGE_MM: Final = (1e-6, 1e4)


class FrameScope:
    """Looks attributes up for one frame: its own functional group, the shared one, then the top level.

    References
    ----------
    DICOM PS3.3 C.7.6.16: a macro stands in the per-frame or in the shared functional groups.
    """

    def __init__(self, top: Header, own: Header | None = None, shared: Header | None = None) -> None:
        self.top, self.own, self.shared = top, own, shared

    def group(self, sequence: str) -> Header:
        """Return the item of a functional group, or the top level where no group has it."""
        for groups in (self.own, self.shared):
            item = groups.item(sequence) if groups is not None else None
            if item is not None:
                return item
        return self.top


class FrameScopes(Sequence[FrameScope]):
    """The scopes of all frames of a file, made on demand."""

    def __init__(self, top: Header, count: int) -> None:
        self._top, self._count = top, count
        self._shared = top.item("SharedFunctionalGroupsSequence")
        self._own = top.items("PerFrameFunctionalGroupsSequence")

    def __len__(self) -> int:
        return self._count

    @property
    def are_alike(self) -> bool:
        """Whether no frame has attributes of its own."""
        return not self._own

    def __getitem__(self, index: int) -> FrameScope:  # type: ignore[override]  # slices are not needed
        own = self._own[index] if index < len(self._own) else None
        return FrameScope(self._top, own, self._shared)


def frame_position(scope: FrameScope, index: int = 0) -> Vector | None:
    """Return the position of a frame, which is what the files of a series differ in.

    Parameters
    ----------
    index : int
        Of the frame in its file, from 0; it matters for RT doses, whose planes are given as offsets.
    """
    position = _vector(scope.group("PlanePositionSequence").numbers("ImagePositionPatient"))
    offsets = scope.top.numbers("GridFrameOffsetVector")
    if position is not None and index < len(offsets):
        directions = _frame_directions(scope)
        if directions is not None:
            return _along_normal(position, directions, offsets[index] - offsets[0])
    return position


def frame_grid(scope: FrameScope) -> FrameGeometry:
    """Return all of a frame's geometry but its position."""
    directions = _frame_directions(scope)
    spacing, kind = _spacing(scope)
    thickness = scope.group("PixelMeasuresSequence").number("SliceThickness")
    orientation = scope.top.texts("PatientOrientation")
    return FrameGeometry(
        spacing_mm=spacing,
        spacing_kind=kind,
        pixel_aspect=_aspect(scope.top, spacing),
        row_direction=directions[0] if directions else None,
        column_direction=directions[1] if directions else None,
        patient_orientation=(orientation[0], orientation[1]) if len(orientation) == 2 else None,
        slice_thickness_mm=thickness if thickness and thickness > 0 else None,
        frame_of_reference_uid=_frame_of_reference(scope.top),
    )


def _frame_of_reference(top: Header) -> str:
    """Return the frame of reference of a file's positions; "" where none is stated, or what is no UID."""
    uid = top.text("FrameOfReferenceUID")
    return uid if UID.fullmatch(uid) else ""


def _frame_directions(scope: FrameScope) -> tuple[Vector, Vector] | None:
    return _directions(scope.group("PlaneOrientationSequence").numbers("ImageOrientationPatient"))


def _vector(numbers: tuple[float, ...]) -> Vector | None:
    return (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None


def _directions(numbers: tuple[float, ...]) -> tuple[Vector, Vector] | None:
    """Return unit vectors along a row and a column; None unless they are independent."""
    if len(numbers) != 6:
        return None
    row, column = _unit(numbers[:3]), _unit(numbers[3:])
    if row is None or column is None:
        return None
    if abs(sum(a * b for a, b in zip(row, column, strict=True))) > 0.1:  # 84 degrees: not a picture's axes
        return None
    return row, column


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


def _pair(numbers: tuple[float, ...]) -> tuple[float, float] | None:
    low, high = SPACING_RANGE_MM
    if len(numbers) < 2 or not all(low < number < high for number in numbers[:2]):
        return None
    return (numbers[0], numbers[1])


def _spacing(scope: FrameScope) -> tuple[tuple[float, float] | None, SpacingKind]:
    """Return spacing between rows and columns in mm, and what a millimetre means.

    References
    ----------
    DICOM PS3.3 10.7.1.2 and 10.7.1.3: Imager Pixel Spacing is measured at the detector; Pixel Spacing of a
    projection image is only in the patient where it was calibrated, or differs from the former.
    """
    top = scope.top
    measured = _pair(scope.group("PixelMeasuresSequence").numbers("PixelSpacing"))
    imager = _pair(top.numbers("ImagerPixelSpacing")) or _pair(top.numbers("NominalScannedPixelSpacing"))
    if measured is not None:
        projection = top.text("Modality") in PROJECTION_MODALITIES
        calibrated = top.text("PixelSpacingCalibrationType") or (imager is not None and measured != imager)
        if not projection:
            return measured, SpacingKind.PATIENT
        return measured, SpacingKind.CALIBRATED if calibrated else SpacingKind.DETECTOR
    if imager is not None:
        return imager, SpacingKind.DETECTOR
    return _ultrasound_spacing(top)


def _ultrasound_spacing(top: Header) -> tuple[tuple[float, float] | None, SpacingKind]:
    """Return the spacing of an ultrasound picture, where all its tissue regions share one (PS3.3 C.8.5.5)."""
    found = set()
    for region in top.items("SequenceOfUltrasoundRegions"):
        units = (region.integer("PhysicalUnitsXDirection"), region.integer("PhysicalUnitsYDirection"))
        across, down = region.number("PhysicalDeltaX"), region.number("PhysicalDeltaY")
        if units == (CENTIMETRES, CENTIMETRES) and across and down:
            found.add((round(abs(down) * 10, 9), round(abs(across) * 10, 9)))
    spacing = _pair(found.pop()) if len(found) == 1 else None
    return spacing, SpacingKind.PATIENT if spacing else SpacingKind.UNKNOWN


def _aspect(top: Header, spacing: tuple[float, float] | None) -> float:
    """Return height / width of a pixel; Pixel Aspect Ratio is vertical, horizontal (PS3.3 C.7.6.3.1.7)."""
    if spacing is not None:
        return spacing[0] / spacing[1]
    ratio = top.numbers("PixelAspectRatio")
    if len(ratio) == 2 and all(0 < part < 1e6 for part in ratio):
        return ratio[0] / ratio[1]
    return 1.0
