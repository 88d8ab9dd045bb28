"""Phases of the frames of a 4D series, from rising numbers.

The numbers may be times of acquisition, delays after a heart beat or instance numbers. Frames are given place
by place, because a place has at most one frame of each phase.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Final

GAP_RATIO: Final = 1.2
"""The smallest gap between two phases / the largest one within a phase, at least."""

SURE_GAP_RATIO: Final = 2.0
"""The same where no place has a frame of every phase."""

LEAST_FILLED_BY_TIME: Final = 0.6
LEAST_FILLED_BY_COUNT: Final = 0.75
"""Frames / (phases x places): more, or they are single repeats rather than phases."""

MOST_OFF: Final = 0.45
"""Of the usual step between phases: the frames of a whole place lie no farther from where they should."""

MOST_COMPARED: Final = 2_000_000
"""Frames x ways to lose those that are missing: more is no series that lost some files."""

BETTER: Final = 0.5
"""Of the cost of the plain fit: what a fit must come down to that moves or stretches the numbers."""

Phases = list[list[int]]
"""Of each frame of each place the phase, from 0."""


def phases_by_gaps(
    places: Sequence[Sequence[float]], least_filled: float = LEAST_FILLED_BY_TIME
) -> Phases | None:
    """Cut the numbers of all frames at their largest gaps.

    None where these show no phases.

    Parameters
    ----------
    places : sequence of sequences of float
        The number of each frame, place by place, in any order; at least one place has several frames.
    least_filled : float
        Frames / (phases x places) are more.
    """
    timed = sorted(
        (value, place, at) for place, values in enumerate(places) for at, value in enumerate(values)
    )
    gaps = sorted(
        ((after[0] - before[0], cut) for cut, (before, after) in enumerate(pairwise(timed), 1)), reverse=True
    )
    fewest = max(map(len, places))
    for count in range(max(2, fewest), len(timed)):
        if len(timed) <= least_filled * count * len(places):
            return None
        least_between = gaps[count - 2][0]
        largest_within = gaps[count - 1][0] if count <= len(gaps) else 0.0
        ratio = GAP_RATIO if count == fewest else SURE_GAP_RATIO
        if least_between <= 0 or least_between < ratio * largest_within:
            continue
        cuts = {cut for _, cut in gaps[: count - 1]}
        phase_of = list(accumulate(int(at in cuts) for at in range(len(timed))))
        if len({(phase, one[1]) for phase, one in zip(phase_of, timed, strict=True)}) == len(timed):
            found = [[0] * len(values) for values in places]
            for phase, (_, place, at) in zip(phase_of, timed, strict=True):
                found[place][at] = phase
            return found
    return None


def phases_by_rank(places: Sequence[Sequence[float]]) -> Phases | None:
    """Return the phases by rank in whole places, fitted to the others.

    None where they cannot be found. A place that lacks some frames is compared with what the whole places
    have on average: its frames keep their order, and the gap that a lost one leaves shows where it belongs.
    Numbers of a place may be moved as a whole (slices follow one another within a phase) or stretched
    (hearts beat at several rates).

    Parameters
    ----------
    places : sequence of sequences of float
        The number of each frame, rising within each place; places in the order in which they lie.
    """
    count = max(map(len, places))
    whole = [number for number, values in enumerate(places) if len(values) == count]
    filled = sum(map(len, places)) / (count * len(places))
    if 2 * len(whole) < len(places) or filled <= LEAST_FILLED_BY_COUNT:
        return None
    if any(after <= before for values in places for before, after in pairwise(values)):
        return None
    if sum(len(values) * (count - len(values) + 1) ** 2 for values in places) > MOST_COMPARED:
        return None
    centers = [_median([places[number][phase] for number in whole]) for phase in range(count)]
    steps = _steps(centers)
    if min(steps) <= 0:
        return None
    moved = {number: _median(_differences(places[number], centers)) for number in whole}
    if any(_off(places[number], centers) > MOST_OFF * _median(steps) for number in whole):
        return None
    first, slope = _line(moved)
    return [
        list(range(count)) if number in moved else _fitted(values, centers, first + slope * number)
        for number, values in enumerate(places)
    ]


def _off(values: Sequence[float], centers: Sequence[float]) -> float:
    """Return the distance of a whole place's numbers from the average.

    The numbers may be moved or stretched as a whole.
    """
    move = _median(_differences(values, centers))
    moved = max(abs(difference - move) for difference in _differences(values, centers))
    if len(values) < 3:
        return moved
    stretch = (centers[-1] - centers[0]) / (values[-1] - values[0])
    stretched = [centers[0] + stretch * (value - values[0]) for value in values]
    return min(moved, max(map(abs, _differences(stretched, centers))))


def _line(moved: Mapping[int, float]) -> tuple[float, float]:
    """Return by how much the numbers of places are moved.

    The first value is for the first place, the others from each place to the next.
    """
    middle = sum(moved) / len(moved)
    mean = sum(moved.values()) / len(moved)
    spread = sum((place - middle) ** 2 for place in moved)
    slope = sum((place - middle) * move for place, move in moved.items()) / spread if spread else 0.0
    return mean - slope * middle, slope


def _fitted(values: Sequence[float], centers: Sequence[float], expected_move: float) -> list[int]:
    """Return the phases that fit the numbers of a place best, each once."""
    cost, phases = _fit([value - expected_move for value in values], centers)
    stretches = [1.0]
    if len(values) > 2:
        stretches.append(_median(_steps(centers)) / _median(_steps(values)))
    for stretch in stretches:
        stretched = [stretch * value for value in values]
        for start in range(len(centers) - len(values) + 1):
            move = stretched[0] - centers[start]
            other_cost, other = _fit([value - move for value in stretched], centers)
            other_cost += abs(move - expected_move)
            if other_cost < BETTER * cost:
                cost, phases = other_cost / BETTER, other
    return phases


def _fit(values: Sequence[float], centers: Sequence[float]) -> tuple[float, list[int]]:
    """Return the phases nearest to rising values, and the sum of distances.

    Phases rise, too; how many have been skipped before each value is what is chosen.
    """
    lost = len(centers) - len(values)
    costs = [abs(values[0] - center) for center in centers[: lost + 1]]
    came_from: list[list[int]] = []
    for at, value in enumerate(values[1:], start=1):
        cheapest, best = math.inf, 0
        next_costs, before = [], []
        for skipped in range(lost + 1):
            if costs[skipped] < cheapest:
                cheapest, best = costs[skipped], skipped
            next_costs.append(cheapest + abs(value - centers[at + skipped]))
            before.append(best)
        came_from.append(before)
        costs = next_costs
    skipped = min(range(lost + 1), key=costs.__getitem__)
    cost, phases = costs[skipped], [len(values) - 1 + skipped]
    for at in range(len(values) - 1, 0, -1):
        skipped = came_from[at - 1][skipped]
        phases.append(at - 1 + skipped)
    return cost, phases[::-1]


def _differences(values: Sequence[float], centers: Sequence[float]) -> list[float]:
    return [value - center for value, center in zip(values, centers, strict=True)]


def _steps(values: Sequence[float]) -> list[float]:
    return [after - before for before, after in pairwise(values)]


def _median(values: Sequence[float]) -> float:
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2
