"""The tools that draw annotations."""

from collections.abc import Callable
from typing import Final

from medviewer.imaging.annotation import Point
from medviewer.translation import Message, mark, message
from medviewer.viewer.tools.tool import Cursor, Interaction, Tool

COBB: Final = "Cobb"


def ends_of_axes(first: Point, last: Point) -> tuple[Point, ...]:
    """Return the ends of the axes of the ellipse in a box, longer first."""
    (x0, y0), (x1, y1) = first, last
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    across, down = ((x0, y), (x1, y)), ((x, y0), (x, y1))
    return (*across, *down) if abs(x1 - x0) >= abs(y1 - y0) else (*down, *across)


def corners(first: Point, last: Point) -> tuple[Point, ...]:
    """Return the corners of a box, in turn."""
    (x0, y0), (x1, y1) = first, last
    return first, (x1, y0), last, (x0, y1)


def _shape(kind: str, name: Message, shape: Callable[[Point, Point], tuple[Point, ...]]) -> Interaction:
    from medviewer.viewer.tools.drawing import ShapeDrag  # not for the first picture

    return ShapeDrag(kind, name, shape)


def _points(kind: str, name: Message, count: int, begins: tuple[int, ...] = (0,)) -> Interaction:
    from medviewer.viewer.tools.drawing import PointsDrawing

    return PointsDrawing(kind, name, count, begins)


def _freehand() -> Interaction:
    from medviewer.viewer.tools.drawing import FreehandDrag

    return FreehandDrag()


def _point() -> Interaction:
    from medviewer.viewer.tools.drawing import PointClick

    return PointClick()


def _text() -> Interaction:
    from medviewer.viewer.tools.drawing import TextClick

    return TextClick()


def _range(*, through: bool) -> Interaction:
    from medviewer.viewer.tools.range_click import RangeClick

    return RangeClick(through=through)


def _tool(
    name: str, draws: str, title: str, icon: str, key: str, start: Callable[[], Interaction], hint: Message
) -> Tool:
    return Tool(
        id=name, title=title, icon=icon, key=key, start=start, hint=hint, cursor=Cursor.CROSS, draws=draws
    )


MEASURING_TOOLS: Final = (
    _tool(
        "length",
        "length",
        mark("&Length"),
        "ruler",
        "D",
        lambda: _shape("length", message("length"), lambda first, last: (first, last)),
        message("Drag from one end to the other."),
    ),
    _tool(
        "angle",
        "angle",
        mark("&Angle"),
        "angle",
        "A",
        lambda: _points("angle", message("angle"), 3),
        message("Drag to the vertex, then click or drag for the other arm."),
    ),
    _tool(
        "cobb",
        COBB,
        mark("&Cobb angle"),
        "triangle-right",
        "Alt+A",
        lambda: _points(COBB, message("Cobb angle"), 4, (0, 2)),
        message("Drag along one end plate, then along the other."),
    ),
    _tool(
        "ellipse",
        "ellipse",
        mark("&Ellipse"),
        "ellipse",
        "",
        lambda: _shape("ellipse", message("region"), ends_of_axes),
        message("Drag over the region: mean, spread and area of its pixels."),
    ),
    _tool(
        "rectangle",
        "rectangle",
        mark("Rec&tangle"),
        "square",
        "",
        lambda: _shape("rectangle", message("region"), corners),
        message("Drag from corner to corner: mean, spread and area of its pixels."),
    ),
    _tool(
        "polygon",
        "polygon",
        mark("&Polygon"),
        "pentagon",
        "",
        lambda: _points("polygon", message("region"), 0),
        message("Click the corners; a double click, Enter or the first corner closes it."),
    ),
    _tool(
        "freehand",
        "freehand",
        mark("&Freehand"),
        "lasso",
        "",
        _freehand,
        message("Drag around the region; letting go closes it."),
    ),
    _tool(
        "range_region",
        "range",
        mark("Region of the ran&ge"),
        "wand",
        "Ctrl+Shift+V",
        lambda: _range(through=False),
        message(
            "Click into it: what is joined to that pixel on this slice within the range of the threshold."
        ),
    ),
    _tool(
        "range_volume",
        "range",
        mark("&Volume of the range"),
        "box",
        "Shift+V",
        lambda: _range(through=True),
        message("Click into it: what is joined to that pixel through the stack within the range, in ml."),
    ),
    _tool(
        "point",
        "point",
        mark("Poi&nt"),
        "pipette",
        "Shift+E",
        _point,
        message("Click on a pixel: its value stays on the picture."),
    ),
    _tool(
        "arrow",
        "arrow",
        mark("Arro&w"),
        "move-up-right",
        "Y",
        lambda: _shape("arrow", message("arrow"), lambda first, last: (last, first)),
        message("Drag away from the place that it points to."),
    ),
    _tool(
        "text",
        "text",
        mark("Te&xt"),
        "type",
        "X",
        _text,
        message("Click where the text is to stand."),
    ),
)
"""In the order of the menu."""

REGION_TOOLS: Final = ("ellipse", "rectangle", "polygon", "freehand")
"""One key goes through them."""
