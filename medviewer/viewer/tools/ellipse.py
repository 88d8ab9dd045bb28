"""The tool that measures an elliptic region."""

from typing import Final

from medviewer.imaging.annotation import Point
from medviewer.translation import mark, message
from medviewer.viewer.tools.tool import Cursor, Interaction, Tool


def ends_of_axes(first: Point, last: Point) -> tuple[Point, ...]:
    """Return the ends of the axes of the ellipse in a box, longer first."""
    (x0, y0), (x1, y1) = first, last
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    across, down = ((x0, y), (x1, y)), ((x, y0), (x, y1))
    return (*across, *down) if abs(x1 - x0) >= abs(y1 - y0) else (*down, *across)


def _start() -> Interaction:
    from medviewer.viewer.tools.drawing import ShapeDrag  # not for the first picture

    return ShapeDrag("ellipse", message("region"), ends_of_axes)


ELLIPSE: Final = Tool(
    id="ellipse",
    title=mark("&Region"),
    icon="ellipse",
    key="E",
    start=_start,
    hint=message("Drag over the region: mean, spread and area of its pixels."),
    cursor=Cursor.CROSS,
)
