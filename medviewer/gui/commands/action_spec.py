"""Specification of actions, their menus and common conditions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from medviewer.translation import mark, translate

if TYPE_CHECKING:
    from medviewer.gui.window import MainWindow


def _free(window: "MainWindow") -> str:
    return ""


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing to do.

    Parameters
    ----------
    title, menu : str
        Marked for translation; the menu "View/Layout" is the sub-menu Layout of View.
    run : callable
        What it does; for an action with `checked` it turns that round.
    blocked : callable
        Why it cannot be done now, a translated sentence; "" where it can.
    checked : callable or None
        Whether it is on, for actions that are on or off.
    short : str
        Marked; the word on the tool bar, for the actions in TOOL_BAR.
    separated : bool
        A line stands above it in the menu.
    in_panes : bool
        Its keys count only while the panes have the focus, because lists and sliders use them too.
    named : callable or None
        Gives a title that depends on what is shown, already translated; "" hides the action.
    """

    id: str
    title: str
    menu: str
    run: Callable[["MainWindow"], Any]
    shortcut: str = ""
    blocked: Callable[["MainWindow"], str] = _free
    checked: Callable[["MainWindow"], bool] | None = None
    short: str = ""
    separated: bool = False
    in_panes: bool = False
    named: Callable[["MainWindow"], str] | None = None


FILE: Final = mark("&File")
VIEW: Final = mark("&View")
IMAGE: Final = mark("&Image")
TOOLS: Final = mark("&Tools")
CLASSIFY: Final = mark("&Classify")
HELP: Final = mark("&Help")
SAMPLE: Final = mark("Open &sample")
RECENT: Final = mark("Open &recent")
LAYOUT: Final = mark("&Layout")
ORIENTATION: Final = mark("&Orientation")
LANGUAGE: Final = mark("L&anguage")
TEXT_ENCODING: Final = mark("Text &encoding")
THEME: Final = mark("&Theme")
STATES: Final = mark("&Presentation state")
PRESETS: Final = mark("&Presets")
MODEL: Final = mark("&Model")
EXPORT: Final = mark("&Export")

MENUS: Final = (FILE, VIEW, IMAGE, TOOLS, CLASSIFY, EXPORT, HELP)


def no_image(window: "MainWindow") -> str:
    """Return why nothing can be done with the focused pane's image.

    "" where there is one.
    """
    if window.session.focused is None:
        return translate("Open a study first.")
    return "" if window.session.has_frame else translate("The picture of this slice is not there yet.")
