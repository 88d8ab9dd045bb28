"""Display shutters of an image, a frame or a presentation state.

See PS3.3 C.7.6.11, C.7.6.15, C.7.6.16.2.16.
"""

from collections.abc import Sequence
from typing import Final

from medviewer import limits
from medviewer.dicom.header import Header
from medviewer.imaging.frame import (
    LARGEST_P_VALUE,
    BitmapShutter,
    CircularShutter,
    Color,
    Overlay,
    PolygonalShutter,
    RectangularShutter,
    Shutter,
    ShutterShape,
    cielab_to_rgb,
)
from medviewer.translation import Message, message

EDGES: Final = (
    "ShutterUpperHorizontalEdge",
    "ShutterLowerHorizontalEdge",
    "ShutterLeftVerticalEdge",
    "ShutterRightVerticalEdge",
)
FARTHEST: Final = 1 << 30  # rows and columns: farther ones are taken as that far
BAD_SHUTTER: Final = message("The file holds a shutter that makes no sense; it was left out.")


def read_shutter(
    group: Header, overlays: Sequence[Overlay] = (), size: tuple[int, int] | None = None
) -> tuple[Shutter | None, list[Message]]:
    """Return the shutter of a header or functional group.

    None where there is none, and warnings. A shape that makes no sense is left out, so that it hides
    nothing; one that would hide the whole image makes none.

    Parameters
    ----------
    overlays : sequence of Overlay
        Those that a bitmap shutter may name by their group.
    size : (rows, columns), optional
        Of the image.
    """
    shapes: list[ShutterShape] = []
    warnings: list[Message] = []
    for name in dict.fromkeys(name.upper() for name in group.texts("ShutterShape")):
        shape = _shape(name, group, overlays)
        if shape is None or not _shows_some(shape, size):
            warnings = [BAD_SHUTTER]
        else:
            shapes.append(shape)
    if not shapes:
        return None, warnings
    value = group.integer("ShutterPresentationValue") or 0
    color = color_of(group, "ShutterPresentationColorCIELabValue")
    return Shutter(tuple(shapes), min(max(value, 0), LARGEST_P_VALUE), color), warnings


def bitmap_group(dataset: Header) -> int | None:
    """Return the group of the overlay that is a bitmap shutter.

    None: there is none.
    """
    return dataset.integer("ShutterOverlayGroup") if "BITMAP" in dataset.texts("ShutterShape") else None


def color_of(header: Header, keyword: str) -> Color | None:
    """Return a color that is stored as CIELab; None where there is none."""
    encoded = header.words(keyword)
    return cielab_to_rgb((encoded[0], encoded[1], encoded[2])) if len(encoded) == 3 else None


def _shape(name: str, group: Header, overlays: Sequence[Overlay]) -> ShutterShape | None:
    if name == "RECTANGULAR":
        edges = [group.integer(keyword) for keyword in EDGES]
        top, bottom, left, right = (0 if edge is None else edge - 1 for edge in edges)
        return None if None in edges else RectangularShutter(top, bottom, left, right)
    if name == "CIRCULAR":
        center, radius = _integers(group, "CenterOfCircularShutter"), group.integer("RadiusOfCircularShutter")
        if len(center) != 2 or radius is None or radius < 0:
            return None
        return CircularShutter(center[0] - 1, center[1] - 1, radius)
    if name == "POLYGONAL":
        numbers = _integers(group, "VerticesOfThePolygonalShutter")
        if not 6 <= len(numbers) <= 2 * limits.SHUTTER_VERTICES or len(numbers) % 2:
            return None
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        return PolygonalShutter(tuple((row - 1, column - 1) for row, column in pairs))
    if name == "BITMAP":
        wanted = group.integer("ShutterOverlayGroup")
        named = [overlay for overlay in overlays if overlay.group == wanted]
        return BitmapShutter(named[0].mask, named[0].origin) if named else None
    return None


def _shows_some(shape: ShutterShape, size: tuple[int, int] | None) -> bool:
    """Return whether a shape lets any part of an image through.

    Parameters
    ----------
    size : (rows, columns) or None
        None: of an image of any size.
    """
    if isinstance(shape, BitmapShutter):
        return True
    if isinstance(shape, CircularShutter):
        top, bottom = shape.row - shape.radius + 1, shape.row + shape.radius - 1
        left, right = shape.column - shape.radius + 1, shape.column + shape.radius - 1
    elif isinstance(shape, RectangularShutter):
        top, bottom, left, right = shape.top, shape.bottom, shape.left, shape.right
    else:
        rows, columns = zip(*shape.vertices, strict=True)
        top, bottom, left, right = min(rows), max(rows), min(columns), max(columns)
    if size is None:
        return top <= bottom and left <= right
    return max(top, 0) <= min(bottom, size[0] - 1) and max(left, 0) <= min(right, size[1] - 1)


def _integers(group: Header, keyword: str) -> list[int]:
    return [round(min(max(number, -FARTHEST), FARTHEST)) for number in group.numbers(keyword)]
