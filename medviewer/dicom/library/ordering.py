"""The order of frames in a stack and of the stacks of a series.

Position comes first, then Slice Location, then number, then time.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, pairwise
from typing import Any, Final

from medviewer.dicom.library.slices import Slice, first_arrived, has_frames, image_uid, in_sequence, taken_at
from medviewer.dicom.model import OrderedBy
from medviewer.imaging.frame import SAME_PLACE_MM, position_axis, reads_downwards

Group = tuple[tuple[str, ...], list[Slice]]
"""Frames that scroll together, with what the key of their stack says of them."""

TOMOGRAPHIC: Final = frozenset({"CT", "MR", "PT"})

Key = Callable[[Slice], Any]
"""Gives of each slice something to sort by."""


def ordered(group: Sequence[Slice]) -> tuple[list[Slice], OrderedBy, list[float]]:
    """Return frames in display order, its basis, and their positions in mm.

    Positions are those along the normal. Where there are positions the head comes first, the patient's
    right or the front, as the plane is; otherwise what was numbered or taken first.
    """
    geometry = group[0].header.geometry
    axis = position_axis(geometry)
    places = [one.header.geometry.position_mm for one in group]
    if axis is not None and all(place is not None for place in places):
        onwards = -1 if reads_downwards(geometry) else 1
        along = [
            (sum(a * b for a, b in zip(axis, place, strict=True)), one)
            for place, one in zip(places, group, strict=True)
            if place is not None
        ]
        along.sort(key=lambda pair: onwards * pair[0])
        if any(abs(after[0] - before[0]) < SAME_PLACE_MM for before, after in pairwise(along)):
            key, _ = sequence(group)
            along.sort(key=lambda pair: (onwards * round(pair[0] / SAME_PLACE_MM), key(pair[1])))
        return [one for _, one in along], OrderedBy.POSITION, [position for position, _ in along]
    planes = [one.header.volume_place_mm for one in group]
    if None not in planes and len(set(planes)) == len(group) > 1:
        in_volume = sorted(group, key=lambda one: one.header.volume_place_mm or 0.0)
        return in_volume, OrderedBy.VOLUME_POSITION, []
    indexes = {one.header.dimension_index for one in group}
    if len(indexes) == len(group) > 1 and () not in indexes:
        by_index = sorted(group, key=lambda one: one.header.dimension_index)
        return by_index, OrderedBy.DIMENSION_INDEX, []
    if len({image_uid(one.instance) for one in group}) == 1:
        return sorted(group, key=_frame_order), OrderedBy.INSTANCE_NUMBER, []
    key, told_by = sequence(group)
    by_location = _by_location(group)
    if by_location and told_by is not OrderedBy.FILE_NAME and key(by_location[0]) > key(by_location[-1]):
        by_location.reverse()
    return (
        (by_location, OrderedBy.SLICE_LOCATION, []) if by_location else (sorted(group, key=key), told_by, [])
    )


def _by_location(group: Sequence[Slice]) -> list[Slice]:
    """Return slices by Slice Location, upwards.

    Nothing where not all have one of their own. From where and which way it counts is up to each device
    (PS3.3 C.7.6.2.1.2), so that it serves for want of positions only.
    """
    located = [(one.instance.slice_location_mm, one) for one in group]
    is_section = group[0].instance.identity.modality in TOMOGRAPHIC
    places = {round(place / SAME_PLACE_MM) for place, _ in located if place is not None}
    if not is_section or len(places) < max(2, len(group)):
        return []
    return [one for _, one in sorted(located, key=lambda pair: pair[0] or 0.0)]


def _frame_order(one: Slice) -> tuple[int, int]:
    part = one.instance.concatenation
    return (0 if part is None else part.number, one.number)


def sequence(slices: Iterable[Slice]) -> tuple[Key, OrderedBy]:
    """Return the sort key for the order of acquisition, and its basis.

    Instance numbers are best. Where some are missing or stand twice it is the times, then both together, and
    the names of the files only where nothing in the headers tells two images apart.
    """
    files = {id(one.instance): one.instance for one in slices}.values()
    numbers = {file.instance_number for file in files}
    if None not in numbers and len(numbers) == len(files):
        return _by_number, OrderedBy.INSTANCE_NUMBER
    times = [taken_at(file) for file in files]
    told = {(file.instance_number, at) for file, at in zip(files, times, strict=True)}
    if None not in times and len(set(times)) > 1:
        return _by_time, OrderedBy.TIME if len(told) == len(files) else OrderedBy.FILE_NAME
    return in_sequence, OrderedBy.INSTANCE_NUMBER if len(told) == len(files) else OrderedBy.FILE_NAME


def _by_number(one: Slice) -> tuple[int, int]:
    return (one.instance.instance_number or 0, one.number)


def _by_time(one: Slice) -> tuple[object, ...]:
    at = taken_at(one.instance)
    return (at is None, at or 0.0, *in_sequence(one))


def image_numbers(in_order: Sequence[Slice], told_by: OrderedBy) -> list[int | None]:
    """Return by which number each frame is called in its series.

    None where it has none of its own. Of a file with one image it is the Instance Number. The planes of a
    file with many are called by the number of their frame, as references to them are; the frames of a loop
    by the Instance Number of the loop.
    """
    numbers: list[int | None]
    if not any(has_frames(one.instance) for one in in_order):
        numbers = [one.instance.instance_number for one in in_order]
    elif told_by in (OrderedBy.POSITION, OrderedBy.DIMENSION_INDEX) or all(map(_is_a_plane, in_order)):
        numbers = [one.number for one in in_order]
    else:
        loops = {id(one.instance): one.instance.instance_number for one in in_order}
        return [next(iter(loops.values()))] * len(in_order) if len(loops) == 1 else [None] * len(in_order)
    counts = Counter(numbers)
    return [number if counts[number] == 1 else None for number in numbers]


def _is_a_plane(one: Slice) -> bool:
    """Return whether a frame is of a file whose frames have places."""
    return any(header.geometry.position_mm is not None for header in one.instance.frames)


def in_order_of_the_examination(groups: Sequence[Group]) -> list[Group]:
    """Return groups of alike frames in the order of their first images.

    Stills and loops are taken in turns: images without positions are parted where others were taken between
    them. The part with the image that arrived first keeps the names of its group. Second copies come last.
    """
    if len(groups) < 2:
        return list(groups)
    key, told_by = sequence(one for _, members in groups for one in members if not one.copy)
    if told_by is not OrderedBy.FILE_NAME:
        groups = _in_turns(groups, key)
    return sorted(groups, key=lambda group: (group[1][0].copy, min(map(key, group[1]))))


def _in_turns(groups: Sequence[Group], key: Key) -> list[Group]:
    """Split groups without positions where another group's image intervenes."""
    stills = [group for group in groups if not group[1][0].copy and _has_no_place(group[1])]
    others = [group for group in groups if not any(group is still for still in stills)]
    taken = [(key(one), number, one) for number, (_, members) in enumerate(stills) for one in members]
    taken.sort(key=lambda item: item[0])
    turns: list[list[list[Slice]]] = [[] for _ in stills]
    for number, turn in groupby(taken, key=lambda item: item[1]):
        turns[number].append([one for _, _, one in turn])
    for (names, members), of_group in zip(stills, turns, strict=True):
        if len({image_uid(one.instance) for one in members}) == 1:  # its frames were not taken in turns
            others.append((names, members))
            continue
        first = first_arrived(members)
        for turn_members in of_group:
            is_first = any(one is first for one in turn_members)
            added = () if is_first else (f"from {image_uid(first_arrived(turn_members).instance)}",)
            others.append(((*names, *added), turn_members))
    return others


def _has_no_place(members: Sequence[Slice]) -> bool:
    return all(one.header.geometry.position_mm is None for one in members)
