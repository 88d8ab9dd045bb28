"""What lies at the same places is parted by what tells it apart, and what is lost is named."""

import itertools
from collections.abc import Callable, Collection
from dataclasses import replace

import pytest

from medviewer.dicom.attributes.instance import FrameHeader, Instance
from medviewer.dicom.model import StoredStack
from medviewer.imaging.frame.geometry import FrameGeometry
from tests.dicom.library.test_stacking import arrange, at, instance

HEIGHTS = (15.0, 10.0, 5.0, 0.0)
PHASES = 3

Made = Callable[[int, int], Instance]
"""Makes the image of a phase (from 0) at a place (from 0)."""


def image(
    phase: int, place: int, *split: tuple[str, str], times: str = "", number: int | None = None
) -> Instance:
    header = FrameHeader(at(0, 0, HEIGHTS[place]), split)
    return instance(f"{phase}-{place}", header, times=times, number=number)


def clock(seconds: float) -> str:
    return f"12{int(seconds) // 60:02d}{seconds % 60:06.3f}"


SCHEMES: dict[str, Made] = {
    "acquisition number": lambda phase, place: image(phase, place, ("acquisition", str(phase + 1))),
    "temporal position": lambda phase, place: image(phase, place, ("time", str(phase + 1))),
    "acquisition time": lambda phase, place: image(phase, place, times=clock(2 * phase)),
    "content time, slice after slice": lambda phase, place: image(
        phase, place, times=f"\\{clock(phase + 0.1 * place)}"
    ),
    "content time without pauses": lambda phase, place: image(
        phase, place, times=f"\\{clock(4 * phase + place)}"
    ),
    "content time, every other slice first": lambda phase, place: image(
        phase, place, times=f"\\{clock(4 * phase + (0, 2, 1, 3)[place])}"
    ),
    "trigger time": lambda phase, place: image(phase, place, ("trigger", f"{50 * phase}")),
    "trigger time with jitter": lambda phase, place: image(
        phase, place, ("trigger", f"{50 * phase + (0, 7, -5, 3)[place] + (0, 2, -3)[phase]}")
    ),
    "reference time of PET": lambda phase, place: image(phase, place, times=f"\\\\{1000 * phase}\\"),
    "date and time together": lambda phase, place: image(
        phase, place, times=f"\\\\\\20260102{clock(2 * phase)}"
    ),
    "instance number, phase after phase": lambda phase, place: image(
        phase, place, number=1 + 4 * phase + place
    ),
    "instance number, place after place": lambda phase, place: image(
        phase, place, number=1 + PHASES * place + phase
    ),
}


def images_of(made: Made, lost: Collection[tuple[int, int]] = ()) -> list[Instance]:
    """Return all images but the lost ones, in an order that helps nobody."""
    cells = [cell for cell in itertools.product(range(PHASES), range(len(HEIGHTS))) if cell not in lost]
    cells.sort(key=lambda cell: (7 * cell[0] + 5 * cell[1]) % 11)
    return [made(*cell) for cell in cells]


def names(stack: StoredStack) -> list[str]:
    return [frame.sop_instance_uid for frame in stack.frames]


def said(stack: StoredStack) -> list[str]:
    return [str(warning) for warning in stack.warnings if "lacks" in str(warning)]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_whole_phases_are_stacks_and_lack_nothing(scheme: str) -> None:
    stacks = arrange(*images_of(SCHEMES[scheme]))
    assert [names(stack) for stack in stacks] == [
        [f"{phase}-{place}" for place in range(len(HEIGHTS))] for phase in range(PHASES)
    ]
    assert not any(said(stack) for stack in stacks)


@pytest.mark.parametrize(
    "lost", list(itertools.product(range(PHASES), range(len(HEIGHTS)))), ids=lambda cell: f"{cell}"
)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_lost_file_is_named_and_moves_no_other_image(scheme: str, lost: tuple[int, int]) -> None:
    stacks = arrange(*images_of(SCHEMES[scheme], {lost}))
    assert [names(stack) for stack in stacks] == [
        [f"{phase}-{place}" for place in range(len(HEIGHTS)) if (phase, place) != lost]
        for phase in range(PHASES)
    ]
    phase, place = lost
    assert [len(said(stack)) for stack in stacks] == [int(number == phase) for number in range(PHASES)]
    assert f" lacks the slice at {HEIGHTS[place]:.1f} mm." in said(stacks[phase])[0]


def test_the_phase_is_named_as_the_clinic_counts() -> None:
    stacks = arrange(*images_of(SCHEMES["content time, slice after slice"], {(1, 2)}))
    assert [stack.part for stack in stacks] == [(("phase", str(number)),) for number in (1, 2, 3)]
    assert said(stacks[1]) == ["Phase 2 lacks the slice at 5.0 mm."]
    assert stacks[1].spacing_mm == (0.5, 0.5, 5.0)
    assert "Gap of 10.0 mm after slice 2." in map(str, stacks[1].warnings)


def test_several_lost_files_are_named_in_each_phase() -> None:
    lost = {(0, 0), (1, 1), (1, 2), (2, 3)}
    stacks = arrange(*images_of(SCHEMES["acquisition time"], lost))
    assert [said(stack) for stack in stacks] == [
        ["Phase 1 lacks the slice at 15.0 mm."],
        ["Phase 2 lacks the slices at 5.0, 10.0 mm."],
        ["Phase 3 lacks the slice at 0.0 mm."],
    ]


def test_where_no_place_has_all_phases_what_is_stated_still_parts_them() -> None:
    lost = {(0, 0), (1, 1), (2, 2), (0, 3)}
    for scheme in ("acquisition number", "temporal position", "acquisition time", "trigger time"):
        stacks = arrange(*images_of(SCHEMES[scheme], lost))
        assert [{name[0] for name in names(stack)} for stack in stacks] == [{"0"}, {"1"}, {"2"}]


def test_echoes_and_b_values_are_named() -> None:
    for name, values, begins in (
        ("echo", ("1", "2"), "Echo 2"),
        ("b-value", ("0", "1000"), "b 1000 s/mm²"),
        ("flip", ("2", "15"), "Flip angle 15°"),
        ("inversion", ("100", "900"), "Inversion time 900 ms"),
    ):
        images = [
            image(number, place, (name, value))
            for number, value in enumerate(values)
            for place in range(4)
            if (number, place) != (1, 1)
        ]
        _, second = arrange(*images)
        assert said(second) == [f"{begins} lacks the slice at 10.0 mm."]


@pytest.mark.parametrize("name", ["inversion", "flip", "direction", "trigger"])
def test_a_measurement_at_one_place_scrolls_through_its_values(name: str) -> None:
    images = [image(number, 0, (name, str(10 * number)), number=number) for number in (3, 1, 2)]
    (stack,) = arrange(*images)
    assert [frame.instance_number for frame in stack.frames] == [1, 2, 3]


def test_directions_of_one_b_value_are_parted_and_numbered() -> None:
    cells = [("0", ""), ("1000", "0 0 1"), ("1000", "0 1 0"), ("1000", "1 0 0")]
    images = [
        image(number, place, ("b-value", b), *((("direction", direction),) if direction else ()))
        for number, (b, direction) in enumerate(cells)
        for place in range(4)
        if (number, place) != (2, 3)
    ]
    stacks = arrange(*images)
    assert [len(stack.frames) for stack in stacks] == [4, 4, 3, 4]
    assert stacks[2].part == (("b-value", "1000"), ("direction", "2"))
    assert said(stacks[2]) == ["b 1000 s/mm², direction 2 lacks the slice at 0.0 mm."]


def test_phases_whose_slices_do_not_lie_exactly_on_each_other() -> None:
    """A table that trembles, positions that are rounded."""
    images = [
        instance(
            f"{phase}-{place}",
            FrameHeader(at(0.03 * phase, 0, HEIGHTS[place] + 0.04 * (phase - 1))),
            times=clock(2 * phase),
        )
        for phase, place in itertools.product(range(PHASES), range(len(HEIGHTS)))
    ]
    assert [{name[0] for name in names(stack)} for stack in arrange(*images)] == [{"0"}, {"1"}, {"2"}]


def test_uneven_positions_of_phases_are_places_all_the_same() -> None:
    heights = (30.0, 21.0, 20.0, 3.0)
    images = [
        instance(f"{phase}-{z}", FrameHeader(at(0, 0, z)), times=clock(2 * phase))
        for phase in range(PHASES)
        for z in heights
        if (phase, z) != (2, 21.0)
    ]
    stacks = arrange(*images)
    assert [len(stack.frames) for stack in stacks] == [4, 4, 3]
    assert said(stacks[2]) == ["Phase 3 lacks the slice at 21.0 mm."]


def test_slices_that_lie_closer_than_a_hair_are_not_taken_for_one_place() -> None:
    fine = [instance(f"{n}", FrameHeader(_fine(0.03 * n)), number=n, times=clock(n % 2)) for n in range(12)]
    (stack,) = arrange(*fine)
    assert names(stack) == [f"{n}" for n in range(11, -1, -1)]


def _fine(z: float) -> FrameGeometry:
    return replace(at(0, 0, z), spacing_mm=(0.03, 0.03), slice_thickness_mm=0.03)


def test_an_acquisition_that_goes_on_where_another_ends_lacks_nothing() -> None:
    images = [
        instance(f"{number}-{z}", FrameHeader(at(0, 0, float(z)), (("acquisition", str(number)),)))
        for number, heights in ((1, range(0, 30, 2)), (2, range(26, 50, 2)))
        for z in heights
    ]
    stacks = arrange(*images)
    assert [len(stack.frames) for stack in stacks] == [15, 12]
    assert not any(said(stack) for stack in stacks)


def test_frames_of_an_image_are_parted_by_their_dimension_index() -> None:
    headers = [
        FrameHeader(at(0, 0, HEIGHTS[place]), dimension_index=(phase + 1, place + 1))
        for place, phase in itertools.product(range(4), range(PHASES))
        if (phase, place) != (1, 1)
    ]
    stacks = arrange(instance("one", *headers))
    assert [[frame.frame_number for frame in stack.frames] for stack in stacks] == [
        [1, 4, 6, 9],
        [2, 7, 10],
        [3, 5, 8, 11],
    ]
    assert said(stacks[1]) == ["Phase 2 lacks the slice at 10.0 mm."]


def test_frames_of_an_image_are_parted_by_the_times_of_the_frames() -> None:
    headers = [
        FrameHeader(at(0, 0, HEIGHTS[place]), (("acquired", f"20260102{clock(9 * phase)}"),))
        for place, phase in itertools.product(range(4), range(PHASES))
    ]
    stacks = arrange(instance("one", *headers[:-1]))
    assert [len(stack.frames) for stack in stacks] == [4, 4, 3]
    assert said(stacks[2]) == ["Phase 3 lacks the slice at 0.0 mm."]


def test_images_of_whole_volumes_are_phases_each() -> None:
    volumes = [
        instance(f"v{phase}", *(FrameHeader(at(0, 0, z)) for z in HEIGHTS), number=9 - phase)
        for phase in range(PHASES)
    ]
    stacks = arrange(*volumes)
    assert [{frame.sop_instance_uid for frame in stack.frames} for stack in stacks] == [
        {"v2"},
        {"v1"},
        {"v0"},
    ]


def test_a_single_image_that_was_taken_again_makes_no_phases() -> None:
    images = [instance(f"{n}", FrameHeader(at(0, 0, float(n))), number=n, times=clock(n)) for n in range(20)]
    again = instance("again", FrameHeader(at(0, 0, 7.0)), number=99, times=clock(300))
    (stack,) = arrange(*images, again)
    assert len(stack.frames) == 21
    assert "1 image lies at the position of another one." in map(str, stack.warnings)
