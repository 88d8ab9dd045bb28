"""Shutters on an image.

Which pixels they hide, and what is painted there (DICOM PS3.3 C.7.6.11, C.7.6.15). A shutter is painted
last. Statistics, thresholds and classifiers still see the pixels.
"""

from typing import Final
from weakref import WeakKeyDictionary

import numpy as np

from medviewer import limits
from medviewer.imaging.display.overlays import on_frame
from medviewer.imaging.frame import (
    LARGEST_P_VALUE,
    BitmapShutter,
    CircularShutter,
    DisplayImage,
    Mask,
    Overlay,
    PolygonalShutter,
    Shutter,
    ShutterShape,
)

VERTEX_RANGE: Final = 1 << 20  # pixels; farther vertices are taken as that far


_hidden: WeakKeyDictionary[Shutter, tuple[tuple[int, int, float], Mask]] = WeakKeyDictionary()


def hidden_pixels(shutter: Shutter, rows: int, columns: int, pixel_aspect: float = 1.0) -> Mask:
    """Return the mask of the pixels that a shutter hides.

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
    import cv2  # a pane without shutters is painted without OpenCV

    inside = np.zeros((rows, columns), np.uint8)
    points = np.array([(column, row) for row, column in shape.vertices], np.int64)
    points = points.clip(-VERTEX_RANGE, VERTEX_RANGE).astype(np.int32)
    cv2.fillPoly(inside, [points], 1)
    return np.asarray(inside == 0)


def paint_shutter(image: DisplayImage, shutter: Shutter | None, pixel_aspect: float = 1.0) -> DisplayImage:
    """Return an image with the pixels hidden by a shutter painted over.

    The image itself where there is none.

    Parameters
    ----------
    image : (rows, columns) or (rows, columns, 3) uint8
        At the frame's own resolution. Not changed.
    """
    if shutter is None or not shutter.shapes:
        return image
    return cover_hidden(image, shutter, hidden_pixels(shutter, image.shape[0], image.shape[1], pixel_aspect))


def cover_hidden(image: DisplayImage, shutter: Shutter, hidden: Mask) -> DisplayImage:
    """Return a copy of an image with hidden pixels in the shutter's color."""
    gray = round(shutter.value * 255 / LARGEST_P_VALUE)
    covered = image.copy()
    covered[hidden] = shutter.color if image.ndim == 3 and shutter.color is not None else gray
    return covered
