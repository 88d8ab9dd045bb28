"""Painting of graphics over an exported image, sized to the image."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from medviewer.export import fonts
from medviewer.export.sheet import text_size, write
from medviewer.imaging.annotation import Point, Primitive
from medviewer.imaging.display import ViewTransform
from medviewer.imaging.frame import Color, DisplayImage
from medviewer.viewer.render import Bounds, Brightness, Fill, Pen, Stroke, TextLine, lay_out

LINE_SHARE: Final = 480  # of the longer side: the width of a line
LINE_HEIGHT: Final = 1.25  # in heights of letters
CROSS_LINES: Final = 3  # widths of a line: the arm of a cross
HEAD_LINES: Final = 7  # and the side of an arrow's head


def draw_graphics(
    image: DisplayImage, primitives: Sequence[Primitive], view: ViewTransform, *, part: Bounds | None = None
) -> DisplayImage:
    """Return an image with graphics over it.

    Parameters
    ----------
    image : (rows, columns, 3) uint8
        The frame with square pixels, or a part of it, at any size.
    primitives : sequence of Primitive
        In the view, as `graphics_on` gives them.
    view : ViewTransform
        How the frame is seen.
    part : (left, top, right, bottom), optional
        Of the view: what the image shows of it; None: all.

    Raises
    ------
    MissingFontError
        No font of this system can write a character of the texts.
    """
    if not primitives:
        return image
    rows, columns = image.shape[:2]
    width = max(1, round(max(rows, columns) / LINE_SHARE))
    left, top, right, _ = part or (0.0, 0.0, *view.size)
    scale = columns / (right - left)
    pixels = text_size(image)
    pen = Pen(
        line=width,
        cross=CROSS_LINES * width,
        head=HEAD_LINES * width,
        line_height=LINE_HEIGHT * pixels,
        text_width=partial(fonts.width, size=pixels),
    )
    canvas = np.array(image)
    area = (0.0, 0.0, float(columns), float(rows))
    brightness = Brightness(image, area)
    for mark in lay_out(
        primitives,
        lambda point: ((point[0] - left) * scale, (point[1] - top) * scale),
        area,
        pen,
        brightness=brightness,
    ):
        if isinstance(mark, Stroke):
            _stroke(canvas, mark, width)
        elif isinstance(mark, Fill):
            _fill(canvas, mark)
        else:
            _write(canvas, mark, pixels)
    return canvas


def _fill(canvas: DisplayImage, fill: Fill) -> None:
    """Paint a half-transparent area."""
    across, down = ([point[axis] for point in fill.points] for axis in (0, 1))

    def paint(part: Image.Image, left: int, top: int) -> None:
        inside = Image.new("L", part.size, 0)
        corners = [(round(x - left - 0.5), round(y - top - 0.5)) for x, y in fill.points]
        ImageDraw.Draw(inside).polygon(corners, fill=round(255 * fill.opacity))
        part.paste(Image.new("RGB", part.size, fill.color), (0, 0), inside)

    _change_part(canvas, (min(across), min(down), max(across), max(down)), paint)


def _write(canvas: DisplayImage, line: TextLine, pixels: int) -> None:
    x, y = line.corner
    room = (x - pixels, y - pixels, x + fonts.width(line.text, pixels) + pixels, y + 3 * pixels)

    def paint(part: Image.Image, left: int, top: int) -> None:
        write(ImageDraw.Draw(part), (x - left, y - top), line.text, pixels, line.color, outlined=True)

    _change_part(canvas, room, paint)


def _change_part(canvas: DisplayImage, box: Bounds, paint: Callable[[Image.Image, int, int], None]) -> None:
    """Paint on a part of an image with Pillow.

    A copy of all of a large one for each text takes long.

    Parameters
    ----------
    paint : callable
        (part, left, top) -> None
    """
    left, top = max(0, math.floor(box[0]) - 1), max(0, math.floor(box[1]) - 1)
    right, bottom = min(canvas.shape[1], math.ceil(box[2]) + 2), min(canvas.shape[0], math.ceil(box[3]) + 2)
    if left < right and top < bottom:
        part = Image.fromarray(np.ascontiguousarray(canvas[top:bottom, left:right]))
        paint(part, left, top)
        canvas[top:bottom, left:right] = np.asarray(part)


def _stroke(canvas: DisplayImage, stroke: Stroke, width: int) -> None:
    """Paint the part of a line that lies in the image.

    Each pixel of a line costs time, seen or not.
    """
    rows, columns = canvas.shape[:2]
    for start, end in pairwise(stroke.points):
        seen = _clipped(start, end, (-2 * width, -2 * width, columns + 2 * width, rows + 2 * width))
        if seen is not None:
            _segment(canvas, *seen, width, stroke.color)


def _segment(canvas: DisplayImage, start: Point, end: Point, width: int, color: Color) -> None:
    """Paint the pixels with centers within half the width of a line.

    Pillow's own lines begin and end on whole pixels, cut off, and go up to one pixel beside their place.
    A line has square ends, as those on the screen. One that is a pixel wide is one pixel wide everywhere.
    """
    (x, y), (end_x, end_y) = start, end
    if abs(end_y - y) > abs(end_x - x):  # steep: rows and columns change places
        _flat_segment(canvas.swapaxes(0, 1), (y, x), (end_y, end_x), width, color)
    else:
        _flat_segment(canvas, start, end, width, color)


def _flat_segment(canvas: DisplayImage, start: Point, end: Point, width: int, color: Color) -> None:
    (x, y), (end_x, end_y) = sorted((start, end))
    length = math.hypot(end_x - x, end_y - y)
    across, down = ((end_x - x) / length, (end_y - y) / length) if length else (1.0, 0.0)
    slope = down / across
    reach = width / 2 * (abs(across) + abs(down))  # beyond the ends, along the columns
    half = 0.5 if width == 1 else width / 2 / across  # above and below, along the rows
    first, last = math.ceil(x - reach - 0.5), math.ceil(end_x + reach - 0.5)
    columns = np.arange(max(first, 0), min(last, canvas.shape[1]))
    middle = y + (columns + 0.5 - x) * slope
    rows = np.ceil(middle - half - 0.5).astype(int)[:, None] + np.arange(math.ceil(2 * half) + 1)
    along = (columns[:, None] + 0.5 - x) * across + (rows + 0.5 - y) * down
    is_painted = (rows + 0.5 < middle[:, None] + half) & (rows >= 0) & (rows < canvas.shape[0])
    is_painted &= (along >= -width / 2) & (along < length + width / 2)
    canvas[rows[is_painted], np.broadcast_to(columns[:, None], rows.shape)[is_painted]] = color


def _clipped(start: Point, end: Point, box: tuple[float, float, float, float]) -> tuple[Point, Point] | None:
    """Return the part of a line within left, top, right, bottom.

    None: there is none.

    References
    ----------
    Y.-D. Liang and B. A. Barsky, A new concept and method for line clipping, ACM TOG 3(1), 1984.
    """
    across, down = end[0] - start[0], end[1] - start[1]
    first, last = 0.0, 1.0
    for step, room in (
        (-across, start[0] - box[0]),
        (across, box[2] - start[0]),
        (-down, start[1] - box[1]),
        (down, box[3] - start[1]),
    ):
        if step == 0:
            if room < 0:
                return None
        elif step < 0:
            first = max(first, room / step)
        else:
            last = min(last, room / step)
    if first > last:
        return None
    clipped_start = start if first == 0 else (start[0] + first * across, start[1] + first * down)
    return clipped_start, end if last == 1 else (start[0] + last * across, start[1] + last * down)
