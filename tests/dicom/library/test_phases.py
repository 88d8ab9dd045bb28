"""Frames are put into phases by their times and numbers, also where some are lost."""

import random

import pytest

from medviewer.dicom.library.phases import Phases, phases_by_gaps, phases_by_rank

PLACES, COUNT = 6, 5


def table(value: object) -> list[list[float]]:
    """Return value(place, phase) for all places and phases."""
    return [[value(place, phase) for phase in range(COUNT)] for place in range(PLACES)]  # type: ignore[operator]


def volume_by_volume(place: int, phase: int) -> float:
    """Return when slices are taken that follow one another without a pause."""
    return 100.0 + PLACES * phase + place


def with_pauses(place: int, phase: int) -> float:
    return 100.0 + 10.0 * phase + 0.5 * place


def slice_by_slice(place: int, phase: int) -> float:
    return 100.0 + COUNT * place + phase


def with_jitter(place: int, phase: int) -> float:
    """Return the delay after a heart beat, measured anew at each place."""
    return 40.0 * phase + 12.0 * random.Random(f"{place} {phase}").uniform(-1, 1)


def of_many_heart_rates(place: int, phase: int) -> float:
    """Return delays of a heart that grows faster, so that phases overlap."""
    return 15.0 + 40.0 * phase * (1 - 0.04 * place)


SCHEMES = {
    "volume by volume": (volume_by_volume, phases_by_rank),
    "with pauses": (with_pauses, phases_by_gaps),
    "slice by slice": (slice_by_slice, phases_by_rank),
    "with jitter": (with_jitter, phases_by_rank),
    "of many heart rates": (of_many_heart_rates, phases_by_rank),
}


def without(lost: set[tuple[int, int]], whole: list[list[float]]) -> tuple[list[list[float]], Phases]:
    """Return the numbers that are left, and their true phases."""
    kept = [[phase for phase in range(COUNT) if (place, phase) not in lost] for place in range(PLACES)]
    return [[whole[place][phase] for phase in phases] for place, phases in enumerate(kept)], kept


@pytest.mark.parametrize("name", SCHEMES)
def test_whole_series_are_parted(name: str) -> None:
    value, find = SCHEMES[name]
    assert find(table(value)) == [list(range(COUNT))] * PLACES


@pytest.mark.parametrize("lost", [(place, phase) for place in range(PLACES) for phase in range(COUNT)])
@pytest.mark.parametrize("name", [name for name in SCHEMES if name != "slice by slice"])
def test_a_lost_frame_leaves_all_others_in_their_phases(name: str, lost: tuple[int, int]) -> None:
    value, find = SCHEMES[name]
    numbers, true = without({lost}, table(value))
    assert find(numbers) == true


@pytest.mark.parametrize("lost", [(place, phase) for place in range(PLACES) for phase in range(COUNT)])
def test_the_places_around_tell_where_a_slice_by_slice_series_lacks_one(lost: tuple[int, int]) -> None:
    numbers, true = without({lost}, table(slice_by_slice))
    assert phases_by_rank(numbers) == true


@pytest.mark.parametrize("seed", range(20))
def test_several_lost_frames_leave_all_others_in_their_phases(seed: int) -> None:
    cells = [(place, phase) for place in range(PLACES) for phase in range(COUNT)]
    lost = set(random.Random(seed).sample(cells, 9))
    numbers, true = without(lost, table(with_pauses))
    if {phase for of_place in true for phase in of_place} == set(range(COUNT)):
        assert phases_by_gaps(numbers) == true


def test_phases_of_which_no_place_has_all_are_parted_by_their_pauses() -> None:
    numbers, true = without({(place, place % COUNT) for place in range(PLACES)}, table(with_pauses))
    assert phases_by_gaps(numbers) == true


def test_single_repeats_are_no_phases() -> None:
    numbers = [[float(place)] for place in range(20)]
    numbers[7].append(100.0)
    assert phases_by_gaps(numbers) is None
    assert phases_by_rank(numbers) is None


def test_times_that_differ_from_place_to_place_show_no_phases() -> None:
    same_at_each_place = [[float(place)] * COUNT for place in range(PLACES)]
    assert phases_by_gaps(same_at_each_place) is None
    assert phases_by_rank(same_at_each_place) is None


def test_places_that_do_not_agree_show_no_phases() -> None:
    numbers = [[0.0, 10.0, 20.0], [0.0, 10.0, 20.0], [0.0, 1.0, 20.0]]
    assert phases_by_rank(numbers) is None


def test_what_only_looks_like_a_series_in_time_takes_no_time() -> None:
    numbers = [[float(at) for at in range(count)] for count in (4000, 3999, 2500)]
    assert phases_by_rank(numbers) is None
