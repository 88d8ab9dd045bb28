"""Display shutters, which hide parts of an image.

See DICOM PS3.3 C.7.6.11, C.7.6.15. A shutter is painted last, on the image. Statistics, thresholds and
classifiers still see the pixels.
"""

from dataclasses import dataclass, replace
from typing import Final

from medviewer.imaging.frame.overlay import Color
from medviewer.imaging.frame.types import Mask

LARGEST_P_VALUE: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class RectangularShutter:
    """Rows top..bottom and columns left..right are visible, edges included.

    They count from 0.
    """

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class CircularShutter:
    """Pixels nearer to the center than `radius` pixel widths are visible.

    The standard does not say which side the border belongs to; its published test objects hide it.
    """

    row: int
    column: int
    radius: int


@dataclass(frozen=True, slots=True)
class PolygonalShutter:
    """Pixels in or on a polygon through pixel centers are visible.

    (row, column) from 0.
    """

    vertices: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class BitmapShutter:
    """The pixels of a mask are hidden.

    It lies at `origin` of the frame, as an overlay.
    """

    hidden: Mask
    origin: tuple[int, int] = (0, 0)


ShutterShape = RectangularShutter | CircularShutter | PolygonalShutter | BitmapShutter


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Shutter:
    """Visible shapes, and the color of the hidden rest.

    Parameters
    ----------
    shapes : tuple
        Only what all of them let through is seen.
    value : int
        P-value, 0 black to 65535 white.
    color : (red, green, blue) or None
        On a color image; None: gray as `value` says.
    """

    shapes: tuple[ShutterShape, ...]
    value: int = 0
    color: Color | None = None


def moved_shutter(shutter: Shutter, rows: int, columns: int) -> Shutter:
    """Return a shutter moved by rows and columns."""
    return replace(shutter, shapes=tuple(_moved(shape, rows, columns) for shape in shutter.shapes))


def _moved(shape: ShutterShape, rows: int, columns: int) -> ShutterShape:
    if rows == columns == 0:
        return shape
    if isinstance(shape, RectangularShutter):
        return RectangularShutter(
            shape.top + rows, shape.bottom + rows, shape.left + columns, shape.right + columns
        )
    if isinstance(shape, CircularShutter):
        return replace(shape, row=shape.row + rows, column=shape.column + columns)
    if isinstance(shape, PolygonalShutter):
        return PolygonalShutter(tuple((row + rows, column + columns) for row, column in shape.vertices))
    return replace(shape, origin=(shape.origin[0] + rows, shape.origin[1] + columns))
