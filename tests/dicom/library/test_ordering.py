"""Stacks, stills and loops come in the order in which they were taken, never in that of file names."""

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medviewer.cli.studies.info import as_json
from medviewer.dicom.attributes.acquisition_time import seconds
from medviewer.dicom.attributes.instance import FrameHeader, Instance
from medviewer.dicom.library.index import scan
from medviewer.dicom.model import OrderedBy
from medviewer.dicom.workers.sandbox import Sandbox
from tests.dicom.library.test_stacking import CORONAL, arrange, at, instance
from tests.factories import dataset, gradient, uid, write

US_STILL = "1.2.840.10008.5.1.4.1.1.6.1"
US_LOOP = "1.2.840.10008.5.1.4.1.1.3.1"
BEATS = "zkcmbaxd"  # names of the files of an examination, in the order in which they were taken


def shot(place: int, *, frames: int = 1, **stated: Any) -> Instance:
    return instance(BEATS[place], *(FrameHeader(),) * frames, **stated)


def loops_between_stills(**stated: Any) -> list[Instance]:
    """Return an examination of stills and loops in turns.

    `stated` maps a field to its value by place.
    """
    made = [
        shot(place, frames=1 + 2 * (place % 2), **{name: value(place) for name, value in stated.items()})
        for place in range(len(BEATS))
    ]
    return sorted(made, key=lambda one: one.sop_instance_uid)


def order(*instances: Instance) -> list[str]:
    """Return the images in the order of stacks and frames, each once."""
    names = [frame.sop_instance_uid for stack in arrange(*instances) for frame in stack.frames]
    return [name for name, _ in itertools.groupby(names)]


STATED: dict[str, dict[str, Any]] = {
    "number": {"number": lambda place: place + 1},
    "number with holes": {"number": lambda place: 10 * place},
    "acquisition time": {"times": lambda place: f"10{place:02d}00"},
    "content time": {"times": lambda place: f"\\10{place:02d}00.5"},
    "acquisition date and time": {"times": lambda place: f"\\\\\\2026010210{place:02d}00"},
    "over midnight": {
        "times": lambda place: f"{(23 + place // 4) % 24:02d}{place:02d}00",
        "dates": lambda place: ("20260102" if place < 4 else "20260103", ""),
    },
    "a number that all share, and the time": {
        "number": lambda place: 1,
        "times": lambda place: f"10{place:02d}00",
    },
    "numbers that begin anew for loops, and the time": {
        "number": lambda place: 1 + place // 2,
        "times": lambda place: f"10{place:02d}00",
    },
    "numbers against the time": {
        "number": lambda place: place + 1,
        "times": lambda place: f"10{59 - place:02d}00",
    },
}


@pytest.mark.parametrize("stated", STATED)
def test_stills_and_loops_come_in_turns(stated: str) -> None:
    images = loops_between_stills(**STATED[stated])
    assert order(*images) == list(BEATS)
    assert [len(stack.frames) for stack in arrange(*images)] == [1, 3, 1, 3, 1, 3, 1, 3]


def test_stills_that_follow_each_other_scroll_together() -> None:
    images = [shot(place, number=place, frames=3 if place == 3 else 1) for place in range(6)]
    stacks = arrange(*reversed(images))
    assert [[frame.instance_number for frame in stack.frames] for stack in stacks] == [
        [0, 1, 2],
        [3, 3, 3],
        [4, 5],
    ]


def test_where_only_names_are_there_stills_stay_together() -> None:
    stacks = arrange(*loops_between_stills())
    assert [len(stack.frames) for stack in stacks] == [3, 4, 3, 3, 3]  # a is a loop, b the first still
    assert stacks[1].ordered_by is OrderedBy.FILE_NAME


def test_the_stack_on_the_screen_keeps_its_key_when_loops_arrive() -> None:
    stills = [shot(place, number=place) for place in (0, 2)]
    loop = shot(1, number=1, frames=3)
    (before,) = arrange(*stills)
    after = arrange(*stills, loop)
    assert [stack.frames[0].instance_number for stack in after] == [0, 1, 2]
    assert after[0].key == before.key
    assert len({stack.key for stack in after}) == 3


def test_stacks_of_several_planes_come_by_their_numbers() -> None:
    axial = [instance(f"a{n}", FrameHeader(at(0, 0, n)), number=10 + n) for n in range(3)]
    coronal = [
        instance(f"c{n}", FrameHeader(at(0, n, 0, directions=CORONAL)), number=1 + n) for n in range(3)
    ]
    assert [stack.plane for stack in arrange(*axial, *coronal)] == ["Coronal", "Axial"]


def test_images_without_places_are_ordered_by_time_where_numbers_are_missing() -> None:
    images = [
        instance(name, FrameHeader(), times=f"{at:06d}") for name, at in zip("abc", (3, 1, 2), strict=True)
    ]
    (stack,) = arrange(*images)
    assert [frame.sop_instance_uid for frame in stack.frames] == ["b", "c", "a"]
    assert stack.ordered_by is OrderedBy.TIME
    assert "The positions are not known: ordered by time." in map(str, stack.warnings)


def test_images_at_one_place_are_ordered_by_time_where_numbers_are_missing() -> None:
    images = [
        instance(name, FrameHeader(at(0, 0, 0)), times=f"{second:06d}")
        for name, second in zip("abc", (3, 1, 2), strict=True)
    ]
    (stack,) = arrange(*images)
    assert [frame.sop_instance_uid for frame in stack.frames] == ["b", "c", "a"]
    assert [str(warning) for warning in stack.warnings] == ["All images lie at one place: ordered by time."]


@pytest.mark.parametrize(
    ("time", "day", "expected"),
    [
        ("101112.5", "", 36672.5),
        ("10:11:12", "", 36672),
        ("1011", "", 36660),
        ("10", "", 36000),
        (" 101112 \0", "", 36672),
        ("000000", "00010101", 86400),
        ("00010101000001.25+0100", "", 86401.25),
        ("000000", "0001.01.01", 86400),
        ("", "20260101", None),
        ("1", "", None),
        ("noon", "", None),
        ("256199", "", None),
        ("10111²", "", None),
        ("1" * 500, "", None),
        ("101112.5.5", "", None),
    ],
)
def test_times_are_read_as_they_are_written(time: str, day: str, expected: float | None) -> None:
    assert seconds(time, day) == expected


def info(folder: Path) -> dict[str, Any]:
    with Sandbox() as sandbox:
        return as_json(list(scan([folder], sandbox))[-1].library)


def test_an_echo_is_listed_in_the_order_of_the_examination(tmp_path: Path) -> None:
    for place, name in enumerate(BEATS):
        loop = place % 2
        pixels = np.stack([gradient(dtype="uint8")] * 3) if loop else gradient(dtype="uint8")
        made = dataset(
            pixels,
            SOPClassUID=US_LOOP if loop else US_STILL,
            SOPInstanceUID=uid("shot", place),
            Modality="US",
            InstanceNumber=None,
            AcquisitionTime=f"10{place:02d}00",
            ContentTime=f"11{9 - place:02d}00",
            ImagePositionPatient=None,
            ImageOrientationPatient=None,
        )
        write(made, tmp_path / f"{name}.dcm")
    (study,) = info(tmp_path)["studies"]
    stacks = [stack for series in study["series"] for stack in series["stacks"]]
    assert [stack["sop_instance_uids"][0] for stack in stacks] == [
        uid("shot", place) for place in range(len(BEATS))
    ]


def located(*places: float | None, numbers: Any = range(1, 99), modality: str = "CT") -> list[Instance]:
    """Return images without positions, numbered, with their Slice Location."""
    identity = instance("x").identity
    return [
        instance(
            f"{place}",
            FrameHeader(),
            number=number,
            slice_location_mm=place,
            identity=replace(identity, modality=modality),
        )
        for place, number in zip(places, numbers, strict=False)
    ]


@pytest.mark.parametrize(
    ("numbers", "expected"), [((3, 1, 4, 2), ["4", "1", "-2", "-5"]), ((1, 4, 2, 3), ["-5", "-2", "1", "4"])]
)
def test_without_positions_slice_location_orders_the_way_the_images_are_numbered(
    numbers: tuple[int, ...], expected: list[str]
) -> None:
    (stack,) = arrange(*located(-2, 4, -5, 1, numbers=(numbers)))
    assert [frame.sop_instance_uid for frame in stack.frames] == expected
    assert stack.ordered_by is OrderedBy.SLICE_LOCATION
    assert "The positions are not known: ordered by slice location." in map(str, stack.warnings)


@pytest.mark.parametrize(
    ("places", "modality"), [((3, None, 1), "CT"), ((3, 1, 1), "CT"), ((3, 2, 1), "US"), ((3,), "CT")]
)
def test_slice_location_orders_sections_only_where_each_has_its_own(
    places: tuple[float | None, ...], modality: str
) -> None:
    stacks = arrange(*located(*places, modality=modality))
    assert {stack.ordered_by for stack in stacks} == {OrderedBy.INSTANCE_NUMBER}


def test_slice_location_is_read_where_no_position_is(tmp_path: Path) -> None:
    for number, place in enumerate((6, -3, 2), start=1):
        made = dataset(SOPInstanceUID=uid("s", number), InstanceNumber=number, SliceLocation=f"{place}")
        del made.ImagePositionPatient
        write(made, tmp_path / f"{number}.dcm")
    with Sandbox() as sandbox:
        (stack,) = list(scan([tmp_path], sandbox))[-1].library.stacks
    assert [frame.path.stem for frame in stack.frames] == ["1", "3", "2"]
