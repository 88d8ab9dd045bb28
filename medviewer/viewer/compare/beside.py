"""The series to stand beside another one in a layout with room for it."""

from collections.abc import Collection, Sequence
from typing import Final, TypeVar

from medviewer.imaging.frame import Aspect
from medviewer.imaging.source import ImageSource

Stack = TypeVar("Stack", bound=ImageSource)

OTHER_SIDE: Final = {"R": "L", "L": "R"}


def next_series(stack: ImageSource, stacks: Sequence[Stack], shown: Collection[str]) -> Stack | None:
    """Return the series of the same patient that is best seen beside another.

    Of the same study before others; of a paired organ the other side in the same view; then one that can be
    linked by position, in the same plane; among equals the next one of the list.

    Parameters
    ----------
    stacks : sequence of stack
        In the order of the study browser.
    shown : collection of str
        Keys of stacks that have a pane already.

    Returns
    -------
    stack or None
        None where no other series of the patient is open.
    """
    here = stack.identity
    # guard(one.identity.patient_key == here.patient_key): no other patient comes beside one unasked
    found = [
        one
        for one in stacks
        if one.identity.patient_key == here.patient_key
        and one.key not in shown
        and len(one)
        and not one.identity.is_segmentation
    ]
    keys = [one.key for one in stacks]
    place = keys.index(stack.key) if stack.key in keys else -1
    turned = {key: (number - place) % max(1, len(keys)) for number, key in enumerate(keys)}
    return max(found, key=lambda one: (*_likeness(stack, one), -turned[one.key]), default=None)


def _likeness(stack: ImageSource, other: ImageSource) -> tuple[bool, ...]:
    here, there = stack.headers[0], other.headers[0]
    space = here.geometry.frame_of_reference_uid
    return (
        other.identity.study_key == stack.identity.study_key,
        _is_other_side(here.attributes.aspect, there.attributes.aspect),
        bool(space) and space == there.geometry.frame_of_reference_uid and stack.plane == other.plane,
        bool(stack.plane) and stack.plane == other.plane,
        bool(space) and space == there.geometry.frame_of_reference_uid,
    )


def _is_other_side(here: Aspect, there: Aspect) -> bool:
    return OTHER_SIDE.get(here.side) == there.side and here.view == there.view
