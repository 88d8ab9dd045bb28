"""The TOOLS table, in the order of the menus."""

from typing import Final

from medviewer.viewer.tools.locate import LOCATE
from medviewer.viewer.tools.measuring import MEASURING_TOOLS
from medviewer.viewer.tools.outlining import ADD, CUT
from medviewer.viewer.tools.pan import PAN
from medviewer.viewer.tools.scroll import SCROLL
from medviewer.viewer.tools.tool import Tool
from medviewer.viewer.tools.window import WINDOW
from medviewer.viewer.tools.zoom import ZOOM

TOOLS: Final[dict[str, Tool]] = {
    tool.id: tool for tool in (WINDOW, ZOOM, PAN, SCROLL, LOCATE, *MEASURING_TOOLS, ADD, CUT)
}
"""By id."""
