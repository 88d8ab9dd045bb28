"""Separation of frames at the same places by a distinguishing attribute.

Echoes, b-values, phases in time. What a header names (an echo, a temporal position) is taken as it is.
Where only times or numbers are there, the frames are put into phases by them and not by counting, so that a
lost file leaves a gap in its own phase and every other frame where it belongs.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Final

from medviewer.dicom.files import natural_order
from medviewer.dicom.library.part_words import PART_BEGINNINGS, PART_WORDS
from medviewer.dicom.library.phases import (
    LEAST_FILLED_BY_COUNT,
    LEAST_FILLED_BY_TIME,
    Phases,
    phases_by_gaps,
    phases_by_rank,
)
from medviewer.dicom.library.slices import Slice, first_arrived, has_frames, image_uid, in_sequence, measure
from medviewer.imaging.frame import Vector, position_axis
from medviewer.translation import Message, message

SAME_PLACE_SHARE: Final = 0.1  # of the slice thickness, else of the distance of pixels
MOST_SAME_PLACE_MM: Final = 0.15
"""Frames of two phases that lie less apart are at one place: scanners round, and tables tremble."""

AROUND: Final = sorted(product((-1, 0, 1), repeat=3), key=lambda step: sum(map(abs, step)))
"""The cube itself, then its neighbors."""

LEAST_FILLED: Final = 0.5
"""More than so much of (parts x places) is there, where parts are more than the images at any one place."""

PLACES_NAMED: Final = 3
NAMED: Final = (
    *("stack", "segment", "type", "b-value", "direction", "echo", "inversion", "flip"),
    *("energy", "detector", "nm phase", "rotation", "rr", "slot"),
)
TIMES: Final = ("time", "acquisition", "trigger")
SCROLLED_AT_ONE_PLACE: Final = frozenset({"direction", "inversion", "flip", *TIMES})
"""What images of one place scroll through, rather than being parted by it."""

MEASURES: Final = {
    **dict.fromkeys(("trigger", "reference", "acquired", "created"), LEAST_FILLED_BY_TIME),
    "number": LEAST_FILLED_BY_COUNT,
}
"""What phases are told from, the surest first, and how many of their frames must be there."""

ELSEWHERE_BY_DESIGN: Final = frozenset({"stack", "segment", "label", "type", "energy", "detector"})

Part = tuple[tuple[str, str], ...]
"""What sets a stack apart from others at the same positions: (("echo", "2"), ("time", "3"))."""


@dataclass(frozen=True, slots=True)
class Parted:
    """Frames that scroll together.

    Parameters
    ----------
    names : tuple of str
        What the stack's key says of it; () for the part with the frame that arrived first, so that a stack
        that is shown already goes on under its key.
    lacks : Message or None
        At which places the other parts have a frame, and this one has none.
    """

    names: tuple[str, ...]
    part: Part
    members: list[Slice]
    lacks: Message | None = None


@dataclass(slots=True)
class FramesAtPosition:
    """Frames at one position, in the order of their numbers."""

    along_mm: float
    position: Vector
    frames: list[Slice]


def parted(group: list[Slice]) -> list[Parted]:
    """Split frames of one orientation with repeated positions.

    Images that all lie at one place (a series in time) stay together, and so do those that nothing tells
    apart. Parts come in the order of their values.
    """
    if not _has_repeats(group):
        return [Parted((), (), group)]
    places = by_place(group)
    if len(places) == len(group):
        return [Parted((), (), group)]
    found = list(_parted(group, places))
    home = {id(one): number for number, place in enumerate(places) for one in place.frames}
    taken = [frozenset(home[id(one)] for one in part.members) for part in found]
    return [
        Parted(one.names, one.part, one.members, _lacking(at, found, taken, places))
        for at, one in enumerate(found)
    ]


def by_place(group: Sequence[Slice]) -> list[FramesAtPosition]:
    """Return the frames of each position, along the normal.

    [] where positions are not known.
    """
    along = _along(group)
    near_mm = _near_mm(group)
    places: list[FramesAtPosition] = []
    cells: dict[tuple[int, ...], FramesAtPosition] = {}  # the last place in each cube of that size
    before = -math.inf
    for mm, number in along:
        one = group[number]
        position = one.header.geometry.position_mm
        assert position is not None
        if mm - before > near_mm:
            cells.clear()  # nothing before it can be near
        elif math.dist(position, places[-1].position) <= near_mm:
            places[-1].frames.append(one)
            continue
        before = mm
        cell = tuple(math.floor(value / near_mm) for value in position)
        place = _place_at(cells, cell, position, near_mm) if cells else None
        if place is None:
            place = cells[cell] = FramesAtPosition(mm, position, [])
            places.append(place)
        place.frames.append(one)
    for place in places:
        if len(place.frames) > 1:
            place.frames.sort(key=in_sequence)
    return places


def _along(group: Sequence[Slice]) -> list[tuple[float, int]]:
    """Return each frame's distance along the normal and number, sorted.

    [] where one has no place.
    """
    axis = position_axis(group[0].header.geometry)
    positions = [one.header.geometry.position_mm for one in group]
    if axis is None or None in positions:
        return []
    x, y, z = axis
    return sorted((x * p[0] + y * p[1] + z * p[2], n) for n, p in enumerate(positions) if p is not None)


def _near_mm(group: Sequence[Slice]) -> float:
    geometry = group[0].header.geometry
    scale_mm = geometry.slice_thickness_mm or (geometry.spacing_mm and min(geometry.spacing_mm))
    return min(MOST_SAME_PLACE_MM, SAME_PLACE_SHARE * scale_mm) if scale_mm else MOST_SAME_PLACE_MM


def _has_repeats(group: Sequence[Slice]) -> bool:
    """Return whether two frames may lie at one place."""
    along, near_mm = _along(group), _near_mm(group)
    return any(after[0] - before[0] <= near_mm for before, after in pairwise(along))


def _place_at(
    cells: Mapping[tuple[int, ...], FramesAtPosition], cell: tuple[int, ...], position: Vector, near_mm: float
) -> FramesAtPosition | None:
    """Return the place that is near, in a cube or the ones around it."""
    for step in AROUND:
        place = cells.get(tuple(at + by for at, by in zip(cell, step, strict=True)))
        if place is not None and math.dist(position, place.position) <= near_mm:
            return place
    return None


def _parted(group: list[Slice], places: Sequence[FramesAtPosition]) -> Iterator[Parted]:
    parts = _parts(group, places)
    if not parts:
        yield Parted((), (), group)
        return
    first = first_arrived(group)
    for (name, value), key, members in parts:
        added = () if any(one is first for one in members) else (key,)
        for rest in _parted(members, by_place(members)):
            yield Parted((*added, *rest.names), ((name, value), *rest.part), rest.members)


Parts = list[tuple[tuple[str, str], str, list[Slice]]]
"""What a part is called, what its key says, and its frames."""


def _parts(group: list[Slice], places: Sequence[FramesAtPosition]) -> Parts:
    """Return the parts by the first thing that tells repeats apart.

    [] where there is none.
    """
    if max(len(place.frames) for place in places) < 2:
        return []
    stated = {id(one.header.split): dict(one.header.split) for one in group}
    for name in (*NAMED, *TIMES):
        if len(places) < 2 and name in SCROLLED_AT_ONE_PLACE:
            continue
        if len({split.get(name, "") for split in stated.values()}) < 2:
            continue
        values = _by(group, lambda one, name=name: stated[id(one.header.split)].get(name, ""))  # type: ignore[misc]
        if _tells_apart(values.values(), places):
            shown = _shown(name, sorted(values, key=natural_order))
            return [((name, said), f"{name} {value}", values[value]) for value, said in shown.items()]
    if len(places) < 2:
        return []
    return _numbered(_dimensions(group, places) or _files(group, places) or _phases(places))


def _numbered(phases: Sequence[list[Slice]]) -> Parts:
    return [
        (("phase", str(number)), f"phase {number}", members) for number, members in enumerate(phases, start=1)
    ]


def _by(group: Iterable[Slice], value: Callable[[Slice], str]) -> dict[str, list[Slice]]:
    parts: dict[str, list[Slice]] = defaultdict(list)
    for one in group:
        parts[value(one)].append(one)
    return parts


def _tells_apart(parts: Collection[Sequence[Slice]], places: Sequence[FramesAtPosition]) -> bool:
    """Return whether a value differs between, not within, frames at a place."""
    if len(parts) < 2:
        return False
    home = {id(one): number for number, place in enumerate(places) for one in place.frames}
    cells = sum(len({home[id(one)] for one in part}) for part in parts)
    if cells == len(places):  # each place has one value only
        return False
    repeats = max(len(place.frames) for place in places)
    return len(parts) <= repeats or len(home) > LEAST_FILLED * len(parts) * len(places)


def _shown(name: str, values: list[str]) -> dict[str, str]:
    """Return the text of values.

    Image types without what all share, directions by number.
    """
    if name == "type":
        return _without_what_all_share(values)
    if name == "direction":
        return dict(
            zip(values, ["" if not value else str(n) for n, value in enumerate(values, 1)], strict=True)
        )
    return {value: value for value in values}


def _without_what_all_share(values: list[str]) -> dict[str, str]:
    """Return each image type without the words that stand in all of them."""
    words = [value.split("\\") for value in values]
    shared = set(words[0]).intersection(*words)
    return {
        value: " ".join(word for word in split if word not in shared)
        for value, split in zip(values, words, strict=True)
    }


def _dimensions(group: list[Slice], places: Sequence[FramesAtPosition]) -> list[list[Slice]]:
    """Return the parts by one of the Dimension Index Values, or []."""
    for number in range(min(len(one.header.dimension_index) for one in group)):
        parts: dict[int, list[Slice]] = defaultdict(list)
        for one in group:
            parts[one.header.dimension_index[number]].append(one)
        if _tells_apart(parts.values(), places):
            return [parts[value] for value in sorted(parts)]
    return []


def _files(group: list[Slice], places: Sequence[FramesAtPosition]) -> list[list[Slice]]:
    """Return the multi-frame images, if each has its own phase, or []."""
    if not any(has_frames(one.instance) for one in group):
        return []
    parts = _by(group, lambda one: image_uid(one.instance))
    return (
        sorted(parts.values(), key=lambda part: in_sequence(part[0]))
        if _tells_apart(parts.values(), places)
        else []
    )


def _phases(places: Sequence[FramesAtPosition]) -> list[list[Slice]]:
    """Return the phases by times or numbers; [] where they show none.

    Only where every place has as many frames as any other are they counted.
    """
    known = []
    for name, least_filled in MEASURES.items():
        values = [sorted((measure(one, name), at) for at, one in enumerate(place.frames)) for place in places]
        numbers = [[number for number, _ in of_place] for of_place in values]
        if all(map(math.isfinite, [number for of_place in numbers for number in of_place])):
            known.append((values, numbers, least_filled))
    for find in (phases_by_gaps, lambda numbers, _: phases_by_rank(numbers)):
        for values, numbers, least_filled in known:
            found = find(numbers, least_filled)
            if found is not None:
                return _collected(places, [[at for _, at in of_place] for of_place in values], found)
    if len({len(place.frames) for place in places}) == 1:
        return [list(phase) for phase in zip(*(place.frames for place in places), strict=True)]
    return []


def _collected(
    places: Sequence[FramesAtPosition], order: list[list[int]], phases: Phases
) -> list[list[Slice]]:
    count = 1 + max(map(max, phases))
    parts: list[list[Slice]] = [[] for _ in range(count)]
    for place, ranks, of_place in zip(places, order, phases, strict=True):
        for at, phase in zip(ranks, of_place, strict=True):
            parts[phase].append(place.frames[at])
    return parts


def _lacking(
    at: int, parts: Sequence[Parted], taken: Sequence[frozenset[int]], places: Sequence[FramesAtPosition]
) -> Message | None:
    """Return the note on places where a part lacks a frame, or None.

    Stacks, segments and kinds of image may lie elsewhere by design, and acquisitions overlap at their ends.
    """
    part = parts[at].part
    if not part:
        return None
    design = [pair for pair in part if pair[0] in ELSEWHERE_BY_DESIGN]
    like = [
        taken[number]
        for number, other in enumerate(parts)
        if [pair for pair in other.part if pair[0] in ELSEWHERE_BY_DESIGN] == design
    ]
    own, all_places = taken[at], frozenset().union(*like)
    overlapping = any(name == "acquisition" for name, _ in part)

    def is_lost(place: int) -> bool:
        share = sum(place in one for one in like) / len(like)
        return min(own) < place < max(own) or share > 0.5 or (share == 0.5 and not overlapping)

    lost = [places[place].along_mm for place in sorted(all_places - own) if is_lost(place)]
    told = [(name, value) for name, value in part if value and name not in ELSEWHERE_BY_DESIGN]
    is_phase = any(name in ("phase", "time") for name, _ in part)
    if not lost or not told or (2 * len(own) < len(all_places) and not is_phase):
        return None
    return _lacks(_named(told), lost, len(all_places))


def _named(told: Sequence[tuple[str, str]]) -> Message:
    name, value = told[0]
    said = message(PART_BEGINNINGS[name], value=value)
    for name, value in told[1:]:
        said = message("{first}, {second}", first=said, second=message(PART_WORDS[name], value=value))
    return said


def _lacks(part: Message, lost_mm: Sequence[float], count: int) -> Message:
    places = [f"{round(mm, 1) + 0.0:.1f}".replace("-", "−") for mm in lost_mm]
    if len(places) == 1:
        return message("{part} lacks the slice at {mm} mm.", part=part, mm=places[0])
    if len(places) <= PLACES_NAMED:
        return message("{part} lacks the slices at {mm} mm.", part=part, mm=", ".join(places))
    return message(
        "{part} lacks {count} of {all} slices, one of them at {mm} mm.",
        part=part,
        count=len(places),
        all=count,
        mm=places[0],
    )
