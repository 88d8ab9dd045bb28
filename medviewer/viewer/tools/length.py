"""The tool that measures a length."""

from typing import Final

from medviewer.translation import mark, message
from medviewer.viewer.tools.tool import Cursor, Interaction, Tool


def _start() -> Interaction:
    from medviewer.viewer.tools.drawing import ShapeDrag  # not for the first picture

    return ShapeDrag("length", message("length"), lambda first, last: (first, last))


LENGTH: Final = Tool(
    id="length",
    title=mark("&Length"),
    icon="ruler",
    key="D",
    start=_start,
    hint=message("Drag from one end to the other."),
    cursor=Cursor.CROSS,
)
