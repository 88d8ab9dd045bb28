"""Capture of session and views from the state of the viewer."""

from medviewer.viewer.memory import (
    COMMON,
    FLAGS,
    PaneRecord,
    SessionRecord,
    StackView,
    name_of,
    window_to_keep,
)
from medviewer.viewer.state import PaneState, zoom_scope
from medviewer.viewer.viewer_state import ViewerState
from medviewer.viewer.windowing import is_kept, windows_of_stack


def session_of(state: ViewerState, *, is_ended: bool = False, saved_at: float = 0.0) -> SessionRecord | None:
    """Return the session of a state; None where nothing was opened."""
    if not state.opened:
        return None
    uids = [study.identity.study_instance_uid for study in state.library.studies]
    return SessionRecord(
        opened=state.opened,
        closed=tuple(sorted(state.closed_studies)),
        encodings={
            uid: choice for uid, (choice, _) in state.text_encodings.items() if choice and uid in uids
        },
        flags={name: getattr(state, name) for name in FLAGS},
        layout=state.layout,
        maximized=state.maximized,
        tool=state.tool,
        text_level=state.text_level,
        focus=state.display.focus,
        panes=tuple(
            None
            if pane is None
            else PaneRecord(name_of(pane.stack), pane.kept_processing, view_of(state, pane))
            for pane in state.display.panes
        ),
        is_ended=is_ended,
        saved_at=saved_at,
    )


def view_of(state: ViewerState, pane: PaneState) -> StackView:
    """Return how a pane's stack is looked at."""
    kept, here = state.display.automatic, zoom_scope(pane.stack)
    in_use = pane.presentation_in_use is not None or pane.presentation is not None
    voi, orientation = pane.before_presentation if in_use else (pane.voi, pane.orientation)
    zooms = {
        COMMON if number is None else str(number): zoom
        for (whose, number), zoom in state.zooms.items()
        if whose == here
    }
    return StackView(
        slice_key=pane.slice_key,
        index=pane.index,
        window=window_to_keep(voi) if is_kept(kept, voi) else None,
        window_subtracted=window_to_keep(pane.voi_subtracted),
        automatic=windows_of_stack(kept, pane.stack),
        orientation=orientation,
        subtracts=pane.subtracts,
        inverts=pane.inverts,
        zooms=zooms,
    )
