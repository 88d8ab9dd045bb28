"""Commands for the annotations of the focused pane's study."""

from functools import partial
from typing import TYPE_CHECKING, Final

from medviewer.imaging import image_colors
from medviewer.translation import Message, mark, message
from medviewer.viewer import annotations
from medviewer.viewer.commands.command import INK, MEASURE, MOVE, Command
from medviewer.viewer.commands.reasons import no_image, no_study
from medviewer.viewer.tools import REGION_TOOLS
from medviewer.viewer.ui import Dialog, TextQuestion
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:  # the first image does not wait for it
    from medviewer.imaging.annotation import Annotation

_NOTHING_SELECTED = message("Select a drawing first: click on its line.")
_NO_CHART = message("Only a straight length or a region has values that a chart can show.")
_LOCKED = message("This drawing is locked.")
_NOTHING_COPIED = message("No drawing has been copied.")
_NOTHING_DRAWN = message("Nothing is drawn in this study.")

INKS: Final = {
    "": mark("&Turquoise (usual)"),
    image_colors.AMBER: mark("&Amber"),
    image_colors.THRESHOLD: mark("&Green"),
    image_colors.AXIAL: mark("&Red"),
    image_colors.BLUE: mark("&Blue"),
    image_colors.TEXT: mark("&White"),
}
"""Color, "" the usual one -> title."""

STEPS: Final = {
    "left": (mark("Move &left"), -1.0, 0.0),
    "right": (mark("Move &right"), 1.0, 0.0),
    "up": (mark("Move &up"), 0.0, -1.0),
    "down": (mark("Move &down"), 0.0, 1.0),
}


def _selected(state: ViewerState) -> "Annotation | None":
    if not state.display.selected:
        return None

    return annotations.selected_in(state)


def none_selected(state: ViewerState) -> Message | None:
    """Return that no annotation is selected, or None."""
    return None if _selected(state) is not None else _NOTHING_SELECTED


def _no_chart(state: ViewerState) -> Message | None:
    """Return why there is no chart of the selected annotation, or None."""
    selected = _selected(state)
    if selected is None:
        return _NOTHING_SELECTED
    return None if annotations.may_have_chart(selected) else _NO_CHART


def _cannot_change(state: ViewerState) -> Message | None:
    """Return why the selected annotation cannot be changed, or None."""
    selected = _selected(state)
    if selected is None:
        return _NOTHING_SELECTED
    return _LOCKED if selected.is_locked else None


def _is_locked(state: ViewerState) -> bool:
    selected = _selected(state)
    return selected is not None and selected.is_locked


def _has_ink(color: str, state: ViewerState) -> bool:
    selected = _selected(state)
    return selected is not None and selected.color == (image_colors.rgb(color) if color else None)


def _none_copied(state: ViewerState) -> Message | None:
    return no_image(state) or (_NOTHING_COPIED if state.copied is None else None)


def _none_drawn(state: ViewerState) -> Message | None:
    pane = state.focused
    history = None if pane is None else state.annotations.get(pane.identity.study_instance_uid)
    if history is None or not history.present:
        return _NOTHING_DRAWN

    return None if annotations.without_key_images(history.present) else _NOTHING_DRAWN


def _next_shape(viewer: Viewer) -> None:
    tool = viewer.state.tool
    number = REGION_TOOLS.index(tool) + 1 if tool in REGION_TOOLS else 0
    viewer.change(tool=REGION_TOOLS[number % len(REGION_TOOLS)])


def _remove(viewer: Viewer) -> None:
    annotations.remove_selected(viewer)


def _rename(viewer: Viewer) -> None:
    one = _selected(viewer.state)
    if one is not None:
        text = partial(annotations.rename, viewer, one.id)
        viewer.ui.ask_text(TextQuestion(message("Name"), message("Name of the drawing"), one.text, text))


def _lock(viewer: Viewer) -> None:
    annotations.lock_selected(viewer)


def _color(color: str, viewer: Viewer) -> None:
    annotations.color_selected(viewer, image_colors.rgb(color) if color else None)


def _copy(viewer: Viewer) -> None:
    viewer.change(copied=_selected(viewer.state))


def _paste(viewer: Viewer) -> None:
    copied = viewer.state.copied
    if copied is not None and (reason := annotations.paste(viewer, copied)):
        viewer.tell(reason)


def _copy_value(viewer: Viewer) -> None:
    one = _selected(viewer.state)
    if one is not None:
        viewer.ui.copy_text(annotations.value_text(viewer, one))


def _show_values(viewer: Viewer) -> None:
    viewer.ui.open_dialog(Dialog.VALUES)


def _show_quality(viewer: Viewer) -> None:
    viewer.ui.open_dialog(Dialog.QUALITY)


def _move(across: float, down: float, viewer: Viewer) -> None:
    annotations.move_selected(viewer, across, down)


def _go(step: int, viewer: Viewer) -> None:
    annotations.go_on(viewer, step)


NEXT_SHAPE: Final = Command(
    id="tools.region",
    title=mark("&Region"),
    menu=MEASURE,
    run=_next_shape,
    shortcut="E",
    checked=lambda state: state.tool in REGION_TOOLS,
    short=mark("Region"),
    icon="ellipse",
    hint=message("Mean, spread and area. Again: rectangle, polygon, freehand."),
    unavailable=no_study,
)

ANNOTATION_COMMANDS: Final = (
    Command(
        id="annotation.remove",
        title=mark("Re&move"),
        menu=MEASURE,
        run=_remove,
        shortcut="Del",
        unavailable=_cannot_change,
        in_panes=True,
        separated=True,
        icon="trash-2",
    ),
    Command(
        id="annotation.rename",
        title=mark("Re&name…"),
        menu=MEASURE,
        run=_rename,
        shortcut="F2",
        unavailable=_cannot_change,
        icon="pencil",
    ),
    Command(
        id="annotation.lock",
        title=mark("Loc&k"),
        menu=MEASURE,
        run=_lock,
        shortcut="Alt+L",
        checked=_is_locked,
        unavailable=none_selected,
        icon="lock",
        hint=message("A locked drawing is neither moved nor changed nor removed."),
    ),
    *(
        Command(
            id=f"annotation.color_{color[1:] or 'usual'}",
            title=title,
            menu=f"{MEASURE}/{INK}",
            run=partial(_color, color),
            checked=partial(_has_ink, color),
            unavailable=_cannot_change,
        )
        for color, title in INKS.items()
    ),
    Command(
        id="annotation.copy_value",
        title=mark("Copy &value"),
        menu=MEASURE,
        run=_copy_value,
        shortcut="Ctrl+Alt+C",
        unavailable=none_selected,
        icon="copy",
        separated=True,
    ),
    Command(
        id="annotation.values",
        title=mark("Chart of val&ues…"),
        menu=MEASURE,
        run=_show_values,
        shortcut="Shift+U",
        unavailable=_no_chart,
        icon="chart-line",
        hint=message("Values along a length, or the histogram of a region."),
    ),
    Command(
        id="annotation.quality",
        title=mark("Image &quality…"),
        menu=MEASURE,
        run=_show_quality,
        shortcut="Ctrl+Shift+U",
        unavailable=no_image,
        icon="gauge",
        hint=message("Signal, noise, contrast and uniformity of regions; the exposure that the file states."),
    ),
    Command(
        id="annotation.copy",
        title=mark("Co&py drawing"),
        menu=MEASURE,
        run=_copy,
        shortcut="Ctrl+D",
        unavailable=none_selected,
    ),
    Command(
        id="annotation.paste",
        title=mark("Put on t&his slice"),
        menu=MEASURE,
        run=_paste,
        shortcut="Ctrl+V",
        unavailable=_none_copied,
        icon="clipboard-paste",
    ),
    Command(
        id="annotation.next",
        title=mark("Ne&xt drawing"),
        menu=MEASURE,
        run=partial(_go, 1),
        shortcut="Alt+J",
        unavailable=_none_drawn,
        separated=True,
        hint=message("Goes to its slice and selects it."),
    ),
    Command(
        id="annotation.previous",
        title=mark("Drawing &before"),
        menu=MEASURE,
        run=partial(_go, -1),
        shortcut="Alt+Shift+J",
        unavailable=_none_drawn,
    ),
    *(
        Command(
            id=f"annotation.move_{name}",
            title=title,
            menu=f"{MEASURE}/{MOVE}",
            run=partial(_move, across, down),
            shortcut=f"Alt+{name.title()}",
            unavailable=_cannot_change,
            in_panes=True,
        )
        for name, (title, across, down) in STEPS.items()
    ),
)
