"""Series of an earlier study that a series can be compared with."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from medviewer.imaging.identity import Identity
from medviewer.imaging.source import ImageSource
from medviewer.viewer.state import PaneState
from medviewer.viewer.texts import time_apart_text

Stack = TypeVar("Stack", bound=ImageSource)


def prior_of(stack: ImageSource, stacks: Iterable[Stack]) -> Stack | None:
    """Return the most similar series of the patient's latest earlier study.

    The modality has to be the same. Then the plane counts first, after it the body part, the kernel, the
    description, and the slice thickness.

    Returns
    -------
    stack or None
        None where no earlier study of the patient has a series of this modality.
    """
    here = stack.identity
    earlier = [
        one
        for one in stacks
        if one.identity.patient_key == here.patient_key
        and one.identity.study_instance_uid != here.study_instance_uid
        and "" < one.identity.study_date < here.study_date
        and one.identity.modality == here.modality
        and len(one)
    ]
    if not earlier:
        return None
    latest = max(one.identity.study_date for one in earlier)
    return max(
        (one for one in earlier if one.identity.study_date == latest), key=lambda one: _likeness(stack, one)
    )


def times_before(shown: Mapping[int, PaneState]) -> dict[int, str]:
    """Return how long before the patient's latest study those of panes were.

    "20 months before"; no entry for the latest one, and for studies without a date.
    """
    latest: dict[tuple[str, str, str], Identity] = {}
    for pane in shown.values():
        who = pane.identity
        known = latest.setdefault(who.patient_key, who)
        if who.study_date > known.study_date:
            latest[who.patient_key] = who
    apart = {
        number: _apart(pane.identity, latest[pane.identity.patient_key]) for number, pane in shown.items()
    }
    return {number: text for number, text in apart.items() if text}


def _apart(who: Identity, latest: Identity) -> str:
    return "" if who.study_key == latest.study_key else time_apart_text(who, latest)


def _likeness(stack: ImageSource, other: ImageSource) -> tuple[float, ...]:
    here, there = stack.headers[0].attributes, other.headers[0].attributes
    words, others = (
        set(one.identity.series_description.lower().replace("_", " ").split()) for one in (stack, other)
    )
    thick, other_thick = (one.geometry(0).slice_thickness_mm or 0.0 for one in (stack, other))
    return (
        float(stack.plane == other.plane),
        float(bool(here.body_part) and here.body_part == there.body_part),
        float(here.convolution_kernel == there.convolution_kernel),
        len(words & others) / max(1, len(words | others)),
        -abs(thick - other_thick),
    )
