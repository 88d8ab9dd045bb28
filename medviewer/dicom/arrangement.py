"""From the frames of a series to stacks that scroll: split, ordered by position, and warned about.

The order rests on Image Position (Patient) along the normal of the slices, never on Slice Location; where
there is no position it falls back, and says to what (PS3.3 C.7.6.2.1.1, C.7.6.16, C.7.6.17).
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from medviewer.dicom.concatenation import Concatenation, missing_parts
from medviewer.dicom.finding import natural_order
from medviewer.dicom.instance import FrameHeader, Instance
from medviewer.dicom.series import FrameReference, OrderedBy, Stack
from medviewer.imaging.geometry import (
    SAME_PLACE_MM,
    FrameGeometry,
    Vector,
    normal,
    plane_name,
    position_axis,
    reads_downwards,
)
from medviewer.translation import Message, mark, message

SAME_DIRECTION: Final = 1e-3
GAP_RATIO: Final = 1.5  # of the usual step
UNEVEN_RATIO: Final = 0.05
UNEVEN_MM: Final = 0.05
TILT_DEGREES: Final = 0.5
GAPS_NAMED: Final = 3
TIMES: Final = ("time", "acquisition", "trigger")
SPLIT_ORDER: Final = ("stack", "segment", "type", "b-value", "echo", *TIMES)

ALIKE_ELSEWHERE: Final = mark("{note} In the series, {count} others are like it.")

Part = tuple[tuple[str, str], ...]
"""What sets a stack apart from others at the same positions: (("echo", "2"), ("time", "3"))."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One frame on its way into a stack."""

    arrival: int  # of its file, from 0: the first one of a group gives the group its lasting key
    instance: Instance
    header: FrameHeader
    number: int = 1  # of the frame in its file, from 1
    copy: int = 0  # how many files of the series stated the same image before this one


def slices_of(instance: Instance, arrival: int, copy: int = 0) -> list[Slice]:
    """Return the frames of a file."""
    return [
        Slice(arrival, instance, header, number, copy)
        for number, header in enumerate(instance.frames, start=1)
    ]


def arrange_series(slices: Sequence[Slice], doubts: Mapping[str, Message] | None = None) -> tuple[Stack, ...]:
    """Return the stacks of one series, the one that arrived first in front.

    Parameters
    ----------
    doubts : mapping, optional
        SOP Instance UID -> who else states it.
    """
    said = dict(doubts or {}) | _incomplete_images(slices)
    stacks: list[Stack] = []
    for names, group in _alike(slices):
        for more, part, members in _without_repeats(group):
            stacks.append(_stack((*names, *more), part, members, said))
    return tuple(stacks)


def _alike(slices: Sequence[Slice]) -> Iterable[tuple[tuple[str, ...], list[Slice]]]:
    """Group frames of one size, spacing, orientation and kind; a cine is a group of its own.

    Another file of an image goes into a group for second copies, so that none is met twice in scrolling.
    """
    directions: list[tuple[Vector, Vector]] = []
    groups: dict[tuple[str, ...], list[Slice]] = defaultdict(list)
    for one in slices:
        geometry = one.header.geometry
        spacing = geometry.spacing_mm and tuple(round(value, 3) for value in geometry.spacing_mm)
        own = geometry.position_mm is None and _has_frames(one.instance)
        attributes = one.instance.attributes
        key = (
            f"{one.instance.rows}x{one.instance.columns}",
            f"spacing {spacing}",
            f"direction {_direction(geometry, directions)}",
            "localizer" if attributes.is_localizer else "",
            attributes.sop_class_uid,
            _image_uid(one.instance) if own else "",
            f"copy {one.copy + 1}" if one.copy else "",
        )
        groups[key].append(one)
    for names, group in groups.items():
        yield tuple(name for name in names if name), group


def _has_frames(instance: Instance) -> bool:
    return len(instance.frames) > 1 or instance.concatenation is not None


def _image_uid(instance: Instance) -> str:
    """Return the UID of the image that a file is, or is a part of."""
    return instance.sop_instance_uid if instance.concatenation is None else instance.concatenation.uid


def _incomplete_images(slices: Sequence[Slice]) -> dict[str, Message]:
    """Return what parts are missing, by the UID of the image."""
    parts: dict[str, set[Concatenation]] = defaultdict(set)
    for one in slices:
        if one.instance.concatenation is not None:
            parts[one.instance.concatenation.uid].add(one.instance.concatenation)
    sentences = {uid: missing_parts(there) for uid, there in parts.items()}
    return {uid: sentence for uid, sentence in sentences.items() if sentence}


def _direction(geometry: FrameGeometry, known: list[tuple[Vector, Vector]]) -> str:
    """Return a name for an orientation, the same for equal ones; positions without one are not used."""
    row, column = geometry.row_direction, geometry.column_direction
    if row is None or column is None or geometry.position_mm is None:
        return "none"
    for number, (other_row, other_column) in enumerate(known):
        if math.dist(row, other_row) < SAME_DIRECTION and math.dist(column, other_column) < SAME_DIRECTION:
            return str(number)
    known.append((row, column))
    return str(len(known) - 1)


def _without_repeats(group: list[Slice]) -> Iterable[tuple[tuple[str, ...], Part, list[Slice]]]:
    """Split a group in which positions repeat, by what tells the repeats apart: echo, time, b-value ...

    Where nothing in the headers does, but each position has as many images as any other, they are taken as
    phases in the order of their instance numbers. Images that all lie at one place (a series in time) stay
    together.

    The part with the frame that arrived first keeps the name of the whole group, so that a stack that is
    shown already goes on under its key; parts come in the order of their values.
    """
    places = _by_place(group)
    repeats = max(map(len, places), default=1)
    if repeats > 1:
        for name in SPLIT_ORDER if len(places) > 1 else [one for one in SPLIT_ORDER if one not in TIMES]:
            parts: dict[str, list[Slice]] = defaultdict(list)
            for one in group:
                parts[dict(one.header.split).get(name, "")].append(one)
            if 1 < len(parts) <= repeats:
                shown = _without_what_all_share(list(parts)) if name == "type" else {}
                for value in sorted(parts, key=natural_order):
                    added = () if parts[value][0] is group[0] else (f"{name} {value}",)
                    for more, part, rest in _without_repeats(parts[value]):
                        yield (*added, *more), ((name, shown.get(value, value)), *part), rest
                return
        if len(places) > 1 and all(len(place) == repeats for place in places):
            for number, phase in enumerate(zip(*places, strict=True), start=1):
                added = () if any(one is group[0] for one in phase) else (f"phase {number}",)
                yield added, (("phase", str(number)),), list(phase)
            return
    yield (), (), group


def _by_place(group: list[Slice]) -> list[list[Slice]]:
    """Return the frames of each position, by instance number; [] where positions are not known."""
    places: dict[tuple[int, ...], list[Slice]] = defaultdict(list)
    for one in sorted(group, key=_file_order):
        position = one.header.geometry.position_mm
        if position is None or one.header.geometry.row_direction is None:
            return []
        places[tuple(round(value / SAME_PLACE_MM / 5) for value in position)].append(one)
    return list(places.values())


def _without_what_all_share(values: list[str]) -> dict[str, str]:
    """Return each image type without the words that stand in all of them."""
    words = [value.split("\\") for value in values]
    shared = set(words[0]).intersection(*words)
    return {
        value: " ".join(word for word in split if word not in shared)
        for value, split in zip(values, words, strict=True)
    }


def _stack(names: tuple[str, ...], part: Part, group: list[Slice], said: Mapping[str, Message]) -> Stack:
    first = group[0]
    instance, geometry = first.instance, first.header.geometry
    ordered, ordered_by, positions = _ordered(group)
    warnings = [*_placement_warnings(ordered, positions), *_file_warnings(group, said)]
    if ordered_by is not OrderedBy.POSITION and _should_have_positions(ordered):
        warnings.insert(
            0, message("The positions are not known: ordered by {what}.", what=Message(ordered_by.value))
        )
    steps = [abs(after - before) for before, after in itertools.pairwise(positions)]
    usual = _median(steps) if steps else (geometry.slice_thickness_mm or 0.0)
    spacing = geometry.spacing_mm
    identity = instance.identity
    key = "|".join((identity.study_instance_uid, identity.series_instance_uid, identity.patient_id, *names))
    return Stack(
        key=key,
        identity=identity,
        frames=tuple(
            FrameReference(
                path=one.instance.path,
                sop_instance_uid=one.instance.sop_instance_uid,
                frame_number=one.number,
                instance_number=one.instance.instance_number,
                geometry=one.header.geometry,
                attributes=one.instance.attributes,
                position_mm=position,
                origin=one.instance.origin,
            )
            for one, position in zip(ordered, positions or _unplaced(ordered), strict=True)
        ),
        rows=instance.rows,
        columns=instance.columns,
        spacing_mm=None if spacing is None else (*spacing, round(usual, 6)),
        ordered_by=ordered_by,
        plane=plane_name(geometry),
        warnings=tuple(dict.fromkeys(warnings)),
        cine=instance.cine,
        part=part,
    )


def _median(values: Sequence[float]) -> float:
    """Return the middle value, or the mean of the two middle ones; `statistics` is slow to import."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _unplaced(ordered: list[Slice]) -> list[float | None]:
    return [None] * len(ordered)


def _ordered(group: list[Slice]) -> tuple[list[Slice], OrderedBy, list[float]]:
    """Return the frames in display order, what it rests on, and their positions along the normal in mm.

    Head first, the patient's right first or the front first, as the plane is.
    """
    geometry = group[0].header.geometry
    axis = position_axis(geometry)
    places = [one.header.geometry.position_mm for one in group]
    if axis is not None and all(place is not None for place in places):
        along = [
            (sum(a * b for a, b in zip(axis, place, strict=True)), one)
            for place, one in zip(places, group, strict=True)
            if place is not None
        ]
        onwards = -1 if reads_downwards(geometry) else 1
        along.sort(key=lambda pair: (onwards * round(pair[0] / SAME_PLACE_MM), *_file_order(pair[1])))
        return [one for _, one in along], OrderedBy.POSITION, [position for position, _ in along]
    indexes = {one.header.dimension_index for one in group}
    if len(indexes) == len(group) > 1 and () not in indexes:
        by_index = sorted(group, key=lambda one: one.header.dimension_index)
        return by_index, OrderedBy.DIMENSION_INDEX, []
    if len({_image_uid(one.instance) for one in group}) == 1:
        return sorted(group, key=_frame_order), OrderedBy.INSTANCE_NUMBER, []
    numbers = {one.instance.instance_number for one in group}
    distinct = None not in numbers and len(numbers) == len({id(one.instance) for one in group})
    by_file = sorted(group, key=_file_order)
    return by_file, OrderedBy.INSTANCE_NUMBER if distinct else OrderedBy.FILE_NAME, []


def _frame_order(one: Slice) -> tuple[int, int]:
    part = one.instance.concatenation
    return (0 if part is None else part.number, one.number)


def _file_order(one: Slice) -> tuple[bool, int, str, int]:
    number = one.instance.instance_number
    return (number is None, number or 0, str(one.instance.path), one.number)


def _should_have_positions(ordered: list[Slice]) -> bool:
    modality = ordered[0].instance.identity.modality
    return len({one.instance.sop_instance_uid for one in ordered}) > 1 and modality in ("CT", "MR", "PT")


def _placement_warnings(ordered: list[Slice], positions: list[float]) -> Iterable[Message]:
    steps = [abs(after - before) for before, after in itertools.pairwise(positions)]
    repeats = sum(step < SAME_PLACE_MM for step in steps)
    if 1 < repeats == len(steps):
        yield message("All images lie at one place: ordered by number.")
    elif repeats == 1:
        yield message("1 image lies at the position of another one.")
    elif repeats:
        yield message("{count} images lie at the position of another one.", count=repeats)
    real = [step for step in steps if step >= SAME_PLACE_MM]
    if len(real) < 1:
        return
    tilt = _tilt_degrees(ordered)
    if tilt >= TILT_DEGREES:
        yield message("The gantry is tilted by {degrees}°.", degrees=f"{tilt:.1f}")
    usual = _median(real)
    gaps = [(number, step) for number, step in enumerate(steps, start=1) if step > GAP_RATIO * usual]
    even = [step for step in real if step <= GAP_RATIO * usual]
    if even and max(even) - min(even) > max(UNEVEN_RATIO * usual, UNEVEN_MM):
        low, high = f"{min(real):.2f}", f"{max(real):.2f}"
        yield message("The distance of the slices varies from {low} to {high} mm.", low=low, high=high)
    for number, step in gaps[:GAPS_NAMED]:
        yield message("Gap of {size} mm after slice {number}.", size=f"{step:.1f}", number=number)
    if len(gaps) > GAPS_NAMED:
        yield message("More gaps: {count}.", count=len(gaps) - GAPS_NAMED)


def _tilt_degrees(ordered: list[Slice]) -> float:
    """Return the angle between the way from the first to the last slice and their normal."""
    axis = normal(ordered[0].header.geometry)
    start = ordered[0].header.geometry.position_mm
    end = ordered[-1].header.geometry.position_mm
    if axis is None or start is None or end is None:
        return 0.0
    way = math.dist(start, end)
    if way < SAME_PLACE_MM:
        return 0.0
    along = sum(a * (e - s) for a, s, e in zip(axis, start, end, strict=True))
    return math.degrees(math.acos(min(1.0, abs(along) / way)))


def _gathered(notes: Iterable[Message]) -> Iterable[Message]:
    """Yield each note once, and one for all that say the same of an attribute, of other texts."""
    alike: dict[object, dict[Message, None]] = defaultdict(dict)
    for note in notes:
        alike[note.text, dict(note.facts).get("attribute")][note] = None
    for same in alike.values():
        first, *others = same
        yield first if not others else message(ALIKE_ELSEWHERE, note=first, count=len(others))


def _file_warnings(group: list[Slice], said: Mapping[str, Message]) -> Iterable[Message]:
    yield from _gathered(note for one in group for note in one.instance.notes)
    for one in group:
        for uid in (one.instance.sop_instance_uid, _image_uid(one.instance)):
            if uid in said:
                yield said[uid]
    if group[0].copy and len(group) == 1:
        yield message("The same image again, from another file.")
    elif group[0].copy:
        yield message("The same images again, from other files.")
