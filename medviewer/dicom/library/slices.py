"""One frame on its way into a stack.

Where it comes from, its number and its time.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from medviewer.dicom.attributes import FrameHeader, Instance, acquisition_time

Order = tuple[bool, int, bool, float, str, int]
"""What slices without a place are sorted by: number, time, name of the file, number of the frame."""


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


def has_frames(instance: Instance) -> bool:
    """Return whether an image has, or is meant to have, several frames."""
    return len(instance.frames) > 1 or instance.concatenation is not None


def image_uid(instance: Instance) -> str:
    """Return the UID of the image that a file is, or is a part of."""
    return instance.sop_instance_uid if instance.concatenation is None else instance.concatenation.uid


def taken_at(instance: Instance) -> float | None:
    """Return when an image was taken, in seconds.

    It is the time of its acquisition, else of the creation of its content.
    """
    at = acquisition_time.acquired(instance.times, instance.dates)
    return acquisition_time.created(instance.times, instance.dates) if at is None else at


def in_sequence(one: Slice) -> Order:
    """Return the sort key: instance number, then time, then file name."""
    instance, number = one.instance, one.instance.instance_number
    at = taken_at(instance)
    return (number is None, number or 0, at is None, at or 0.0, str(instance.path), one.number)


def first_arrived(group: Sequence[Slice]) -> Slice:
    """Return the slice that arrived before all others."""
    return min(group, key=lambda one: (one.arrival, one.number))


def measure(one: Slice, name: str) -> float:
    """Return one of the values along which phases follow one another.

    NaN where it is not stated.

    Parameters
    ----------
    name : str
        "trigger" (ms), "reference" (ms, PET), "acquired" (s), "created" (s) or "number".
    """
    instance, stated = one.instance, dict(one.header.split)
    value: float | None
    if name == "trigger":
        value = float(stated["trigger"]) if "trigger" in stated else None
    elif name == "reference":
        value = acquisition_time.frame_reference_time_ms(instance.times)
    elif name == "acquired":
        of_frame = stated.get("acquired")
        value = (
            acquisition_time.seconds(of_frame)
            if of_frame
            else acquisition_time.acquired(instance.times, instance.dates)
        )
    elif name == "created":
        value = acquisition_time.created(instance.times, instance.dates)
    else:
        value = None if instance.instance_number is None else float(instance.instance_number)
    return math.nan if value is None else value
