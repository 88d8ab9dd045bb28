"""Commands that correct a model's outline."""

from functools import partial
from typing import Final

from medviewer.translation import Message, mark, message
from medviewer.viewer import annotations
from medviewer.viewer.commands.command import CLASSIFY, OUTLINE, Command
from medviewer.viewer.commands.reasons import no_image
from medviewer.viewer.tools import MOUSE_SCHEMES, OUTLINE_TOOLS
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

_NOT_ASKED = message("Ask a model that draws outlines about this slice first.")
_NOT_CORRECTED = message("You have not corrected the outline of this slice.")
_NO_BRUSH = message("The brush is used while an outline is corrected.")


def _is_correcting(state: ViewerState) -> bool:
    return state.tool in OUTLINE_TOOLS


def lay_brush_aside(viewer: Viewer) -> bool:
    """Take the usual tool in place of a brush; return whether there was one."""
    if not _is_correcting(viewer.state):
        return False
    viewer.change(tool=MOUSE_SCHEMES[viewer.state.mouse_scheme].left.id)
    return True


def _toggle(viewer: Viewer) -> None:
    """Take the brush that adds, or lay it aside."""
    if not lay_brush_aside(viewer):
        viewer.change(tool=OUTLINE_TOOLS[0])


def _why_not(state: ViewerState) -> Message | None:
    """Return why correcting can neither begin nor end, or None."""
    return None if _is_correcting(state) else _not_correctable(state)


def _not_correctable(state: ViewerState) -> Message | None:
    pane = state.focused
    if pane is None or pane.frame is None:
        return no_image(state)
    if not (state.display.results or pane.annotations):  # nothing is loaded for the first picture
        return _NOT_ASKED
    return annotations.why_not_correctable(state, pane)


def _not_corrected(state: ViewerState) -> Message | None:
    pane = state.focused
    if pane is None or not pane.annotations:
        return no_image(state) or _NOT_CORRECTED
    return annotations.why_not_revertible(state)


def _revert(viewer: Viewer) -> None:
    annotations.revert(viewer)


def _show_models(viewer: Viewer) -> None:
    annotations.show_models(viewer)


def _smooth(viewer: Viewer) -> None:
    if reason := annotations.smooth(viewer):
        viewer.tell(reason)


def _no_brush(state: ViewerState) -> Message | None:
    return None if _is_correcting(state) else _NO_BRUSH


def _resize(steps: int, viewer: Viewer) -> None:
    annotations.resize_brush(viewer, steps)


def _models_shown(state: ViewerState) -> bool:
    return state.focused is None or state.focused.model_outline_shown


CORRECT_OUTLINE: Final = Command(
    id="outline.correct",
    title=mark("Correct the &outline"),
    menu=f"{CLASSIFY}/{OUTLINE}",
    run=_toggle,
    shortcut="Alt+O",
    unavailable=_why_not,
    checked=_is_correcting,
    icon="pencil",
    short=mark("Brush"),
    hint=message("Brush to add to the model's outline or to cut from it. What you draw is marked as yours."),
)

OUTLINE_COMMANDS: Final = (
    Command(
        id="outline.smooth",
        title=mark("&Smooth the outline"),
        menu=f"{CLASSIFY}/{OUTLINE}",
        run=_smooth,
        shortcut="Alt+S",
        unavailable=_not_correctable,
        icon="spline",
        hint=message("Each pixel becomes what most pixels around it are, as far as the brush reaches."),
    ),
    Command(
        id="outline.revert",
        title=mark("&Back to the model's outline"),
        menu=f"{CLASSIFY}/{OUTLINE}",
        run=_revert,
        shortcut="Alt+R",
        unavailable=_not_corrected,
        icon="undo-2",
        hint=message("Removes your outline of this slice; Undo brings it back."),
    ),
    Command(
        id="outline.models",
        title=mark("&Model's outline beside yours"),
        menu=f"{CLASSIFY}/{OUTLINE}",
        run=_show_models,
        shortcut="Alt+Shift+O",
        checked=_models_shown,
        unavailable=_not_corrected,
        separated=True,
    ),
    Command(
        id="outline.larger_brush",
        title=mark("&Larger brush"),
        menu=f"{CLASSIFY}/{OUTLINE}",
        run=partial(_resize, 1),
        shortcut="Alt+]",
        unavailable=_no_brush,
        separated=True,
    ),
    Command(
        id="outline.smaller_brush",
        title=mark("S&maller brush"),
        menu=f"{CLASSIFY}/{OUTLINE}",
        run=partial(_resize, -1),
        shortcut="Alt+[",
        unavailable=_no_brush,
    ),
)
