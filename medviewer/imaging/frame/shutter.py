"""Display shutters: what of an image is not to be seen (DICOM PS3.3 C.7.6.11, C.7.6.15).

A shutter is painted last, on the image. Statistics, thresholds and classifiers still see the pixels.
"""

from dataclasses import dataclass, replace
from typing import Final

from medviewer.imaging.frame.overlay import Color
from medviewer.imaging.frame.types import Mask

LARGEST_P_VALUE: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class RectangularShutter:
    """Rows top..bottom and columns left..right are seen, from 0, the edges too."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class CircularShutter:
    """What is nearer than `radius`, in widths of a pixel, to the center of a pixel is seen.

    The standard does not say which side the border belongs to; its published test objects hide it.
    """

    row: int
    column: int
    radius: int


@dataclass(frozen=True, slots=True)
class PolygonalShutter:
    """What lies in or on a polygon through centers of pixels, (row, column) from 0, is seen."""

    vertices: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class BitmapShutter:
    """The pixels of a mask are hidden; it lies at `origin` of the frame, as an overlay."""

    hidden: Mask
    origin: tuple[int, int] = (0, 0)


ShutterShape = RectangularShutter | CircularShutter | PolygonalShutter | BitmapShutter


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Shutter:
    """Shapes, and what is painted where one of them hides the image.

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


def moved(shutter: Shutter, rows: int, columns: int) -> Shutter:
    """Return a shutter that lies so many rows lower and columns to the right."""
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
