"""Frames of nuclear medicine, ultrasound volumes and segmentations.

Parted, named and in order.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medviewer.dicom.library.missing_uids import ToldApart
from medviewer.dicom.library.slices import slices_of
from medviewer.dicom.library.stacking import arrange_series
from medviewer.dicom.model import OrderedBy, StoredStack
from medviewer.viewer.texts.caption import stack_title
from tests import factories
from tests.dicom.read_files import instance, read

NM = "1.2.840.10008.5.1.4.1.1.20"
ULTRASOUND_VOLUME = "1.2.840.10008.5.1.4.1.1.6.2"
SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"


def written(folder: Path, frames: int, **elements: Any) -> Path:
    pixels = np.arange(frames * 16 * 16).reshape(frames, 16, 16).astype(np.uint16)
    without = ("ImagePositionPatient", "ImageOrientationPatient", "RescaleSlope", "RescaleIntercept")
    given = {"SOPClassUID": NM, "Modality": "NM", **dict.fromkeys(without), "RescaleType": None, **elements}
    return factories.write(factories.dataset(pixels, **given), folder / "a.dcm")


def stacks(path: Path) -> tuple[StoredStack, ...]:
    made = instance(path)
    return arrange_series(ToldApart(made.identity, slices_of(made, 0)))


def numbers(stack: StoredStack) -> list[int]:
    return [frame.frame_number for frame in stack.frames]


def test_the_frames_of_two_detectors_over_time_are_two_stacks(tmp_path: Path) -> None:
    path = written(tmp_path, 6, DetectorVector=[1, 2] * 3, ImageType=["ORIGINAL", "PRIMARY", "DYNAMIC"])
    found = stacks(path)
    assert [numbers(stack) for stack in found] == [[1, 3, 5], [2, 4, 6]]
    assert [stack.part for stack in found] == [(("detector", "1"),), (("detector", "2"),)]
    assert stack_title(found[1]).endswith("detector 2")


def test_an_anterior_and_a_posterior_frame_scroll_together(tmp_path: Path) -> None:
    path = written(tmp_path, 2, DetectorVector=[1, 2], ImageType=["ORIGINAL", "PRIMARY", "WHOLE BODY"])
    assert [numbers(stack) for stack in stacks(path)] == [[1, 2]]


def test_energy_windows_and_phases_have_their_names(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        8,
        EnergyWindowVector=[1, 1, 1, 1, 2, 2, 2, 2],
        PhaseVector=[1, 1, 2, 2] * 2,
        EnergyWindowInformationSequence=[{"EnergyWindowName": "Tc-99m"}, {"EnergyWindowName": "Scatter"}],
        PhaseInformationSequence=[{"PhaseDescription": "FLOW"}, {"PhaseDescription": "WASHOUT"}],
    )
    found = stacks(path)
    assert [numbers(stack) for stack in found] == [[1, 2], [3, 4], [5, 6], [7, 8]]
    assert found[1].part == (("energy", "Tc-99m"), ("nm phase", "WASHOUT"))
    assert len({stack.key for stack in found}) == 4


@pytest.mark.parametrize("vector", [[1], [1, 2, 3], [0, 9, 9, 9], [1, 1, 1, 1]])
def test_a_vector_that_makes_no_sense_hides_no_frame(tmp_path: Path, vector: list[int]) -> None:
    found = stacks(written(tmp_path, 4, DetectorVector=vector))
    assert sorted(number for stack in found for number in numbers(stack)) == [1, 2, 3, 4]


def test_reconstructed_slices_lie_where_the_detector_and_the_vector_say(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        4,
        ImageType=["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"],
        SliceVector=[3, 1, 4, 2],
        SpacingBetweenSlices=5,
        DetectorInformationSequence=[
            {"ImagePositionPatient": [-10, -20, 30], "ImageOrientationPatient": [1, 0, 0, 0, 1, 0]}
        ],
    )
    (stack,) = stacks(path)
    assert (stack.ordered_by, stack.plane) == (OrderedBy.POSITION, "Axial")
    assert numbers(stack) == [3, 1, 4, 2], "from the head to the feet"
    assert [read(path, number).geometry.position_mm for number in (1, 2)] == [(-10, -20, 40), (-10, -20, 30)]


def test_time_slots_of_a_gated_reconstruction_are_stacks_over_the_same_places(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        6,
        ImageType=["ORIGINAL", "PRIMARY", "RECON GATED TOMO", "EMISSION"],
        SliceVector=[1, 2, 3] * 2,
        TimeSlotVector=[1, 1, 1, 2, 2, 2],
        SpacingBetweenSlices=5,
        DetectorInformationSequence=[
            {"ImagePositionPatient": [0, 0, 0], "ImageOrientationPatient": [1, 0, 0, 0, 1, 0]}
        ],
    )
    found = stacks(path)
    assert [sorted(numbers(stack)) for stack in found] == [[1, 2, 3], [4, 5, 6]]
    assert [stack.part for stack in found] == [(("slot", "1"),), (("slot", "2"),)]


def test_a_turning_detector_gives_its_views_no_orientation(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        4,
        ImageType=["ORIGINAL", "PRIMARY", "TOMO", "EMISSION"],
        DetectorVector=[1] * 4,
        DetectorInformationSequence=[{"ImageOrientationPatient": [1, 0, 0, 0, 0, -1]}],
    )
    assert read(path, 2).geometry.row_direction is None


def volume_plane(z: float) -> dict[str, Any]:
    return {
        "PlanePositionVolumeSequence": [{"ImagePositionVolume": [0.0, 0.0, z]}],
        "PlaneOrientationVolumeSequence": [{"ImageOrientationVolume": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]}],
    }


def test_the_planes_of_an_ultrasound_volume_are_in_the_order_of_their_places(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        4,
        SOPClassUID=ULTRASOUND_VOLUME,
        Modality="US",
        PerFrameFunctionalGroupsSequence=[volume_plane(z) for z in (3.0, 1.0, 4.0, 2.0)],
    )
    (stack,) = stacks(path)
    assert stack.ordered_by is OrderedBy.VOLUME_POSITION
    assert numbers(stack) == [2, 4, 1, 3]
    assert read(path, 1).geometry.position_mm is None, "it is no place in the patient"


def segment_frame(segment: int, z: float) -> dict[str, Any]:
    return {
        "SegmentIdentificationSequence": [{"ReferencedSegmentNumber": segment}],
        "PlanePositionSequence": [{"ImagePositionPatient": [0.0, 0.0, z]}],
        "PlaneOrientationSequence": [{"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]}],
    }


@pytest.mark.parametrize("places", [(0.0, 2.0, 0.0, 2.0), (0.0, 2.0, 4.0, 6.0)])
def test_segments_are_stacks_of_their_own_with_their_labels(
    tmp_path: Path, places: tuple[float, ...]
) -> None:
    path = written(
        tmp_path,
        4,
        SOPClassUID=SEGMENTATION,
        Modality="SEG",
        SegmentSequence=[
            {"SegmentNumber": 1, "SegmentLabel": "Liver"},
            {"SegmentNumber": 2, "SegmentLabel": "Spleen"},
        ],
        ReferencedSeriesSequence=[{"SeriesInstanceUID": "1.2.3.4"}],
        PerFrameFunctionalGroupsSequence=[
            segment_frame(segment, z) for segment, z in zip((1, 1, 2, 2), places, strict=True)
        ],
    )
    found = stacks(path)
    assert [sorted(numbers(stack)) for stack in found] == [[1, 2], [3, 4]]
    assert found[1].part == (("segment", "2"), ("label", "Spleen"))
    assert "segment 2 · Spleen" in stack_title(found[1])
    assert all(stack.frames[0].attributes.drawn_on == "1.2.3.4" for stack in found)
