"""Series of an earlier study that a series can be compared with."""

from collections.abc import Iterable
from typing import TypeVar

from medviewer.imaging.source import ImageSource

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
