"""The annotations that a pane shows: those of its slice that may be seen.

A corrected outline gives the model's answer away, so it is seen only where that is.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from medviewer.inference.result import ModelResult
from medviewer.viewer.state.display_state import DisplayState, change_panes
from medviewer.viewer.state.pane_state import PaneState

if TYPE_CHECKING:
    from medviewer.imaging.annotation import Annotation, Annotations

NO_ANNOTATIONS: Final[tuple["Annotations", int]] = (), 0


def with_annotations(state: DisplayState, pane: PaneState) -> PaneState:
    """Return a pane with its frame's annotations, the same if unchanged."""
    if pane.frame is None or not state.annotations:
        (annotations, apart), key_image = NO_ANNOTATIONS, None
    else:
        from medviewer.viewer.state.slice_annotations import annotations_of, key_image_of

        annotations, apart = annotations_of(pane.slice_key, pane.frame, state.annotations)
        annotations = tuple(one for one in annotations if may_be_seen(state, one, pane.result))
        key_image = key_image_of(pane.slice_key, state.annotations)
    selected = state.selected if any(one.id == state.selected for one in annotations) else ""
    shown = pane.annotations, pane.annotations_apart, pane.selected, pane.key_image
    if (annotations, apart, selected, key_image) == shown:
        return pane
    return replace(
        pane, annotations=annotations, annotations_apart=apart, selected=selected, key_image=key_image
    )


def annotated_anew(state: DisplayState) -> DisplayState:
    """Return the state with the annotations that may be seen on its panes."""
    if not state.annotations:
        return state
    return change_panes(state, range(len(state.panes)), lambda pane: with_annotations(state, pane))


def may_be_seen(state: DisplayState, annotation: "Annotation", result: ModelResult | None) -> bool:
    """Return whether an annotation gives away nothing hidden or refused.

    Parameters
    ----------
    result : ModelResult or None
        What is seen of a model's answer on the annotation's slice.
    """
    if not annotation.corrects:
        return True
    parts = () if result is None else (result, *(() if result.first is None else (result.first,)))
    if result is None or not any(corrects_model(annotation, part) for part in parts):
        # guard(-> True): with reader first a corrected outline waits for the model's answer
        return not state.reader_first
    # guard(-> True): a corrected outline is not drawn where a gate refused the picture
    return result.is_valid


def model_text(result: ModelResult) -> str:
    """Return name and version of the model of a result, for annotations."""
    return f"{result.model} {result.model_version}".strip()


def corrects_model(annotation: "Annotation", result: ModelResult) -> bool:
    """Return whether an annotation corrects an outline of a result's model.

    Of any version: what the reader drew holds beside a newer one, too.
    """
    return bool(annotation.corrects) and annotation.corrects.partition(" ")[0] == result.model
