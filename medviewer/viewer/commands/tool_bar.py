"""The TOOL_BAR table: commands and menus that have a button."""

from dataclasses import dataclass
from typing import Final

from medviewer.translation import mark
from medviewer.viewer.commands.command import FILE, LAYOUT, RECENT, SAMPLE, VIEW


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolMenu:
    """A button that opens a menu.

    Parameters
    ----------
    title : str
        Marked for translation.
    icon : str
        The name of a file in resources/icons/lucide.
    entries : tuple of str
        Ids of commands, and paths of menus, which become sub-menus; one path alone is the menu itself.
    """

    id: str
    title: str
    icon: str
    entries: tuple[str, ...]


OPEN: Final = ToolMenu(
    id="open",
    title=mark("Open"),
    icon="folder-open",
    entries=("file.open_folder", "file.open_files", f"{FILE}/{RECENT}", f"{FILE}/{SAMPLE}"),
)
LAYOUTS_MENU: Final = ToolMenu(
    id="layout", title=mark("Layout"), icon="layout-panel-left", entries=(f"{VIEW}/{LAYOUT}",)
)

TOOL_BAR: Final[tuple[tuple[str | ToolMenu, ...], ...]] = (
    (OPEN,),
    ("tools.window", "tools.zoom", "tools.pan", "tools.scroll", "tools.locate"),
    ("tools.length", "tools.angle", "tools.region", "tools.arrow", "tools.text"),
    (LAYOUTS_MENU, "view.link"),
    ("classify.slice",),
    ("export.picture",),
)
"""Ids of commands and menus, in groups; each command has a `short` word and an icon."""

FIND: Final = "help.palette"
SIDES: Final = ("view.browser", "view.dock")
"""At the right end: the field that opens the palette, and switches of the sides, without words."""
