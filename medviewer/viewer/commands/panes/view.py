"""Commands of the menu View for texts and parts around the images."""

from functools import partial
from typing import Final

from medviewer.translation import LANGUAGES, mark, message
from medviewer.viewer import state as display_state
from medviewer.viewer.commands.command import (
    LANGUAGE,
    MOUSE,
    TEXTS,
    THEME,
    TOOLS_MENU,
    VIEW,
    Command,
    CommandList,
    verbatim,
)
from medviewer.viewer.commands.images.outlines import lay_brush_aside
from medviewer.viewer.commands.reasons import no_image, no_study
from medviewer.viewer.render import TextLevel
from medviewer.viewer.tools import MOUSE_SCHEMES, TOOLS
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

THEMES: Final = {"dark": mark("Dark"), "light": mark("Light")}
"""Name -> title."""


_IN_ENGLISH: Final = {"en": message("English language"), "zh_CN": message("Chinese language, simplified")}
"""What finds a language for those who cannot read its own name."""


def _search(viewer: Viewer) -> None:
    viewer.change(browser_shown=True)
    viewer.ui.search()


def _change(key: str, value: str, viewer: Viewer) -> None:
    viewer.change_setting(key, value)


def _languages(viewer: Viewer) -> tuple[Command, ...]:
    del viewer
    return tuple(
        Command(
            id=f"view.language_{name}",
            menu=f"{VIEW}/{LANGUAGE}",
            run=partial(_change, "language", name),
            checked=partial(lambda name, state: state.language == name, name),
            named=partial(lambda title, _state: verbatim(title), title),
            hint=_IN_ENGLISH[name],
        )
        for name, title in LANGUAGES.items()
    )


def _themes(viewer: Viewer) -> tuple[Command, ...]:
    del viewer
    return tuple(
        Command(
            id=f"view.theme_{name}",
            title=title,
            menu=f"{VIEW}/{THEME}",
            run=partial(_change, "theme", name),
            checked=partial(lambda name, state: state.theme == name, name),
        )
        for name, title in THEMES.items()
    )


def _text_level(level: TextLevel, title: str) -> Command:
    return Command(
        id=f"view.texts_{level}",
        title=title,
        menu=f"{VIEW}/{TEXTS}",
        run=lambda viewer: viewer.change(text_level=level),
        checked=lambda state: state.text_level is level,
        separated=level is TextLevel.ACQUISITION,
    )


def _mouse_schemes(viewer: Viewer) -> tuple[Command, ...]:
    del viewer
    return tuple(
        Command(
            id=f"tools.mouse_{name}",
            title=scheme.title,
            menu=f"{TOOLS_MENU}/{MOUSE}",
            run=partial(_change, "mouse", name),
            checked=partial(lambda name, state: state.mouse_scheme == name, name),
        )
        for name, scheme in MOUSE_SCHEMES.items()
    )


MOUSE_COMMANDS: Final = CommandList(
    id="tools.mouse", menu=f"{TOOLS_MENU}/{MOUSE}", commands=_mouse_schemes, exclusive=True
)


def _full_screen(name: str, title: str, key: str) -> Command:
    return Command(
        id=f"view.full_screen_{name}",
        title=title,
        menu=VIEW,
        run=lambda viewer: viewer.change(full_screen="" if viewer.state.full_screen == name else name),
        shortcut=key,
        checked=lambda state: state.full_screen == name,
        separated=name == "window",
    )


def _is_filled_by_pane(state: ViewerState) -> bool:
    return state.full_screen == "pictures" and state.maximized is not None


def _fill_with_pane(viewer: Viewer) -> None:
    """Fill the screen with the active pane, or take that back."""
    if _is_filled_by_pane(viewer.state):
        viewer.change(full_screen="", maximized=None)
    else:
        viewer.change(full_screen="pictures", maximized=viewer.state.display.focus)


def step_back(viewer: Viewer) -> bool:
    """Take back one thing that was enlarged; return whether there was one.

    First the brush is laid aside, with which a click would paint, then come the magnifier, the
    maximized pane, the full screen, the located point, the selection, the tool that draws.
    """
    if lay_brush_aside(viewer):
        return True
    if viewer.state.magnifier_shown:
        viewer.change(magnifier_shown=False)
    elif viewer.state.maximized is not None:
        viewer.change(maximized=None)
    elif viewer.state.full_screen:
        viewer.change(full_screen="")
    elif viewer.state.located is not None:
        viewer.change(located=None)
    elif viewer.state.display.selected:
        viewer.show(display_state.select_annotation(viewer.state.display, ""))
    elif TOOLS[viewer.state.tool].draws:
        viewer.change(tool=MOUSE_SCHEMES[viewer.state.mouse_scheme].left.id)
    else:
        return False
    return True


TEXT_COMMANDS: Final = (
    Command(
        id="view.hide_identity",
        icon="shield-check",
        title=mark("Hide &identity"),
        menu=VIEW,
        run=lambda viewer: viewer.change(identity_hidden=not viewer.state.identity_hidden),
        shortcut="Ctrl+Shift+I",
        checked=lambda state: state.identity_hidden,
        separated=True,
    ),
    Command(
        id="view.texts",
        icon="type",
        title=mark("Ne&xt step"),
        menu=f"{VIEW}/{TEXTS}",
        run=lambda viewer: viewer.change(text_level=viewer.state.text_level.following),
        shortcut="T",
        hint=message(
            "All texts on the images, few, letters only, all with the acquisition. "
            "Letters and warnings always stay."
        ),
    ),
    _text_level(TextLevel.ACQUISITION, mark("All texts and ac&quisition")),
    _text_level(TextLevel.ALL, mark("&All texts")),
    _text_level(TextLevel.FEW, mark("&Few texts")),
    _text_level(TextLevel.LETTERS, mark("&Letters only")),
)

SEARCH: Final = "view.search"
"""Id of the command that goes to the search."""

WINDOW_COMMANDS: Final = (
    Command(
        id=SEARCH,
        icon="search",
        title=mark("Searc&h the studies"),
        menu=VIEW,
        run=_search,
        shortcut="Ctrl+F",
        unavailable=no_study,
        separated=True,
    ),
    Command(
        id="view.browser",
        icon="panel-left",
        title=mark("Study &browser"),
        menu=VIEW,
        run=lambda viewer: viewer.change(browser_shown=not viewer.state.browser_shown),
        shortcut="B",
        unavailable=no_study,
        checked=lambda state: state.browser_shown,
    ),
    Command(
        id="view.dock",
        icon="panel-right",
        title=mark("&Side panel"),
        menu=VIEW,
        run=lambda viewer: viewer.change(side_panel_shown=not viewer.state.side_panel_shown),
        shortcut="Shift+B",
        unavailable=no_study,
        checked=lambda state: state.side_panel_shown,
    ),
    _full_screen("window", mark("F&ull screen"), "F11"),
    _full_screen("pictures", mark("&Pictures only"), "Shift+F11"),
    Command(
        id="view.full_screen_pane",
        title=mark("This pi&cture only"),
        menu=VIEW,
        run=_fill_with_pane,
        shortcut="Ctrl+F11",
        unavailable=no_image,
        checked=_is_filled_by_pane,
    ),
    CommandList(id="view.languages", menu=f"{VIEW}/{LANGUAGE}", commands=_languages, exclusive=True),
    CommandList(id="view.themes", menu=f"{VIEW}/{THEME}", commands=_themes, exclusive=True),
)
