"""Images with missing or ambiguous study and series identifiers.

An identifier that is missing is not one that all such images share, and one that is shared by what cannot be
one series (another modality, number or description) does not make it one. Such images are told apart by what
else they state, and get names in place of UIDs that no UID can have.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from medviewer.dicom.attributes import SERIES_HINTS, STUDY_HINTS, Instance, is_uid
from medviewer.dicom.files import natural_order
from medviewer.dicom.library.phases import phases_by_gaps
from medviewer.dicom.library.slices import Slice, taken_at
from medviewer.imaging.identity import Identity
from medviewer.translation import Message, message

NO_STUDY_UID: Final = message(
    "The file does not say which study it belongs to (no Study Instance UID): its other attributes decide."
)
NO_SERIES_UID: Final = message(
    "The file does not say which series it belongs to (no Series Instance UID): its other attributes decide."
)
SHARED_SERIES_UID: Final = message("Another series states the same Series Instance UID.")


@dataclass(frozen=True, slots=True)
class ToldApart:
    """The frames of one series.

    Parameters
    ----------
    names : tuple of str
        What tells it from others with its identifier; () for the one with the image that arrived first, so
        that a stack that is shown already goes on under its key.
    note : Message or None
        Why the identifier was not enough.
    """

    identity: Identity
    slices: Sequence[Slice]
    names: tuple[str, ...] = ()
    note: Message | None = None


def with_study(instance: Instance) -> Instance:
    """Return an instance with a substitute for a missing Study Instance UID.

    Images of one patient that state the same of their study belong together; where they state nothing of it,
    the folder decides.
    """
    identity = instance.identity
    if identity.study_instance_uid:
        return instance
    stated = [text for keyword, text in instance.hints if keyword in STUDY_HINTS]
    name = _made_name("study", *identity.patient_key, *(stated or [str(instance.path.parent)]))
    return replace(
        instance,
        identity=replace(identity, study_instance_uid=name),
        notes=(*instance.notes, NO_STUDY_UID),
    )


def told_apart(slices: Sequence[Slice]) -> list[ToldApart]:
    """Return the series of images that share a Series Instance UID or none."""
    identities = {id(one.instance.identity): one.instance.identity for one in slices}.values()
    identity = slices[0].instance.identity
    if is_uid(identity.series_instance_uid):
        if len({(who.modality, who.series_number, who.series_description) for who in identities}) == 1:
            return [ToldApart(identity, slices)]
        parts = _split([((), list(slices))], "of", _modality, blank_is_any=True)
        parts = _split(parts, "series", _number, blank_is_any=True)
        parts = _split(parts, "described as", _description, is_enough=_are_plausible, blank_is_any=True)
        note = SHARED_SERIES_UID if len(parts) > 1 else None
        return [ToldApart(part[0].instance.identity, part, names, note) for names, part in parts]
    parts = _split([((), list(slices))], "of", _modality)
    parts = _split(parts, "series", _number)
    parts = _split(parts, "described as", _description)
    for keyword in SERIES_HINTS:
        parts = _split(parts, keyword, partial(_hint, keyword), is_enough=_are_plausible)
    parts = _split(parts, "in", _folder, is_enough=_are_folders_of_their_own)
    parts = [more for part in parts for more in _by_numbers(part)]
    return [_named(names, part) for names, part in parts]


_Part = tuple[tuple[str, ...], list[Slice]]
_Groups = Mapping[str, Sequence[Slice]]


def _named(names: tuple[str, ...], part: Sequence[Slice]) -> ToldApart:
    """Return a series named by a substitute, unless its stated UID is used."""
    who = part[0].instance.identity
    made = _made_name("series", who.study_instance_uid, *who.patient_key, *names)
    identity = replace(who, series_instance_uid=who.series_instance_uid or made)
    return ToldApart(identity, part, names, NO_SERIES_UID)


def _made_name(kind: str, *facts: str) -> str:
    import hashlib  # here, because hardly any file needs it

    return f"{kind}:{hashlib.sha256(chr(0).join(facts).encode()).hexdigest()[:32]}"


def _always(_groups: _Groups) -> bool:
    return True


def _split(
    parts: Sequence[_Part],
    label: str,
    value_of: Callable[[Slice], str],
    *,
    is_enough: Callable[[_Groups], bool] = _always,
    blank_is_any: bool = False,
) -> list[_Part]:
    """Split each part by a value, where the groups look like series.

    Parameters
    ----------
    blank_is_any : bool
        Where an image states nothing, it goes with the one that arrived first.
    """
    found: list[_Part] = []
    for names, members in parts:
        groups: dict[str, list[Slice]] = defaultdict(list)
        for one in members:
            groups[value_of(one)].append(one)
        if blank_is_any and "" in groups and len(groups) > 1:
            blank = groups.pop("")
            groups = _with_blank(groups, blank)
        if len(groups) < 2 or not is_enough(groups):
            found.append((names, members))
            continue
        first = min(groups, key=lambda value: groups[value][0].arrival)
        found += [
            (names if value == first else (*names, f"{label} {value}"), group)
            for value, group in groups.items()
        ]
    return found


def _with_blank(groups: dict[str, list[Slice]], blank: list[Slice]) -> dict[str, list[Slice]]:
    first = min(groups, key=lambda value: groups[value][0].arrival)
    groups[first] = sorted([*groups[first], *blank], key=lambda one: (one.arrival, one.number))
    return groups


def _by_numbers(part: _Part) -> list[_Part]:
    """Split images with repeated Instance Numbers by times or names."""
    names, members = part
    if any(len(one.instance.frames) > 1 or one.instance.instance_number is None for one in members):
        return [part]
    numbered: dict[int | None, list[Slice]] = defaultdict(list)
    for one in members:
        numbered[one.instance.instance_number].append(one)
    if len(numbered) in (1, len(members)):
        return [part]
    runs = _runs_in_time(list(numbered.values())) or _runs_of_names(members)
    first = min(range(len(runs)), key=lambda at: runs[at][0].arrival, default=0)
    return [(names if at == first else (*names, f"run {at + 1}"), run) for at, run in enumerate(runs)] or [
        part
    ]


def _runs_in_time(numbered: Sequence[Sequence[Slice]]) -> list[list[Slice]]:
    """Return images in runs separated by pauses, each number once per run.

    [] without such pauses.
    """
    times = [[taken_at(one.instance) for one in of_number] for of_number in numbered]
    known = [[at for at in of_number if at is not None] for of_number in times]
    found = phases_by_gaps(known) if list(map(len, known)) == list(map(len, times)) else None
    runs: dict[int, list[Slice]] = defaultdict(list)
    for of_number, places in zip(numbered, found or (), strict=found is not None):
        for one, run in zip(of_number, places, strict=True):
            runs[run].append(one)
    return [sorted(runs[run], key=lambda one: one.arrival) for run in sorted(runs)]


def _runs_of_names(members: Sequence[Slice]) -> list[list[Slice]]:
    """Return images in runs of files with rising names and numbers.

    [] where numbers repeat in one.
    """
    runs: list[list[Slice]] = []
    before = math.inf
    for one in sorted(members, key=lambda one: natural_order(str(one.instance.path))):
        number = one.instance.instance_number or 0
        if number <= before:
            runs.append([])
        runs[-1].append(one)
        before = number
    repeats = max(Counter(one.instance.instance_number for one in members).values())
    if len(runs) != repeats:
        return []
    return [sorted(run, key=lambda one: one.arrival) for run in runs]


def _modality(one: Slice) -> str:
    return one.instance.identity.modality


def _number(one: Slice) -> str:
    return one.instance.identity.series_number


def _description(one: Slice) -> str:
    return one.instance.identity.series_description


def _hint(keyword: str, one: Slice) -> str:
    return dict(one.instance.hints).get(keyword, "")


def _folder(one: Slice) -> str:
    return str(one.instance.path.parent)


def _are_plausible(groups: _Groups) -> bool:
    """Return whether groups may be series.

    A value that each slice of a stack has of its own makes none.
    """
    slices = [one for group in groups.values() for one in group]
    in_stacks = [one for one in slices if one.header.geometry.position_mm is not None]
    return not in_stacks or 2 * len(groups) <= len(slices)


def _are_folders_of_their_own(groups: _Groups) -> bool:
    """Return whether each folder holds a series.

    Not where images are numbered through all of them.
    """
    slices = [one for group in groups.values() for one in group]
    who = slices[0].instance.identity
    files = {id(one.instance): one.instance for one in slices}.values()
    numbers = {file.instance_number for file in files}
    are_numbered_through = None not in numbers and len(numbers) == len(files)
    return not (are_numbered_through and (who.series_number or who.series_description))
