"""The table of commands.

Menus, tool bar, shortcuts and their help are made from it.
"""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.commands.command import (
        HELP,
        MENUS,
        Command,
        CommandList,
        Unavailable,
        verbatim,
    )
    from medviewer.viewer.commands.context_menus import (
        BESIDE_DRAWING,
        DRAWING_MENU,
        IMAGE_MENU,
        SERIES_HERE,
        STRIP_MENU,
        TITLE_MENU,
    )
    from medviewer.viewer.commands.images.cine import DIRECTIONS, played_part
    from medviewer.viewer.commands.images.classification import can_be_overridden, question_here
    from medviewer.viewer.commands.images.models import (
        chosen_model,
        keep_one_in,
        model_title,
        no_model,
        offer_models_anew,
        one_in_of,
    )
    from medviewer.viewer.commands.panes.compare import swap_panes, turn_parted
    from medviewer.viewer.commands.panes.go_to import (
        series_here_commands,
        series_menu,
        show_series,
        slice_commands,
    )
    from medviewer.viewer.commands.panes.layout import toggle_maximized
    from medviewer.viewer.commands.panes.view import SEARCH, THEMES, step_back
    from medviewer.viewer.commands.reasons import none_stated
    from medviewer.viewer.commands.studies.session import RESTORING, go_on_restoring, restore_session
    from medviewer.viewer.commands.studies.text_encoding import show_again
    from medviewer.viewer.commands.table import COMMANDS, command_by_id, commands
    from medviewer.viewer.commands.tool_bar import FIND, SIDES, TOOL_BAR, ToolMenu

__getattr__ = lazy_names(
    __name__,
    {
        "images.classification": "can_be_overridden question_here",
        "images.models": "chosen_model keep_one_in model_title no_model offer_models_anew one_in_of",
        "command": "Command CommandList HELP MENUS Unavailable verbatim",
        "panes.compare": "swap_panes turn_parted",
        "panes.go_to": "series_here_commands series_menu show_series slice_commands",
        "context_menus": "BESIDE_DRAWING DRAWING_MENU IMAGE_MENU SERIES_HERE STRIP_MENU TITLE_MENU",
        "panes.layout": "toggle_maximized",
        "reasons": "none_stated",
        "studies.session": "RESTORING go_on_restoring restore_session",
        "images.cine": "DIRECTIONS played_part",
        "table": "COMMANDS command_by_id commands",
        "studies.text_encoding": "show_again",
        "tool_bar": "FIND SIDES TOOL_BAR ToolMenu",
        "panes.view": "SEARCH THEMES step_back",
    },
)
