"""Linking of slices of two sources at one place of a patient.

Told by the frame of reference of both, or by an offset that was set by hand.
"""

from bisect import bisect_left
from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from medviewer.imaging.frame import (
    SAME_PLACE_MM,
    FrameGeometry,
    Vector,
    is_parallel,
    place_along,
    position_axis,
    shares_space,
    slice_normal,
    to_patient,
)
from medviewer.imaging.source import ImageSource
from medviewer.translation import NOTHING, Message, message
from medviewer.viewer.state.links import BY_PLACE, Links, stack_owner

STACKS_KEPT: Final = 32

_PATIENT: Final = message("it shows another patient")
_SPACE: Final = message("no frame of reference is stated that both have")
_NO_DIRECTION: Final = message("its direction in the patient is not stated")
_DIRECTION: Final = message("it lies in another direction")


def nearest(source: ImageSource, position_mm: float | None) -> int | None:
    """Return the slice nearest to a position along the normal, or None."""
    if position_mm is None:
        return None
    places = [(header.position_mm, index) for index, header in enumerate(source.headers)]
    found = [(abs(place - position_mm), index) for place, index in places if place is not None]
    return min(found)[1] if found else None


def space_of(source: ImageSource, links: Links = BY_PLACE) -> Hashable:
    """Return the space that a source's positions are in.

    Its patient's frame of reference, or the one to which an offset ties it.

    Returns
    -------
    hashable or None
        None where it states none.
    """
    tie = links.ties.get(stack_owner(source)) if links.ties else None
    if tie is not None:
        return tie.space
    uid = _placed(source).frame_of_reference_uid if len(source) else ""
    # guard(source.identity.patient_key): a frame of reference is one of a patient
    return (source.identity.patient_key, uid) if uid else None


@lru_cache(maxsize=STACKS_KEPT)
def _placed(source: ImageSource) -> FrameGeometry:
    """Return the geometry of the first slice that states its space.

    Of the first one where none does.
    """
    geometries = (header.geometry for header in source.headers)
    return next((one for one in geometries if one.frame_of_reference_uid), source.geometry(0))


def reason_apart(source: ImageSource, other: ImageSource, index: int = 0, links: Links = BY_PLACE) -> Message:
    """Return the reason why two sources' positions cannot be compared.

    Returns
    -------
    Message
        Nothing where they can be, be it by an offset.
    """
    if are_numbered(source, other, links):
        return NOTHING
    there, here = other.geometry(index), _placed(source)
    is_tied = _is_tied(source, other, links)
    if not is_tied and source.identity.patient_key != other.identity.patient_key:
        return _PATIENT
    # guard(not shares_space(there, here)): other frames of reference are never linked silently
    if not is_tied and not shares_space(there, here):
        return _SPACE
    if slice_normal(there) is None or slice_normal(here) is None:
        return _NO_DIRECTION
    return NOTHING if is_parallel(there, here) else _DIRECTION


def are_numbered(source: ImageSource, other: ImageSource, links: Links) -> bool:
    """Return whether an offset in slices ties two sources together."""
    if not links.numbered:
        return False
    one, two = (links.numbered.get(stack_owner(stack)) for stack in (source, other))
    return one is not None and two is not None and one.space == two.space


def _is_tied(source: ImageSource, other: ImageSource, links: Links) -> bool:
    """Return whether an offset in mm ties two sources together."""
    if not links.ties or not {stack_owner(source), stack_owner(other)} & links.ties.keys():
        return False
    space = space_of(source, links)
    return space is not None and space == space_of(other, links)


def offset_between(source: ImageSource, other: ImageSource, links: Links) -> tuple[float, str] | None:
    """Return the offset of a source and its unit, "mm" or "slices".

    None without an offset set by hand.
    """
    first, second = stack_owner(source), stack_owner(other)
    if are_numbered(source, other, links):
        return links.numbered[second].shift - links.numbered[first].shift, "slices"
    if not _is_tied(source, other, links):
        return None
    return _shift_mm(source, other, links), "mm"


def _shift_mm(source: ImageSource, other: ImageSource, links: Links) -> float:
    """Return the way from a place in another source to its own, in mm.

    Along this one's axis.
    """
    if not links.ties:
        return 0.0
    own, theirs = (links.ties.get(stack_owner(stack)) for stack in (source, other))
    axis, there = position_axis(source.geometry(0)), position_axis(other.geometry(0))
    is_turned = axis is not None and there is not None and place_along(axis, there) < 0
    shift = 0.0 if theirs is None else theirs.shift
    return (-shift if is_turned else shift) - (0.0 if own is None else own.shift)


def slice_at_place_of(
    source: ImageSource, other: ImageSource, index: int, current: int, links: Links = BY_PLACE
) -> int | None:
    """Return the slice nearest to a slice of another source of the patient.

    Compared is the middle of the other's image, along the normal of this one.

    Parameters
    ----------
    current : int
        The slice that is shown; between slices at one place it stays.

    Returns
    -------
    int or None
        None where the two share no frame of reference and no offset, are not parallel, or the other slice
        lies more than half a spacing outside of this one.
    """
    if reason_apart(source, other, index, links):
        return None
    if are_numbered(source, other, links):
        offset = offset_between(source, other, links)
        number = index + round(offset[0]) if offset is not None else -1
        return number if 0 <= number < len(source) else None
    place = place_of(source, other, index, links)
    space = _placed(source) if _is_tied(source, other, links) else other.geometry(index)
    return None if place is None else _row(source, space.frame_of_reference_uid).at(place, current)


def place_of(source: ImageSource, other: ImageSource, index: int, links: Links = BY_PLACE) -> float | None:
    """Return the position of another source's slice along the own normal.

    In mm, with their offset; None where it is not known.
    """
    axis = position_axis(source.geometry(0))
    point = middle_of(other, index)
    if axis is None or point is None:
        return None
    return place_along(axis, point) + _shift_mm(source, other, links)


def middle_of(source: ImageSource, index: int) -> Vector | None:
    """Return the middle of a slice in mm; None where not known."""
    geometry = source.geometry(index)
    return to_patient(geometry, (source.rows - 1) / 2, (source.columns - 1) / 2) or geometry.position_mm


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """Slices of one frame of reference, sorted by their positions.

    Parameters
    ----------
    lowest, highest : float
        As far as they reach, in mm: half a spacing beside the first and the last.
    """

    positions: tuple[float, ...]
    numbers: tuple[int, ...]
    lowest: float
    highest: float

    def at(self, place: float, current: int) -> int | None:
        """Return the slice nearest to a place; `current` where it is as near.

        None outside of them.
        """
        if not self.positions or not self.lowest <= place <= self.highest:
            return None
        following = bisect_left(self.positions, place)
        beside = self.positions[max(0, following - 1) : following + 1]
        reach = min(abs(at - place) for at in beside) + SAME_PLACE_MM
        first, last = (bisect_left(self.positions, end) for end in (place - reach, place + reach))
        found = self.numbers[first:last]
        return current if current in found else min(found)


@lru_cache(maxsize=STACKS_KEPT)
def _row(source: ImageSource, frame_of_reference_uid: str) -> _Row:
    known = sorted(
        (at.position_mm, number)
        for number, at in enumerate(source.headers)
        if at.position_mm is not None and at.geometry.frame_of_reference_uid == frame_of_reference_uid
    )
    positions = tuple(at for at, _ in known)
    if not positions:
        return _Row((), (), 0.0, 0.0)
    steps = [after - before for before, after in pairwise(positions) if after - before >= SAME_PLACE_MM]
    below, above = (steps[0] / 2, steps[-1] / 2) if steps else (SAME_PLACE_MM, SAME_PLACE_MM)
    ends = positions[0] - below - SAME_PLACE_MM, positions[-1] + above + SAME_PLACE_MM
    return _Row(positions, tuple(number for _, number in known), *ends)
