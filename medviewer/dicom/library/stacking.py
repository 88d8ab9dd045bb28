"""From the frames of a series to stacks that scroll.

Split, ordered by position, and warned about. The order rests on Image Position (Patient) along the normal
of the slices, never on Slice Location; where there is no position it falls back, to that first, and says to
what (PS3.3 C.7.6.2.1.1, C.7.6.16, C.7.6.17).
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from medviewer.dicom.attributes import VECTORS, Concatenation, missing_parts
from medviewer.dicom.library.missing_uids import ToldApart
from medviewer.dicom.library.ordering import (
    TOMOGRAPHIC,
    Group,
    image_numbers,
    in_order_of_the_examination,
    ordered,
    sequence,
)
from medviewer.dicom.library.part_words import GAP, MORE_GAPS, REPEAT, REPEATS, TILTED, UNEVEN
from medviewer.dicom.library.parting import Part, Parted, parted
from medviewer.dicom.library.slices import Slice, has_frames, image_uid
from medviewer.dicom.model import FrameReference, OrderedBy, StoredStack
from medviewer.imaging.frame import (
    SAME_PLACE_MM,
    Aspect,
    FrameAttributes,
    FrameGeometry,
    Vector,
    plane_name,
    slice_normal,
)
from medviewer.translation import Message, mark, message

SAME_DIRECTION: Final = 1e-3
GAP_RATIO: Final = 1.5  # of the usual step
UNEVEN_RATIO: Final = 0.05
UNEVEN_MM: Final = 0.05
TILT_DEGREES: Final = 0.5
GAPS_NAMED: Final = 3

COMPUTED: Final = frozenset({"ADC", "AVERAGE DC", "FA"})
"""Image Types of maps that are computed from images of several b-values."""

NO_POSITION: Final = message(
    "Its position is not known: the image stands apart from the others of the series."
)
NO_SPACE: Final = mark("1 image does not state its frame of reference; it is not linked with other series.")
NO_SPACES: Final = mark(
    "{count} images do not state their frame of reference; they are not linked with other series."
)
ANOTHER_ALIKE: Final = mark("{note} In the series, 1 other is like it.")
ALIKE_ELSEWHERE: Final = mark("{note} In the series, {count} others are like it.")


def arrange_series(series: ToldApart, doubts: Mapping[str, Message] | None = None) -> tuple[StoredStack, ...]:
    """Return the stacks of one series in the order of their first images.

    Parameters
    ----------
    doubts : mapping, optional
        SOP Instance UID -> who else states it.
    """
    said = dict(doubts or {}) | _incomplete_images(series.slices)
    return tuple(
        _stack(series, (*names, *part.names), part, said)
        for names, group in in_order_of_the_examination(_alike(series.slices))
        for part in parted(group)
    )


def _alike(slices: Sequence[Slice]) -> list[Group]:
    """Group frames of one size, spacing, orientation and kind.

    A cine is a group of its own. Another file of an image goes into a group for second copies, so that none
    is met twice in scrolling.
    """
    directions: list[tuple[Vector, Vector]] = []
    spaces = _spaces(slices)
    groups: dict[tuple[str, ...], list[Slice]] = defaultdict(list)
    for one in slices:
        geometry = one.header.geometry
        spacing = geometry.spacing_mm and tuple(round(value, 3) for value in geometry.spacing_mm)
        own = geometry.position_mm is None and has_frames(one.instance)
        attributes = one.instance.attributes
        key = (
            f"{one.instance.rows}x{one.instance.columns}",
            f"spacing {spacing}",
            f"direction {_direction(geometry, directions)}",
            "localizer" if attributes.is_localizer else "",
            attributes.sop_class_uid,
            image_uid(one.instance) if own else "",
            f"copy {one.copy + 1}" if one.copy else "",
            spaces.get(geometry.frame_of_reference_uid, "") if spaces and not own else "",
            *(f"{name} {value}" for name, value in _apart(one)),
            f"view {' '.join(map(str, one.header.aspect[:3]))}" if _hangs_alone(one) else "",
        )
        groups[key].append(one)
    return [(tuple(name for name in names if name), group) for names, group in groups.items()]


def _apart(one: Slice) -> Part:
    """Return the attributes that separate frames wherever they lie.

    The segment, or without a place what they are of.
    """
    names: Collection[str] = ("segment", "label")
    if one.instance.identity.modality != "SEG":
        names = () if one.header.geometry.position_mm is not None else VECTORS
    return tuple((name, value) for name, value in one.header.split if name in names and value)


def _hangs_alone(one: Slice) -> bool:
    """Return whether an image is looked at beside others of its series.

    A view of mammography.
    """
    return one.instance.identity.modality == "MG" and one.header.geometry.position_mm is None


def _spaces(slices: Sequence[Slice]) -> dict[str, str]:
    """Return the frame of reference part of the keys of stacks.

    {} where all places can be compared. That which arrived first goes without, and so do images that state
    none. Where nearly each image states one of its own, none of them is meant.
    """
    stated = dict.fromkeys(one.header.geometry.frame_of_reference_uid for one in slices)
    uids = [uid for uid in stated if uid]
    if len(uids) < 2 or 2 * len(uids) > sum(one.header.geometry.position_mm is not None for one in slices):
        return {}
    return {uid: f"space {uid}" for uid in uids[1:]}


def _incomplete_images(slices: Sequence[Slice]) -> dict[str, Message]:
    """Return the notes on missing parts by the UID of the image."""
    parts: dict[str, set[Concatenation]] = defaultdict(set)
    for one in slices:
        if one.instance.concatenation is not None:
            parts[one.instance.concatenation.uid].add(one.instance.concatenation)
    sentences = {uid: missing_parts(there) for uid, there in parts.items()}
    return {uid: sentence for uid, sentence in sentences.items() if sentence}


def _direction(geometry: FrameGeometry, known: list[tuple[Vector, Vector]]) -> str:
    """Return a name for an orientation, the same for equal ones.

    Positions without one are not used.
    """
    row, column = geometry.row_direction, geometry.column_direction
    if row is None or column is None or geometry.position_mm is None:
        return "none"
    for number, (other_row, other_column) in enumerate(known):
        if math.dist(row, other_row) < SAME_DIRECTION and math.dist(column, other_column) < SAME_DIRECTION:
            return str(number)
    known.append((row, column))
    return str(len(known) - 1)


def _stack(
    series: ToldApart, names: tuple[str, ...], part: Parted, said: Mapping[str, Message]
) -> StoredStack:
    group = part.members
    first = group[0]
    instance, geometry = first.instance, first.header.geometry
    in_order, ordered_by, positions = ordered(group)
    of_files = list(_gathered(note for one in group for note in one.instance.notes))
    warnings = [*_placement_warnings(in_order, positions), *of_files, *_file_warnings(group, said)]
    warnings[:0] = [note for note in (series.note, part.lacks) if note is not None]
    if ordered_by is not OrderedBy.POSITION and _should_have_positions(in_order):
        warnings.insert(
            0, message("The positions are not known: ordered by {what}.", what=Message(ordered_by.value))
        )
    elif _is_lost(group, series.slices):
        warnings.insert(0, NO_POSITION)
    steps = [abs(after - before) for before, after in itertools.pairwise(positions)]
    usual = _usual(steps) if steps else (geometry.slice_thickness_mm or 0.0)
    spacing = geometry.spacing_mm
    identity = instance.identity
    if identity.series_instance_uid != series.identity.series_instance_uid:
        identity = replace(identity, series_instance_uid=series.identity.series_instance_uid)
    whose = (identity.study_instance_uid, identity.series_instance_uid, identity.patient_id)
    key = "|".join((*whose, *series.names, *names))
    return StoredStack(
        key=key,
        identity=identity,
        frames=tuple(
            FrameReference(
                path=one.instance.path,
                sop_instance_uid=one.instance.sop_instance_uid,
                frame_number=one.number,
                instance_number=one.instance.instance_number,
                image_number=number,
                geometry=one.header.geometry,
                attributes=_attributes(one),
                position_mm=position,
                origin=one.instance.origin,
                notes=one.instance.notes,
            )
            for one, position, number in zip(
                in_order, positions or _unplaced(in_order), image_numbers(in_order, ordered_by), strict=True
            )
        ),
        rows=instance.rows,
        columns=instance.columns,
        spacing_mm=None if spacing is None else (*spacing, round(usual, 6)),
        ordered_by=ordered_by,
        plane=plane_name(geometry),
        warnings=tuple(dict.fromkeys(warnings)),
        cine=instance.cine,
        aspects=_aspects(in_order),
        part=(*_apart(first), *part.part, *_only_b_value(in_order, part.part)),
        of_files=frozenset(of_files),
    )


def _attributes(one: Slice) -> FrameAttributes:
    """Return the header's attributes of a frame.

    They are those of its file, except side and view.
    """
    attributes, aspect = one.instance.attributes, one.header.aspect
    return attributes if aspect == attributes.aspect else replace(attributes, aspect=aspect)


def _only_b_value(in_order: Sequence[Slice], told: Part) -> Part:
    """Return the b-value that all frames share, where it is not told already.

    A map that was computed from several has none of its own.
    """
    stated = {dict(one.header.split).get("b-value", "") for one in in_order}
    is_map = not COMPUTED.isdisjoint(in_order[0].instance.attributes.image_type)
    value = stated.pop()
    if stated or is_map or any(name == "b-value" for name, _ in told):
        return ()
    return (("b-value", value),) if value and _is_weighted(value) else ()


def _is_weighted(b_value: str) -> bool:
    try:
        return float(b_value) > 0
    except ValueError:
        return False


def _aspects(in_order: Sequence[Slice]) -> tuple[Aspect, ...]:
    """Return the sides and views of frames, each once."""
    distinct = {id(one.header.aspect): one.header.aspect for one in in_order}
    return tuple(dict.fromkeys(distinct.values()))


def _usual(steps: Sequence[float]) -> float:
    """Return the middle step.

    Of two it is the smaller one, which next to a gap is that of the slices.
    """
    return sorted(steps)[(len(steps) - 1) // 2]


def _unplaced(ordered: list[Slice]) -> list[float | None]:
    return [None] * len(ordered)


def _should_have_positions(group: Sequence[Slice]) -> bool:
    modality = group[0].instance.identity.modality
    return len({one.instance.sop_instance_uid for one in group}) > 1 and modality in TOMOGRAPHIC


def _is_lost(group: Sequence[Slice], series: Sequence[Slice]) -> bool:
    """Return whether an image lacks the position that its series has."""
    one = group[0]
    return (
        one.header.geometry.position_mm is None
        and one.instance.identity.modality in TOMOGRAPHIC
        and any(
            other.header.geometry.position_mm is not None
            and (other.instance.rows, other.instance.columns) == (one.instance.rows, one.instance.columns)
            for other in series
        )
    )


def _placement_warnings(in_order: Sequence[Slice], positions: Sequence[float]) -> Iterable[Message]:
    without = sum(not one.header.geometry.frame_of_reference_uid for one in in_order) if positions else 0
    if 0 < without < len(in_order):
        yield message(NO_SPACE, NO_SPACES, count=without)
    steps = [abs(after - before) for before, after in itertools.pairwise(positions)]
    repeats = sum(step < SAME_PLACE_MM for step in steps)
    if 1 < repeats == len(steps):
        _, told_by = sequence(in_order)
        yield message("All images lie at one place: ordered by {what}.", what=Message(told_by.value))
    elif repeats:
        yield message(REPEAT, REPEATS, count=repeats)
    real = [step for step in steps if step >= SAME_PLACE_MM]
    if len(real) < 1:
        return
    tilt = _tilt_degrees(in_order)
    if tilt >= TILT_DEGREES:
        yield message(TILTED, degrees=f"{tilt:.1f}")
    usual = _usual(real)
    expected = _expected(in_order, steps, usual)
    are_gaps = [step > GAP_RATIO * own for step, own in zip(steps, expected, strict=True)]
    gaps = [(number, step) for number, step in enumerate(steps, start=1) if are_gaps[number - 1]]
    even = [
        step for step, is_gap in zip(steps, are_gaps, strict=True) if step >= SAME_PLACE_MM and not is_gap
    ]
    if even and max(even) - min(even) > max(UNEVEN_RATIO * usual, UNEVEN_MM):
        low, high = f"{min(real):.2f}", f"{max(real):.2f}"
        yield message(UNEVEN, low=low, high=high)
    for number, step in gaps[:GAPS_NAMED]:
        yield message(GAP, size=f"{step:.1f}", number=number)
    if len(gaps) > GAPS_NAMED:
        yield message(MORE_GAPS, count=len(gaps) - GAPS_NAMED)


def _expected(in_order: Sequence[Slice], steps: Sequence[float], usual: float) -> list[float]:
    """Return the distance of slices without a gap, one for each step.

    Thick slices may lie farther apart than thin ones of the same stack: in proportion, where each states how
    thick it is. Never less than the usual step, as what is stated may be wrong.
    """
    thick = [one.header.geometry.slice_thickness_mm or 0.0 for one in in_order]
    pairs = [(one + other) / 2 if one > 0 and other > 0 else 0.0 for one, other in itertools.pairwise(thick)]
    if min(pairs) <= 0 or min(pairs) == max(pairs):
        return [usual] * len(pairs)
    share = _usual([step / pair for step, pair in zip(steps, pairs, strict=True) if step >= SAME_PLACE_MM])
    return [max(usual, share * pair) for pair in pairs]


def _tilt_degrees(in_order: Sequence[Slice]) -> float:
    """Return the angle between the slice direction and the normal."""
    axis = slice_normal(in_order[0].header.geometry)
    start = in_order[0].header.geometry.position_mm
    end = in_order[-1].header.geometry.position_mm
    if axis is None or start is None or end is None:
        return 0.0
    way = math.dist(start, end)
    if way < SAME_PLACE_MM:
        return 0.0
    along = sum(a * (e - s) for a, s, e in zip(axis, start, end, strict=True))
    return math.degrees(math.acos(min(1.0, abs(along) / way)))


def _gathered(notes: Iterable[Message]) -> Iterable[Message]:
    """Yield each note once, and one for all that differ only in texts."""
    alike: dict[object, dict[Message, None]] = defaultdict(dict)
    for note in notes:
        alike[_without_texts(note)][note] = None
    for same in alike.values():
        first, *others = same
        yield message(ANOTHER_ALIKE, ALIKE_ELSEWHERE, note=first, count=len(others)) if others else first


def _without_texts(note: Message) -> object:
    """Return the key of a note, without texts of the file."""
    facts = dict(note.facts)
    inner = facts.get("note")
    return note.text, facts.get("attribute"), _without_texts(inner) if isinstance(inner, Message) else None


def _file_warnings(group: list[Slice], said: Mapping[str, Message]) -> Iterable[Message]:
    for one in group:
        for uid in (one.instance.sop_instance_uid, image_uid(one.instance)):
            if uid in said:
                yield said[uid]
    if group[0].copy and len(group) == 1:
        yield message("The same image again, from another file.")
    elif group[0].copy:
        yield message("The same images again, from other files.")
