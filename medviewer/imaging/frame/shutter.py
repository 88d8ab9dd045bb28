"""Display shutters: what of a picture is not to be seen (DICOM PS3.3 C.7.6.11, C.7.6.15).

A shutter is painted last, on the picture. Statistics, thresholds and classifiers still see the pixels.
"""

from dataclasses import dataclass, replace
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np

from medviewer import limits
from medviewer.imaging.frame.overlay import Color, Overlay, on_frame
from medviewer.imaging.frame.types import DisplayImage, Mask

LARGEST_P_VALUE: Final = 0xFFFF
VERTEX_RANGE: Final = 1 << 20  # pixels; farther vertices are taken as that far


@dataclass(frozen=True, slots=True)
class RectangularShutter:
    """Rows top..bottom and columns left..right are seen, from 0, the edges too."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class CircularShutter:
    """What is nearer than `radius`, in widths of a pixel, to the centre of a pixel is seen.

    The standard does not say which side the border belongs to; its published test objects hide it.
    """

    row: int
    column: int
    radius: int


@dataclass(frozen=True, slots=True)
class PolygonalShutter:
    """What lies in or on a polygon through centres of pixels, (row, column) from 0, is seen."""

    vertices: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class BitmapShutter:
    """The pixels of a mask are hidden; it lies at `origin` of the frame, as an overlay."""

    hidden: Mask
    origin: tuple[int, int] = (0, 0)


ShutterShape = RectangularShutter | CircularShutter | PolygonalShutter | BitmapShutter


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Shutter:
    """Shapes, and what is painted where one of them hides the picture.

    Parameters
    ----------
    shapes : tuple
        Only what all of them let through is seen.
    value : int
        P-value, 0 black to 65535 white.
    color : (red, green, blue) or None
        On a colour picture; None: grey as `value` says.
    """

    shapes: tuple[ShutterShape, ...]
    value: int = 0
    color: Color | None = None


_hidden: WeakKeyDictionary[Shutter, tuple[tuple[int, int, float], Mask]] = WeakKeyDictionary()


def hidden_pixels(shutter: Shutter, rows: int, columns: int, pixel_aspect: float = 1.0) -> Mask:
    """Return what of a frame a shutter hides.

    Parameters
    ----------
    pixel_aspect : float
        Height of a pixel / its width: a circle is round on the screen.

    Returns
    -------
    (rows, columns) bool
        Read-only; that of the last size is kept as long as the shutter is.

    References
    ----------
    DICOM PS3.3 C.7.6.11: several shapes are combined so that the least amount of image is seen; the radius
    is a number of pixels along the row direction.
    """
    size = (rows, columns, pixel_aspect)
    known = _hidden.get(shutter)
    if known is not None and known[0] == size:
        return known[1]
    hidden = np.zeros((rows, columns), np.bool_)
    for shape in shutter.shapes:
        hidden |= _hidden_by(shape, rows, columns, pixel_aspect)
    hidden.setflags(write=False)
    _hidden[shutter] = (size, hidden)
    return hidden


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


def _hidden_by(shape: ShutterShape, rows: int, columns: int, pixel_aspect: float) -> Mask:
    if isinstance(shape, BitmapShutter):
        return on_frame(Overlay(shape.hidden, shape.origin), rows, columns)
    if isinstance(shape, PolygonalShutter):
        return _outside_polygon(shape, rows, columns)
    if isinstance(shape, CircularShutter):
        return _outside_circle(shape, rows, columns, pixel_aspect)
    row, column = np.ogrid[:rows, :columns]
    outside_rows = (row < shape.top) | (row > shape.bottom)
    return np.asarray(outside_rows | (column < shape.left) | (column > shape.right))


def _outside_circle(shape: CircularShutter, rows: int, columns: int, pixel_aspect: float) -> Mask:
    outside = np.empty((rows, columns), np.bool_)
    across = (np.arange(columns) - shape.column) ** 2.0
    step = max(1, limits.BAND_SAMPLES // max(1, columns))  # distances take eight times as much memory
    for top in range(0, rows, step):
        down = ((np.arange(top, min(rows, top + step)) - shape.row) * pixel_aspect) ** 2
        outside[top : top + step] = down[:, None] + across >= float(shape.radius) ** 2
    return outside


def _outside_polygon(shape: PolygonalShutter, rows: int, columns: int) -> Mask:
    import cv2  # here, because every room knows Frame and the window opens without OpenCV

    inside = np.zeros((rows, columns), np.uint8)
    points = np.array([(column, row) for row, column in shape.vertices], np.int64)
    points = points.clip(-VERTEX_RANGE, VERTEX_RANGE).astype(np.int32)
    cv2.fillPoly(inside, [points], 1)
    return np.asarray(inside == 0)


def paint_shutter(image: DisplayImage, shutter: Shutter | None, pixel_aspect: float = 1.0) -> DisplayImage:
    """Return a picture with what a shutter hides painted over; the picture itself where there is none.

    Parameters
    ----------
    image : (rows, columns) or (rows, columns, 3) uint8
        At the frame's own resolution. Not changed.
    """
    if shutter is None or not shutter.shapes:
        return image
    return cover(image, shutter, hidden_pixels(shutter, image.shape[0], image.shape[1], pixel_aspect))


def cover(image: DisplayImage, shutter: Shutter, hidden: Mask) -> DisplayImage:
    """Return a copy of a picture with the hidden pixels in the colour of the shutter."""
    grey = round(shutter.value * 255 / LARGEST_P_VALUE)
    covered = image.copy()
    covered[hidden] = shutter.color if image.ndim == 3 and shutter.color is not None else grey
    return covered
