"""The tools that correct a model's outline."""

from typing import Final

from medviewer.translation import mark, message
from medviewer.viewer.tools.tool import Cursor, Interaction, Tool

OUTLINED: Final = "outline"


def _stroke(*, adds: bool) -> Interaction:
    from medviewer.viewer.tools.brush_stroke import BrushStroke  # not for the first picture

    return BrushStroke(adds=adds)


ADD: Final = Tool(
    id="outline_add",
    title=mark("&Add to the outline"),
    icon="plus",
    key="Alt+B",
    start=lambda: _stroke(adds=True),
    cursor=Cursor.CROSS,
    draws=OUTLINED,
    hint=message("Brush over what belongs to it. Shift and the wheel change the brush."),
)

CUT: Final = Tool(
    id="outline_cut",
    title=mark("&Cut from the outline"),
    icon="minus",
    key="Alt+X",
    start=lambda: _stroke(adds=False),
    cursor=Cursor.CROSS,
    draws=OUTLINED,
    hint=message("Brush over what does not belong to it. Shift and the wheel change the brush."),
)

OUTLINE_TOOLS: Final = (ADD.id, CUT.id)
