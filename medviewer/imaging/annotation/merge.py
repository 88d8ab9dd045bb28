"""Merging of the annotations that two windows made of one study.

Nothing of it is dropped.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from medviewer.imaging.annotation.annotation import Annotation, Annotations, digest


@dataclass(frozen=True, slots=True)
class Merged:
    """Merged annotations, and the number that both windows changed."""

    annotations: Annotations
    twice: int = 0


def merged(base: Annotations, ours: Annotations, theirs: Annotations) -> Merged:
    """Return the annotations merged by their ids.

    One that both changed is there twice, theirs with an id of its own; one that was changed on one side and
    removed on the other stays, changed.

    Parameters
    ----------
    base : tuple of Annotation
        What both began with.
    """
    if theirs == base or ours == theirs:
        return Merged(ours)
    before, here, there = ({one.id: one for one in side} for side in (base, ours, theirs))
    kept: list[Annotation] = []
    twice = 0
    for one in (*ours, *(one for one in theirs if one.id not in here)):
        was, own, other = before.get(one.id), here.get(one.id), there.get(one.id)
        if own == was:
            chosen = [other]
        elif other in (was, own):
            chosen = [own]
        else:
            chosen = [own, other if own is None or other is None else _apart(other)]
            twice += own is not None and other is not None
        kept += [found for found in chosen if found is not None]
    once = {one.id: one for one in kept}  # a version that was set apart before has the same id again
    return Merged(tuple(once.values()), twice)


def known_base(base: Annotations, written: Annotations, theirs: Annotations) -> Annotations:
    """Return the common base of an edit here and one elsewhere.

    Annotations written here before may or may not stand in the file yet.

    Parameters
    ----------
    base : tuple of Annotation
        Known to have stood in the file.
    written : tuple of Annotation
        Given to be written since then.
    theirs : tuple of Annotation
        In the file now.
    """
    before, own, there = ({one.id: one for one in side} for side in (base, written, theirs))
    found = [
        own.get(name) if own.get(name) == there.get(name) else before.get(name)
        for name in dict.fromkeys((*before, *own))
    ]
    return tuple(one for one in found if one is not None)


def replaying(base: Annotations, theirs: Annotations) -> Callable[[Annotations], Annotations]:
    """Return the function that replays the changes of `theirs` since `base`."""
    return lambda ours: merged(base, ours, theirs).annotations


def _apart(other: Annotation) -> Annotation:
    return replace(other, id=digest("another version", other))
