"""Restoring the last session: its studies, panes and layout."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from medviewer.translation import Message, mark, message
from medviewer.viewer import state as display_state
from medviewer.viewer.commands.command import FILE, Command
from medviewer.viewer.commands.studies.text_encoding import read_study_as
from medviewer.viewer.layouts import panes_of
from medviewer.viewer.memory import Restoring, SessionRecord, name_of
from medviewer.viewer.notice import Notice
from medviewer.viewer.remembered import show_as_remembered, zooms_at
from medviewer.viewer.tools import OUTLINE_TOOLS, TOOLS
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

NONE_LEFT: Final = message("There is no earlier session to restore.")
RESTORING: Final = "restoring"
"""The cause of notices about the last session."""


def restore_session(viewer: Viewer, record: SessionRecord) -> None:
    """Open a session's studies again, and show them as they were."""
    state = viewer.state
    count = max(len(record.panes), panes_of(record.layout))
    open_before = frozenset(study.identity.study_instance_uid for study in state.library.studies)
    viewer.session.notices.end(RESTORING)
    viewer.change(
        display=display_state.set_focus(display_state.with_panes(state.display, count), record.focus),
        restoring=Restoring(record, open_before),
        last_session=None,
        layout=record.layout,
        maximized=record.maximized,
        tool=record.tool if record.tool in TOOLS and record.tool not in OUTLINE_TOOLS else state.tool,
        text_level=record.text_level,
        **record.flags,
    )
    shows = record.flags["awaits_first_image"] and not any(record.panes)
    for opening in record.opened:
        if opening.built_in == "demo":
            viewer.session.open_demo(shows=shows)
        elif opening.built_in:
            viewer.session.open_samples(shows=shows)
        else:
            viewer.session.open_paths(opening.paths, shows=shows)


def go_on_restoring(viewer: Viewer, *, is_whole: bool) -> None:
    """Show the series of the restored session found so far.

    Parameters
    ----------
    is_whole : bool
        All has been read: what was not found is not there.
    """
    restoring = viewer.state.restoring
    if restoring is None:
        return
    _show_found(viewer, restoring.record, is_whole=is_whole and not restoring.record.encodings)
    if not is_whole:
        return
    if restoring.record.encodings:
        encodings = restoring.record.encodings
        viewer.change(restoring=replace(restoring, record=replace(restoring.record, encodings={})))
        if _read_again(viewer, encodings):
            return
        _show_found(viewer, restoring.record, is_whole=True)
    viewer.change(restoring=None)
    _close_others(viewer, restoring)
    missing = sum(
        pane is not None and viewer.state.display.panes[number] is None
        for number, pane in enumerate(restoring.record.panes)
    )
    if missing:
        said = message("Panes whose series was not found again: {count}.", count=missing)
        viewer.session.notices.tell(Notice(said, severity="warning", cause=RESTORING))


def _show_found(viewer: Viewer, record: SessionRecord, *, is_whole: bool) -> None:
    display, zooms = viewer.state.display, dict(viewer.state.zooms)
    stacks = {name_of(stack): stack for stack in viewer.state.library.stacks}
    for number, pane in enumerate(record.panes):
        if pane is None or display.panes[number] is not None or pane.stack not in stacks:
            continue
        stack = stacks[pane.stack]
        look = pane.view.look(stack, is_whole=is_whole)
        if look is not None:
            windows = pane.view.automatic
            display = show_as_remembered(display, number, pane.processing, stack, look, windows)
            zooms |= zooms_at(pane.view.zooms, stack)
    if display is not viewer.state.display:
        viewer.show_and_fetch(display, zooms=zooms)


def _read_again(viewer: Viewer, encodings: Mapping[str, str]) -> bool:
    """Read the text of studies as was chosen; return whether any is."""
    chosen = [
        (encodings[uid], study)
        for study in viewer.state.library.studies
        if (uid := study.identity.study_instance_uid) in encodings
    ]
    for choice, study in chosen:
        read_study_as(choice, study, viewer)
    return bool(chosen)


def _close_others(viewer: Viewer, restoring: Restoring) -> None:
    """Close studies of the same folders that had been closed."""
    for study in viewer.state.library.studies:
        uid = study.identity.study_instance_uid
        if uid in restoring.record.closed and uid not in restoring.open_before:
            viewer.session.close_study(study)


def _restore(viewer: Viewer) -> None:
    if viewer.state.last_session is not None:
        restore_session(viewer, viewer.state.last_session)


def _none_left(state: ViewerState) -> Message | None:
    return NONE_LEFT if state.last_session is None else None


RESTORE: Final = Command(
    id="file.restore_session",
    title=mark("Restore last sess&ion"),
    menu=FILE,
    run=_restore,
    shortcut="Ctrl+Shift+T",
    unavailable=_none_left,
)
