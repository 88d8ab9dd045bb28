"""Each reader fills the plane of a frame.

Frame of reference, position, directions, spacing, thickness.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from medviewer.imaging.frame.geometry import FrameGeometry
from tests import factories
from tests.dicom.attributes.test_frame_vectors import volume_plane, written
from tests.dicom.read_files import instance, read
from tests.dicom.reading.test_assembly import mosaic, slide, tiles_of, whole
from tests.phantoms import write_phantom

SPACE = factories.uid("space")
AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


def plain(folder: Path) -> Path:
    made = factories.dataset(
        FrameOfReferenceUID=SPACE,
        ImagePositionPatient=[-4, -3, 12],
        PixelSpacing=[0.5, 0.25],
        SliceThickness=2,
    )
    return factories.write(made, folder / "a.dcm")


def enhanced(folder: Path) -> Path:
    return factories.enhanced_ct(folder / "a.dcm", FrameOfReferenceUID=SPACE)


def nuclear(folder: Path) -> Path:
    detector = {"ImagePositionPatient": [1, 2, 3], "ImageOrientationPatient": [1, 0, 0, 0, 1, 0]}
    return written(
        folder,
        3,
        Modality="NM",
        FrameOfReferenceUID=SPACE,
        ImageType=["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"],
        ImagePositionPatient=None,
        ImageOrientationPatient=None,
        PixelSpacing=[4, 4],
        SliceThickness=4,
        SpacingBetweenSlices=4,
        SliceVector=[1, 2, 3],
        DetectorInformationSequence=[detector],
    )


def ultrasound_volume(folder: Path) -> Path:
    return written(
        folder,
        2,
        Modality="US",
        FrameOfReferenceUID=SPACE,
        ImagePositionPatient=None,
        ImageOrientationPatient=None,
        PixelSpacing=None,
        SliceThickness=None,
        PerFrameFunctionalGroupsSequence=[volume_plane(0), volume_plane(2)],
    )


def capture(folder: Path) -> Path:
    made = factories.dataset(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.7",
        Modality="OT",
        FrameOfReferenceUID=None,
        ImagePositionPatient=None,
        ImageOrientationPatient=None,
        PixelSpacing=None,
        SliceThickness=None,
    )
    return factories.write(made, folder / "a.dcm")


def level(folder: Path) -> Path:
    return slide(folder / "a.dcm", tiles_of(whole()), FrameOfReferenceUID=SPACE)


def unfolded(folder: Path) -> Path:
    return mosaic(folder / "a.dcm", FrameOfReferenceUID=SPACE)[0]


@pytest.mark.parametrize("making", [plain, enhanced, nuclear, ultrasound_volume, capture, level, unfolded])
def test_what_is_listed_of_a_plane_is_what_its_frame_has(
    making: Callable[[Path], Path], tmp_path: Path
) -> None:
    path = making(tmp_path)
    found = instance(path)
    for number, header in enumerate(found.frames, start=1):
        assert read(path, number).geometry == header.geometry


@pytest.mark.parametrize(
    ("making", "number", "space", "expected"),
    [
        (plain, 1, SPACE, ((-4, -3, 12), AXIAL, (0.5, 0.25), 2)),
        (enhanced, 2, SPACE, None),
        (nuclear, 3, SPACE, ((1, 2, 11), AXIAL, (4, 4), 4)),
        (unfolded, 2, SPACE, None),
        (ultrasound_volume, 2, SPACE, (None, None, None, None)),  # its planes lie in the volume
        (level, 1, SPACE, (None, None)),  # it lies on the slide
        (capture, 1, "", (None, None, None, None)),
    ],
)
def test_a_plane_is_complete_or_what_it_lacks_is_absent(
    making: Callable[[Path], Path], number: int, space: str, expected: Any, tmp_path: Path
) -> None:
    plane: FrameGeometry = read(making(tmp_path), number).geometry
    directions = None if plane.row_direction is None else (plane.row_direction, plane.column_direction)
    assert plane.frame_of_reference_uid == space
    facts = (plane.position_mm, directions, plane.spacing_mm, plane.slice_thickness_mm)
    if expected is None:  # all of it is there
        assert None not in facts[:3]
    else:
        assert facts[: len(expected)] == expected


def test_the_slices_of_the_demonstration_are_planes_of_one_space(
    tmp_path: Path,
) -> None:
    planes = [read(path).geometry for path in write_phantom(tmp_path, slices=3)]
    assert len({plane.frame_of_reference_uid for plane in planes}) == 1
    assert planes[0].frame_of_reference_uid
    assert all(
        None not in (p.position_mm, p.row_direction, p.spacing_mm, p.slice_thickness_mm) for p in planes
    )
