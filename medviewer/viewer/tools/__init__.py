"""The table of mouse tools.

Each tool is a row and a file.
"""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.tools.pan import PAN
    from medviewer.viewer.tools.table import TOOLS
    from medviewer.viewer.tools.tool import Cursor, Interaction, Pointer, Tool
    from medviewer.viewer.tools.window import WINDOW

__getattr__ = lazy_names(
    __name__,
    {
        "pan": "PAN",
        "table": "TOOLS",
        "tool": "Cursor Interaction Pointer Tool",
        "window": "WINDOW",
    },
)
