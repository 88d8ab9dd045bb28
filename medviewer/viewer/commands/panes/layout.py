"""Commands that lay out and link the panes."""

from functools import partial
from typing import Final

from medviewer.imaging.processing import FIRST_SHOWN, ORIGINAL, PROCESSINGS
from medviewer.translation import Message, mark, message
from medviewer.viewer import compare, state as display_state
from medviewer.viewer.commands.command import GRIDS, LAYOUT, SHOW_HERE, VIEW, Command, CommandList
from medviewer.viewer.commands.reasons import no_image, no_study
from medviewer.viewer.layouts import FILM_PANES, FOUR, LAYOUTS, ONE, panes_of
from medviewer.viewer.state import with_panes
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState


def set_layout(viewer: Viewer, name: str) -> None:
    """Arrange the panes as a row of LAYOUTS says."""
    display = with_panes(viewer.state.display, panes_of(name))
    viewer.change(layout=name, maximized=None, display=display)


def choose_layout(viewer: Viewer, name: str) -> None:
    """Arrange the panes as a user wishes who chose a layout.

    A film shows one series in all its panes. In other layouts but that of four views, a pane that would
    repeat a series, or be empty, takes the next series of the patient while there is one.
    """
    set_layout(viewer, name)
    if LAYOUTS[name].has_film:
        _show_one_series(viewer)
    elif name not in (ONE, FOUR):
        _show_further_series(viewer)


def _show_one_series(viewer: Viewer) -> None:
    panes, here = viewer.state.display.panes[:FILM_PANES], viewer.state.focused
    if here is not None and any(pane is None or pane.stack.key != here.stack.key for pane in panes):
        display = display_state.show_stack(
            viewer.state.display, dict(enumerate(FIRST_SHOWN)), here.stack, here.index
        )
        viewer.show_and_fetch(display_state.set_focus(display, 0))


def _show_further_series(viewer: Viewer) -> None:
    focus, here = viewer.state.display.focus, viewer.state.focused
    if here is None:
        return
    order = sorted(viewer.state.visible, key=lambda number: (number != focus, number))
    taken: set[str] = set()
    for number in order:
        pane = viewer.state.display.panes[number]
        if pane is not None and pane.stack.key not in taken:
            taken.add(pane.stack.key)
            continue
        stack = compare.next_series(here.stack, viewer.state.library.stacks, taken)
        if stack is None:
            break
        taken.add(stack.key)
        viewer.show_stack(stack, number, ORIGINAL)
    viewer.set_focus(focus)


def focus_next(viewer: Viewer, steps: int) -> None:
    """Give the focus to the pane some panes further on, of those to be seen.

    Beside a film it becomes the large one.
    """
    state = viewer.state
    shown = range(FILM_PANES) if LAYOUTS[state.layout].has_film else state.visible
    if state.maximized is None and state.display.focus in shown:
        viewer.set_focus(shown[(shown.index(state.display.focus) + steps) % len(shown)])


def toggle_maximized(viewer: Viewer, pane: int | None = None) -> None:
    """Maximize a pane (by default the focused one), or restore it."""
    focus = viewer.state.display.focus if pane is None else pane
    viewer.change(maximized=focus if viewer.state.maximized is None else None)


def _grid(name: str) -> Command:
    """Return the command of a grid of panes that has no name of its own."""
    layout = LAYOUTS[name]
    title = message("{rows} × {columns} panes", rows=layout.rows, columns=layout.columns)
    return Command(
        id=f"view.layout_{name}",
        menu=f"{VIEW}/{LAYOUT}/{GRIDS}",
        run=lambda viewer: choose_layout(viewer, name),
        shortcut=GRID_KEYS.get(name, ""),
        checked=lambda state: state.layout == name,
        unavailable=no_study,
        named=lambda _state: title,
    )


def _layout(name: str, title: str, key: str, icon: str) -> Command:
    return Command(
        id=f"view.layout_{name}",
        icon=icon,
        title=title,
        menu=f"{VIEW}/{LAYOUT}",
        run=lambda viewer: choose_layout(viewer, name),
        shortcut=key,
        checked=lambda state: state.layout == name,
        unavailable=no_study,
    )


def _show_here(name: str, viewer: Viewer) -> None:
    viewer.set_processing(viewer.state.display.focus, name)


def _is_here(name: str, state: ViewerState) -> bool:
    return state.focused is not None and state.focused.processing == name


def _processings(viewer: Viewer) -> tuple[Command, ...]:
    del viewer
    return tuple(
        Command(
            id=f"view.show_{name}",
            menu=f"{VIEW}/{SHOW_HERE}",
            run=partial(_show_here, name),
            checked=partial(_is_here, name),
            unavailable=no_image,
            named=partial(lambda title, _state: title, Message(processing.title)),
        )
        for name, processing in PROCESSINGS.items()
    )


PROCESSINGS_HERE: Final = CommandList(
    id="view.show_here", menu=f"{VIEW}/{SHOW_HERE}", commands=_processings, exclusive=True
)

NAMED: Final = (
    _layout("1", mark("&One pane"), "Ctrl+1", "square"),
    _layout("1x2", mark("&Two panes"), "Ctrl+2", "columns-2"),
    _layout("film", mark("One pane with fi&lm"), "Ctrl+3", "layout-panel-left"),
    _layout("2x2", mark("&Four panes"), "Ctrl+4", "grid-2x2"),
    _layout("2x3", mark("&Six panes"), "Ctrl+6", "layout-grid"),
    _layout("3x3", mark("&Nine panes"), "Ctrl+9", "grid-3x3"),
)

GRID_KEYS: Final = {"2x4": "Ctrl+8", "1x3": "Ctrl+5", "4x4": "Ctrl+7"}

LAYOUT_COMMANDS: Final = (
    *NAMED,
    *(_grid(name) for name in LAYOUTS if f"view.layout_{name}" not in {row.id for row in NAMED}),
    Command(
        id="view.next_pane",
        title=mark("Ne&xt pane"),
        menu=f"{VIEW}/{LAYOUT}",
        separated=True,
        run=lambda viewer: focus_next(viewer, 1),
        shortcut="Ctrl+Tab",
        unavailable=no_study,
    ),
    Command(
        id="view.previous_pane",
        title=mark("Pre&vious pane"),
        menu=f"{VIEW}/{LAYOUT}",
        run=lambda viewer: focus_next(viewer, -1),
        shortcut="Ctrl+Shift+Tab",
        unavailable=no_study,
    ),
    Command(
        id="view.maximise",
        icon="maximize-2",
        title=mark("&Maximise pane"),
        menu=VIEW,
        run=toggle_maximized,
        shortcut="M",
        unavailable=no_image,
        checked=lambda state: state.maximized is not None,
    ),
)
