"""The reader's kept verdicts as a list of cases, with their slices."""

from collections.abc import Sequence

from medviewer.imaging.source import ImageSource
from medviewer.inference.run_log import image_hash, installation_salt
from medviewer.inference.verdicts import SLICE, VerdictRow, last_verdicts
from medviewer.viewer.texts import VerdictCase
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState


def verdict_cases(state: ViewerState, rows: Sequence[VerdictRow]) -> tuple[VerdictCase, ...]:
    """Return the cases of the kept verdicts, the newest first.

    Raises
    ------
    MemoryAccessError, WriteError
        The secret by which slices are named cannot be read.
    """
    held = sorted(last_verdicts(rows), key=lambda row: row.time, reverse=True)
    if not held:
        return ()
    places = _places(state)
    verdicts = state.display.verdicts.items()
    read = {(key.sop_instance_uid, key.frame_number) for key, said in verdicts if said.present.reveals}
    cases = []
    for row in held:
        place = places.get(row.image) if row.unit == SLICE else None
        if place is None:
            cases.append(VerdictCase(row))
            continue
        stack, index = place
        shown = stack.slice_key(index)
        # guard(-> False): a list of verdicts does not give a hidden answer away
        is_hidden = state.display.reader_first and (shown.instance_uid, shown.frame_number) not in read
        cases.append(VerdictCase(row, stack, index, is_hidden))
    return tuple(cases)


def _places(state: ViewerState) -> dict[str, tuple[ImageSource, int]]:
    """Return the open slices by their names in the table of verdicts."""
    salt = installation_salt()
    places: dict[str, tuple[ImageSource, int]] = {}
    for stack in state.library.stacks:
        for index in range(len(stack)):
            shown = stack.slice_key(index)
            name = image_hash(shown.instance_uid, frame=shown.frame_number, salt=salt)
            places.setdefault(name, (stack, index))
    return places


def show_case(viewer: Viewer, case: VerdictCase) -> None:
    """Show the slice of a case in the active pane."""
    pane = viewer.state.focused
    if case.stack is None:
        return
    if pane is None:
        viewer.show_stack(case.stack)
    elif pane.stack.key != case.stack.key:
        viewer.show_stack(case.stack, viewer.state.display.focus)
    viewer.scroll_to(case.index)
