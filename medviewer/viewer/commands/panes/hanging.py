"""Commands that keep arrangements of the panes, and hang studies by them."""

from functools import partial
from typing import Final

from medviewer import paths
from medviewer.errors import MedviewerError
from medviewer.translation import Message, mark, message
from medviewer.viewer import compare
from medviewer.viewer.commands.command import LAYOUT, OWN_LAYOUTS, VIEW, Command, CommandList, verbatim
from medviewer.viewer.commands.reasons import no_image, no_study
from medviewer.viewer.layouts import HangingRule
from medviewer.viewer.viewer import SETTINGS, Viewer
from medviewer.viewer.viewer_state import ViewerState

MENU: Final = f"{VIEW}/{LAYOUT}/{OWN_LAYOUTS}"

_MEMORY_OFF: Final = message("A layout keeps descriptions of series; the preferences say to remember none.")
_NOT_HERE: Final = message("This study has not all series that the layout wants.")


def _kind(state: ViewerState) -> str:
    if state.focused is None:
        return ""
    return " ".join(part for part in compare.study_kind(state) if part)


def _keep(rule: HangingRule | None, viewer: Viewer) -> None:
    if rule is None:
        return
    if not viewer.memory.remember:
        viewer.tell(_MEMORY_OFF)
        return
    try:
        if rule.is_automatic:
            viewer.rule_file.keep(rule)
        else:
            rule = viewer.rule_file.keep_new(rule)
    except MedviewerError as error:
        viewer.session.notices.tell_error(error, SETTINGS)
    else:
        viewer.session.notices.end(SETTINGS)
        viewer.tell(message("Kept as “{name}”.", name=rule.name))


def use_for_kind(viewer: Viewer) -> None:
    """Let studies like this one hang like the panes now."""
    name = _kind(viewer.state)
    _keep(compare.arrangement(viewer.state, name or "-", is_automatic=True), viewer)


def keep_layout(viewer: Viewer) -> None:
    """Keep the arrangement as a layout of one's own."""
    layout = viewer.state.layout.replace("x", " × ")
    name = f"{_kind(viewer.state)} {layout}".strip()
    _keep(compare.arrangement(viewer.state, name, is_automatic=False), viewer)


def hang(rule: HangingRule, viewer: Viewer) -> None:
    """Hang the active study as a rule says."""
    study = viewer.state.study
    hung = rule.hang([stack for series in study.series for stack in series.stacks]) if study else {}
    if hung:
        display = compare.hung_display(viewer.state.display, rule, hung)
        viewer.show_and_fetch(display, layout=rule.layout, maximized=None)


def _not_here(rule: HangingRule, state: ViewerState) -> Message | None:
    study = state.study
    if study is None:
        return no_image(state)
    return None if rule.hang([one for series in study.series for one in series.stacks]) else _NOT_HERE


def _forget(rule: HangingRule, viewer: Viewer) -> None:
    try:
        viewer.rule_file.remove(rule)
    except MedviewerError as error:
        viewer.session.notices.tell_error(error, SETTINGS)


def _own_layouts(viewer: Viewer) -> tuple[Command, ...]:
    rules = viewer.rule_file.rules
    shown = tuple(
        Command(
            id=f"view.own_layout_{number + 1}",
            menu=MENU,
            run=partial(hang, rule),
            unavailable=partial(_not_here, rule),
            named=partial(lambda title, _state: title, verbatim(rule.name)),
            icon="layout-grid",
        )
        for number, rule in enumerate(rules)
    )
    forgetting = tuple(
        Command(
            id=f"view.forget_layout_{number + 1}",
            menu=MENU,
            run=partial(_forget, rule),
            named=partial(lambda title, _state: title, message("Forget “{name}”", name=rule.name)),
            separated=not number,
        )
        for number, rule in enumerate(rules)
    )
    return shown + forgetting


def _keep_title(state: ViewerState) -> Message:
    kind = _kind(state)
    if not kind:
        return message("Use this arrangement for such studies")
    return message("Use this arrangement for {kind}", kind=kind)


HANGING_COMMANDS: Final = (
    Command(
        id="view.use_arrangement",
        menu=f"{VIEW}/{LAYOUT}",
        run=use_for_kind,
        unavailable=no_image,
        named=_keep_title,
        hint=message("Studies of this modality and body part hang so when they are opened."),
        separated=True,
    ),
    Command(
        id="view.keep_layout",
        title=mark("&Keep as my own layout"),
        menu=f"{VIEW}/{LAYOUT}",
        run=keep_layout,
        unavailable=no_image,
        hint=message("Saves this arrangement under a name, to be hung again (hanging protocol)."),
    ),
    CommandList(
        id="view.own_layouts",
        menu=MENU,
        commands=_own_layouts,
        is_offered=lambda state: no_study(state) is None,
    ),
    Command(
        id="view.hanging_file",
        title=mark("Show the &file of the rules"),
        menu=f"{VIEW}/{LAYOUT}",
        run=lambda viewer: viewer.ui.show_folder(paths.user_folder("config")),
    ),
)
