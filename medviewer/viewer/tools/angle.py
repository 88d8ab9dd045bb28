"""The tool that measures an angle: one drag for each of its arms."""

from typing import Final

from medviewer.translation import mark, message
from medviewer.viewer.tools.tool import Cursor, Interaction, Tool


def _start() -> Interaction:
    from medviewer.viewer.tools.drawing import AngleDrag  # not for the first picture

    return AngleDrag()


ANGLE: Final = Tool(
    id="angle",
    title=mark("&Angle"),
    icon="angle",
    key="A",
    start=_start,
    hint=message("Drag to the vertex, then click or drag for the other arm."),
    cursor=Cursor.CROSS,
)
