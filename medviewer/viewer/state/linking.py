"""Linking of slices of two sources at one place of a patient.

Told by the frame of reference of both.
"""

from itertools import pairwise

from medviewer.imaging.frame import (
    SAME_PLACE_MM,
    is_parallel,
    place_along,
    position_axis,
    shares_space,
    slice_normal,
    to_patient,
)
from medviewer.imaging.source import ImageSource
from medviewer.translation import NOTHING, Message, message


def nearest(source: ImageSource, position_mm: float | None) -> int | None:
    """Return the slice nearest to a position along the normal, or None."""
    if position_mm is None:
        return None
    places = [(header.position_mm, index) for index, header in enumerate(source.headers)]
    found = [(abs(place - position_mm), index) for place, index in places if place is not None]
    return min(found)[1] if found else None


def reason_apart(source: ImageSource, other: ImageSource, index: int = 0) -> Message:
    """Return the reason why two sources' positions cannot be compared.

    Returns
    -------
    Message
        Nothing where they can be.
    """
    there, here = other.geometry(index), source.geometry(0)
    if source.identity.patient_key != other.identity.patient_key:
        return message("it shows another patient")
    if not shares_space(there, here):
        return message("no frame of reference is stated that both have")
    if slice_normal(there) is None or slice_normal(here) is None:
        return message("its direction in the patient is not stated")
    return NOTHING if is_parallel(there, here) else message("it lies in another direction")


def slice_at_place_of(source: ImageSource, other: ImageSource, index: int, current: int) -> int | None:
    """Return the slice nearest to a slice of another source of the patient.

    Compared is the middle of the other's image, along the normal of this one.

    Parameters
    ----------
    current : int
        The slice that is shown; between slices at one place it stays.

    Returns
    -------
    int or None
        None where the two share no frame of reference, are not parallel, or the other slice lies
        more than half a spacing outside of this one.
    """
    there, axis = other.geometry(index), position_axis(source.geometry(0))
    if axis is None or reason_apart(source, other, index):
        return None
    point = to_patient(there, (other.rows - 1) / 2, (other.columns - 1) / 2) or there.position_mm
    if point is None:
        return None
    place = place_along(axis, point)
    known = [
        (at.position_mm, number)
        for number, at in enumerate(source.headers)
        if at.position_mm is not None and shares_space(there, at.geometry)
    ]
    if not known or not _reaches(sorted({at for at, _ in known}), place):
        return None
    nearest = min(abs(at - place) for at, _ in known)
    found = [number for at, number in known if abs(at - place) < nearest + SAME_PLACE_MM]
    return current if current in found else found[0]


def _reaches(places: list[float], place: float) -> bool:
    """Return whether a place lies within the slices or half a spacing beside."""
    spacing = [after - before for before, after in pairwise(places) if after - before >= SAME_PLACE_MM]
    below, above = (spacing[0] / 2, spacing[-1] / 2) if spacing else (SAME_PLACE_MM, SAME_PLACE_MM)
    return places[0] - below - SAME_PLACE_MM <= place <= places[-1] + above + SAME_PLACE_MM
