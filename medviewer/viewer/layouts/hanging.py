"""Hanging of a study's images: the four views of mammography."""

from collections.abc import Iterable
from typing import Final

from medviewer.imaging.source import ImageSource

MAMMOGRAPHY: Final = (("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO"))
"""Side and view of each pane: upper left, upper right, lower left, lower right."""

FOR_PROCESSING: Final = "FOR PROCESSING"


def mammography_stacks(stacks: Iterable[ImageSource]) -> tuple[ImageSource, ...]:
    """Return the stacks of a study that hang in the four panes.

    () where it has not all four views. Of several images of one view that is taken which is meant for the
    eye, has nothing that modifies the view, and is a projection; of those left, the first one.
    """
    views: dict[tuple[str, str], list[ImageSource]] = {}
    for stack in stacks:
        if stack.identity.modality == "MG" and len(stack.aspects) == 1:
            aspect = stack.aspects[0]
            if not aspect.is_contradicted:
                views.setdefault((aspect.side, aspect.view), []).append(stack)
    if not all(view in views for view in MAMMOGRAPHY):
        return ()
    return tuple(min(views[view], key=_drawbacks) for view in MAMMOGRAPHY)


def _drawbacks(stack: ImageSource) -> tuple[bool, bool, bool]:
    attributes = stack.headers[0].attributes
    return (
        attributes.presentation_intent == FOR_PROCESSING,
        bool(attributes.aspect.modifiers),
        bool(stack.plane),
    )
