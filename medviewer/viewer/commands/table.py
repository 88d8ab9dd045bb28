"""The COMMANDS table, in the order of the menus."""

from typing import Final

from medviewer.viewer.commands.command import CLASSIFY, MEASURE, OUTLINE, TOOLS_MENU, Command, CommandList
from medviewer.viewer.commands.images.annotations import ANNOTATION_COMMANDS, NEXT_SHAPE
from medviewer.viewer.commands.images.cine import CINE_COMMANDS
from medviewer.viewer.commands.images.classification import CLASSIFY_COMMANDS
from medviewer.viewer.commands.images.comparison import COMPARISON_COMMANDS
from medviewer.viewer.commands.images.documents import (
    COPY_COMMANDS,
    ELEMENTS,
    EXPORT_IMAGE,
    FEATURES,
    HELP_COMMANDS,
)
from medviewer.viewer.commands.images.key_images import KEY_IMAGE_COMMANDS
from medviewer.viewer.commands.images.marks import OVERLAYS, SHUTTER, SUBTRACTION
from medviewer.viewer.commands.images.orientation import ORIENTATION_COMMANDS
from medviewer.viewer.commands.images.outlines import CORRECT_OUTLINE, OUTLINE_COMMANDS
from medviewer.viewer.commands.images.presentation_states import PRESENTATION_STATES
from medviewer.viewer.commands.images.ranges import RANGE_COMMANDS
from medviewer.viewer.commands.images.scroll import SCROLL_COMMANDS
from medviewer.viewer.commands.images.undo import UNDO_COMMANDS
from medviewer.viewer.commands.images.verdicts import VERDICT_COMMANDS
from medviewer.viewer.commands.images.window import WINDOWING_COMMANDS
from medviewer.viewer.commands.panes.compare import COMPARE_COMMANDS
from medviewer.viewer.commands.panes.go_to import OPEN_SERIES, SERIES_STEPS
from medviewer.viewer.commands.panes.hanging import HANGING_COMMANDS
from medviewer.viewer.commands.panes.layout import LAYOUT_COMMANDS, PROCESSINGS_HERE
from medviewer.viewer.commands.panes.magnification import ZOOM_COMMANDS
from medviewer.viewer.commands.panes.view import MOUSE_COMMANDS, TEXT_COMMANDS, WINDOW_COMMANDS
from medviewer.viewer.commands.reasons import no_study
from medviewer.viewer.commands.studies.file import FILE_COMMANDS
from medviewer.viewer.commands.studies.text_encoding import TEXT_ENCODINGS
from medviewer.viewer.tools import OUTLINE_TOOLS, TOOLS, Tool


def tool_command(tool: Tool, separated: bool = False, menu: str = TOOLS_MENU) -> Command:
    """Return the command that lets the left button drag a tool."""
    return Command(
        id=f"tools.{tool.id}",
        title=tool.title,
        menu=menu,
        run=lambda viewer: viewer.change(tool=tool.id),
        shortcut=tool.key,
        checked=lambda state: state.tool == tool.id,
        short=tool.title,
        separated=separated,
        icon=tool.icon,
        hint=tool.hint,
        unavailable=no_study,
    )


_OUTLINE_MENU: Final = f"{CLASSIFY}/{OUTLINE}"


def _menu_of(tool: Tool) -> str:
    if tool.id in OUTLINE_TOOLS:
        return _OUTLINE_MENU
    return MEASURE if tool.draws else TOOLS_MENU


TOOL_COMMANDS: Final = tuple(
    tool_command(tool, number == 0, _menu_of(tool)) for number, tool in enumerate(TOOLS.values())
)

COMMANDS: Final[tuple[Command | CommandList, ...]] = (
    *FILE_COMMANDS,
    *LAYOUT_COMMANDS,
    *HANGING_COMMANDS,
    PROCESSINGS_HERE,
    *ZOOM_COMMANDS,
    *COMPARE_COMMANDS,
    *ORIENTATION_COMMANDS,
    OVERLAYS,
    SHUTTER,
    PRESENTATION_STATES,
    SUBTRACTION,
    *TEXT_COMMANDS,
    TEXT_ENCODINGS,
    *WINDOW_COMMANDS,
    *WINDOWING_COMMANDS,
    *COMPARISON_COMMANDS,
    *SCROLL_COMMANDS,
    *SERIES_STEPS,
    *CINE_COMMANDS,
    *KEY_IMAGE_COMMANDS,
    FEATURES,
    ELEMENTS,
    *(row for row in TOOL_COMMANDS if row.menu != _OUTLINE_MENU),
    NEXT_SHAPE,
    *RANGE_COMMANDS,
    MOUSE_COMMANDS,
    *UNDO_COMMANDS,
    *ANNOTATION_COMMANDS,
    *CLASSIFY_COMMANDS,
    CORRECT_OUTLINE,
    *(row for row in TOOL_COMMANDS if row.menu == _OUTLINE_MENU),
    *OUTLINE_COMMANDS,
    *VERDICT_COMMANDS,
    EXPORT_IMAGE,
    *COPY_COMMANDS,
    *HELP_COMMANDS,
    OPEN_SERIES,
)


_BY_ID: Final = {row.id: row for row in COMMANDS if isinstance(row, Command)}


def commands() -> tuple[Command, ...]:
    """Return the rows that do not depend on the state."""
    return tuple(_BY_ID.values())


def command_by_id(name: str) -> Command:
    """Return the row with an id.

    Raises
    ------
    KeyError
        There is none.
    """
    return _BY_ID[name]
