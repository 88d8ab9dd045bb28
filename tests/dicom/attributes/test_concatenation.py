"""An image that was cut into several files is opened as one."""

from pathlib import Path

import pytest

from medviewer.dicom.library.index import scan
from medviewer.dicom.model import StoredStack
from medviewer.dicom.workers.sandbox import Sandbox
from tests.factories import enhanced_ct, multiframe, uid


def stacks(folder: Path) -> tuple[StoredStack, ...]:
    with Sandbox() as sandbox:
        return list(scan([folder], sandbox))[-1].library.stacks


def part(folder: Path, number: int, **elements: object) -> Path:
    """Write a part whose name and number run against its place."""
    stated = {
        "SOPInstanceUID": uid("part", number),
        "InstanceNumber": 9 - number,
        "ImagePositionPatient": None,
        "ConcatenationUID": uid("image"),
        "InConcatenationNumber": number,
        **elements,
    }
    return multiframe(folder / f"{9 - number}.dcm", 4 - number, **stated)


def test_without_positions_the_numbers_of_the_parts_decide(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        part(tmp_path, number, InConcatenationTotalNumber=3)
    (stack,) = stacks(tmp_path)
    found = [(frame.path.name, frame.frame_number) for frame in stack.frames]
    assert found == [("8.dcm", 1), ("8.dcm", 2), ("8.dcm", 3), ("7.dcm", 1), ("7.dcm", 2), ("6.dcm", 1)]
    assert stack.warnings == ()


def test_positions_go_through_all_parts(tmp_path: Path) -> None:
    places = {1: (6, 2), 2: (0, 4)}
    for number, positions in places.items():
        enhanced_ct(
            tmp_path / f"{number}.dcm",
            positions,
            SOPInstanceUID=uid("part", number),
            ConcatenationUID=uid("image"),
            InConcatenationNumber=number,
            InConcatenationTotalNumber=2,
        )
    (stack,) = stacks(tmp_path)
    assert [frame.position_mm for frame in stack.frames] == [6, 4, 2, 0]
    assert [frame.path.stem for frame in stack.frames] == ["1", "2", "1", "2"]


def test_a_missing_part_is_named_with_the_stack(tmp_path: Path) -> None:
    for number in (1, 3):
        part(tmp_path, number, InConcatenationTotalNumber=3)
    (stack,) = stacks(tmp_path)
    assert tuple(map(str, stack.warnings)) == ("Part 2 of 3 of the image is missing.",)
    assert len(stack.frames) == 4


@pytest.mark.parametrize(
    "stated", [{"InConcatenationNumber": 0}, {"InConcatenationNumber": None}, {"ConcatenationUID": None}]
)
def test_a_part_that_does_not_say_which_is_an_image_of_its_own(
    tmp_path: Path, stated: dict[str, object]
) -> None:
    for number in (1, 2):
        part(tmp_path, number, **stated)
    assert [len(stack.frames) for stack in stacks(tmp_path)] == [2, 3]


def test_a_total_below_the_number_is_not_believed(tmp_path: Path) -> None:
    part(tmp_path, 2, InConcatenationTotalNumber=1)
    (stack,) = stacks(tmp_path)
    assert tuple(map(str, stack.warnings)) == ("Part 1 of 2 of the image is missing.",)
