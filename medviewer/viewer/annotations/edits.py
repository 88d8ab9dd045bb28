"""Edits of annotations: each is a new value in the history of its study."""

from collections.abc import Callable, Mapping

from medviewer.imaging.annotation import Annotation, Annotations
from medviewer.translation import Message
from medviewer.viewer import state as ds
from medviewer.viewer.state import History, by_slice
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

Change = Callable[[History[Annotations]], History[Annotations]]


def edit_annotations(viewer: Viewer, name: Message, annotations: Annotations) -> None:
    """Put other annotations of the focused pane's study in place.

    Parameters
    ----------
    name : Message
        The name of the edit, for "Undo {name}": "length".
    """
    _change(viewer, lambda history: history.edited(name, annotations))


def preview_annotation(viewer: Viewer, draft: Annotation | None) -> None:
    """Show an annotation that is still being drawn.

    It is in no history and in no file.

    Parameters
    ----------
    draft : Annotation or None
        None: it is dropped.
    """
    studies = [history.present for history in viewer.state.annotations.values()]
    known = by_slice(studies if draft is None else [*studies, (draft,)])
    if known != viewer.state.display.annotations:
        viewer.change(display=ds.set_annotations(viewer.state.display, known))


def undo(viewer: Viewer) -> None:
    """Undo the last edit of the focused pane's study."""
    _change(viewer, History.undone)


def redo(viewer: Viewer) -> None:
    """Redo the last undone edit of the focused pane's study."""
    _change(viewer, History.redone)


def history_of(state: ViewerState, study_uid: str) -> History[Annotations]:
    """Return the annotations of a study with their history."""
    return state.annotations.get(study_uid) or History(())


def put_histories(viewer: Viewer, histories: Mapping[str, History[Annotations]]) -> None:
    """Put the annotations of all studies in place, on the panes too."""
    display, known = viewer.state.display, by_slice(one.present for one in histories.values())
    if known != display.annotations:
        display = ds.set_annotations(display, known)
    viewer.change(display=display, annotations=histories)


def _change(viewer: Viewer, change: Change) -> None:
    state = viewer.state
    if state.focused is None:
        return
    study = state.focused.identity.study_instance_uid
    before = history_of(state, study)
    after = change(before)
    if after is not before:
        put_histories(viewer, {**state.annotations, study: after})
