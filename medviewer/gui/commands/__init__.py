"""Menus, tool bar and shortcuts."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.commands.context_menu import (
        image_menu,
        series_here_menu,
        stack_menu,
        strip_menu,
        title_menu,
    )
    from medviewer.gui.commands.menus import CommandBar
    from medviewer.gui.commands.tool_bar import ToolBar

__getattr__ = lazy_names(
    __name__,
    {
        "context_menu": "image_menu series_here_menu stack_menu strip_menu title_menu",
        "menus": "CommandBar",
        "tool_bar": "ToolBar",
    },
)
