"""Viewers that compare stacks in panes beside each other, without a window."""

from medviewer.dicom.model import Library, Series, StoredStack, Study
from medviewer.imaging.processing import ORIGINAL
from medviewer.viewer import state as display_state
from medviewer.viewer.commands.panes.layout import set_layout
from tests.viewer.bare_viewer import BareViewer


def comparing(layout: str, *stacks: StoredStack | None) -> BareViewer:
    """Return a viewer with the middles of these stacks, one in each pane."""
    viewer = BareViewer()
    open_in_panes(viewer, layout, *stacks)
    return viewer


def open_in_panes(viewer: BareViewer, layout: str, *stacks: StoredStack | None) -> None:
    known = {stack.key: stack for stack in stacks if stack is not None}
    studies: dict[str, list[StoredStack]] = {}
    for stack in known.values():
        studies.setdefault(stack.identity.study_instance_uid, []).append(stack)
    viewer.change(
        library=Library(
            studies=tuple(
                Study(ours[0].identity, tuple(Series(one.identity, (one,)) for one in ours))
                for ours in studies.values()
            )
        )
    )
    set_layout(viewer, layout)
    display = viewer.state.display
    for number, stack in enumerate(stacks[: len(display.panes)]):
        if stack is not None:
            display = display_state.show_stack(display, {number: ORIGINAL}, stack, len(stack) // 2)
    viewer.show_and_fetch(display)


def indices(viewer: BareViewer) -> list[int | None]:
    """Return the slice of each visible pane."""
    panes = viewer.state.display.panes
    return [None if (pane := panes[number]) is None else pane.index for number in viewer.state.visible]
