"""A row of COMMANDS, and the menus that rows stand in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from medviewer.translation import NOTHING, Message, mark
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

FILE: Final = mark("&File")
VIEW: Final = mark("&View")
IMAGE: Final = mark("&Image")
TOOLS_MENU: Final = mark("&Tools")
MEASURE: Final = mark("&Measure")
CLASSIFY: Final = mark("&Classify")
EXPORT: Final = mark("&Export")
HELP: Final = mark("&Help")
SAMPLE: Final = mark("Open &sample")
RECENT: Final = mark("Open &recent")
LAYOUT: Final = mark("&Layout")
OWN_LAYOUTS: Final = mark("&My layouts")
GRIDS: Final = mark("Other &grids")
LINK: Final = mark("L&ink and compare")
BLINK: Final = mark("&Blink pace")
WINDOWS_TOGETHER: Final = mark("&Window together")
SHOW_HERE: Final = mark("Show &here")
ORIENTATION: Final = mark("&Orientation")
LANGUAGE: Final = mark("L&anguage")
TEXT_ENCODING: Final = mark("Text &encoding")
THEME: Final = mark("&Theme")
TEXTS: Final = mark("Te&xts on images")
MOUSE: Final = mark("&Mouse")
INK: Final = mark("&Colour")
RANGES: Final = mark("Ran&ge of values")
MOVE: Final = mark("Mo&ve")
STATES: Final = mark("&Presentation state")
PRESETS: Final = mark("&Presets")
CINE: Final = mark("&Cine")
KEY_IMAGES: Final = mark("&Key images")
COMPARE: Final = mark("Compare &with the original")
OWN: Final = mark("My &windows")
MODEL: Final = mark("&Model")
OUTLINE: Final = mark("&Outline")
VERDICT: Final = mark("Your &verdict")
SERIES: Final = mark("Show &series")
SLICE: Final = mark("&Go to slice")

Unavailable = Callable[[ViewerState], Message | None]
"""Returns why a command cannot be run in a state, a sentence; None where it can."""

MENUS: Final = (FILE, VIEW, IMAGE, TOOLS_MENU, MEASURE, CLASSIFY, EXPORT, HELP)
"""The menus of the menu bar, from left to right."""


def always(state: ViewerState) -> Message | None:
    """Return no reason: the command can be run in every state."""
    del state
    return None


def verbatim(text: str) -> Message:
    """Return a text that no language changes, such as a file's name."""
    return Message("{text}", (("text", text),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing that the user can do.

    Parameters
    ----------
    title, menu : str
        Marked for translation; the menu "View/Layout" is the sub-menu Layout of View.
    run : callable
        What it does; for a command with `checked` it turns that round.
    unavailable : callable
        Why it cannot be run now, a sentence; None where it can.
    checked : callable or None
        Whether it is on, for commands that are on or off.
    also : str
        A second key, which nobody has to know; it yields where another command is given it.
    short : str
        Marked; the word on the tool bar, for the commands in TOOL_BAR.
    separated : bool
        A line stands above it in the menu.
    in_panes : bool
        Its keys count only while the panes have the focus, because lists and sliders use them too.
    named : callable or None
        Gives a title that depends on the state; None hides the command.
    hint : Message
        More about it than its title says, for its tooltip.
    icon : str
        The name of a file in resources/icons/lucide, for menus and tool bar.
    """

    id: str
    title: str = ""
    menu: str
    run: Callable[[Viewer], Any]
    shortcut: str = ""
    also: str = ""
    unavailable: Unavailable = always
    checked: Callable[[ViewerState], bool] | None = None
    short: str = ""
    separated: bool = False
    in_panes: bool = False
    named: Callable[[ViewerState], Message | None] | None = None
    hint: Message = NOTHING
    icon: str = ""

    @property
    def depends_on_state(self) -> bool:
        """Whether title, check mark or availability can change."""
        return self.unavailable is not always or self.checked is not None or self.named is not None

    def perform(self, viewer: Viewer) -> None:
        """Run it, or tell why it cannot be run now."""
        reason = self.unavailable(viewer.state)
        if reason is None:
            self.run(viewer)
        else:
            viewer.tell(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandList:
    """A menu whose commands depend on the state.

    Recent files, models, presentation states.

    Parameters
    ----------
    menu : str
        Where its commands stand, as for Command.
    commands : callable
        Makes them when the menu is opened.
    is_offered : callable
        Whether the menu is shown.
    exclusive : bool
        One of them is on at a time.
    in_menus : bool
        False: they stand in the command palette only.
    """

    id: str
    menu: str
    commands: Callable[[Viewer], tuple[Command, ...]]
    is_offered: Callable[[ViewerState], bool] = lambda _state: True
    exclusive: bool = False
    in_menus: bool = True
