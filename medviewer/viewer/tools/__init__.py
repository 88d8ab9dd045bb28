"""The table of mouse tools.

Each tool is a row and a file.
"""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.tools.grab import grip_at
    from medviewer.viewer.tools.locate import LOCATE
    from medviewer.viewer.tools.measuring import REGION_TOOLS
    from medviewer.viewer.tools.mouse_scheme import MOUSE_SCHEMES, mouse_text, take_mouse_scheme
    from medviewer.viewer.tools.outlining import OUTLINE_TOOLS
    from medviewer.viewer.tools.table import TOOLS
    from medviewer.viewer.tools.tool import Cursor, Interaction, Pointer, Tool
    from medviewer.viewer.tools.wipe import WipeDrag, wipe_place

__getattr__ = lazy_names(
    __name__,
    {
        "grab": "grip_at",
        "locate": "LOCATE",
        "measuring": "REGION_TOOLS",
        "mouse_scheme": "MOUSE_SCHEMES mouse_text take_mouse_scheme",
        "outlining": "OUTLINE_TOOLS",
        "table": "TOOLS",
        "tool": "Cursor Interaction Pointer Tool",
        "wipe": "WipeDrag wipe_place",
    },
)
