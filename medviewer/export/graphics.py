"""Draws the graphics and texts of a presentation state onto a picture (PS3.3 C.10.5, C.10.7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from medviewer.export import fonts
from medviewer.export.sheet import text_size, write
from medviewer.imaging.display import ViewTransform
from medviewer.imaging.frame import OVERLAY_COLOR, Color, DisplayImage, Frame
from medviewer.imaging.presentation_state import (
    DisplayedArea,
    Graphic,
    GraphicKind,
    Layer,
    Point,
    PresentationState,
    TextNote,
    Units,
    displayed_area,
    drawn_layers,
    frame_point,
    outline_points,
    view_of,
)

FILL_SHARE: Final = 0.45
LINE_SHARE: Final = 480  # of the longer side: the width of a line
LINE_HEIGHT: Final = 1.25


@dataclass(frozen=True, slots=True)
class _Placing:
    """Where the points of drawings stand in a picture."""

    stated: ViewTransform  # as the state lays the frame
    area: DisplayedArea | None
    view: ViewTransform  # as the picture shows it
    scale: float  # pixels of the picture per width of a pixel of the frame

    def __call__(self, point: Point, units: Units) -> Point:
        """Return the pixel of the picture, (x, y), 0, 0 the centre of the first one."""
        row, column = frame_point(point, units, self.stated, self.area)
        x, y = self.view.frame_to_view(row, column)
        return x * self.scale - 0.5, y * self.scale - 0.5


def draw_state(
    picture: DisplayImage, frame: Frame, state: PresentationState, view: ViewTransform
) -> DisplayImage:
    """Return a picture with what a presentation state draws on it, its overlays excepted.

    Parameters
    ----------
    picture : (rows, columns, 3) uint8
        The whole frame with square pixels, at any size.
    view : ViewTransform
        How the picture shows the frame: as `view_of` says, or turned and mirrored further by hand.

    Raises
    ------
    MissingFontError
        No font of this system can write a character of the texts.
    """
    layers = drawn_layers(frame, state)
    if not any(layer.graphics or layer.texts for layer in layers):
        return picture
    scale = picture.shape[1] / view.size[0]
    placing = _Placing(view_of(frame, state), displayed_area(frame, state), view, scale)
    canvas = Image.fromarray(np.ascontiguousarray(picture))
    for layer in layers:
        _draw_layer(canvas, layer, placing)
    return np.asarray(canvas)


def _draw_layer(canvas: Image.Image, layer: Layer, placing: _Placing) -> None:
    color = layer.color or OVERLAY_COLOR
    _fill(canvas, [graphic for graphic in layer.graphics if graphic.is_filled], placing, color)
    draw = ImageDraw.Draw(canvas)
    width = max(1, round(max(canvas.size) / LINE_SHARE))
    for graphic in layer.graphics:
        points = [placing(point, graphic.units) for point in outline_points(graphic)]
        if graphic.kind is GraphicKind.POINT:
            _cross(draw, points[0], 3 * width, width, color)
        else:
            _line(draw, points, canvas.size, width, color)
    for text in layer.texts:
        _write_text(draw, text, placing, canvas.size, color, width)


def _fill(canvas: Image.Image, graphics: Sequence[Graphic], placing: _Placing, color: Color) -> None:
    """Paint filled graphics so that what lies under them stays seen."""
    if not graphics:
        return
    inside = Image.new("L", canvas.size, 0)
    for graphic in graphics:
        points = [placing(point, graphic.units) for point in outline_points(graphic)]
        if len(points) > 2:
            ImageDraw.Draw(inside).polygon(points, fill=round(255 * FILL_SHARE))
    canvas.paste(Image.new("RGB", canvas.size, color), (0, 0), inside)


def _line(
    draw: ImageDraw.ImageDraw, points: Sequence[Point], size: tuple[int, int], width: int, color: Color
) -> None:
    """Draw what of a line lies in the picture: each pixel of a line costs time, seen or not."""
    for start, end in pairwise(points):
        seen = _clipped(start, end, (-width, -width, size[0] + width, size[1] + width))
        if seen is not None:
            draw.line(seen, fill=color, width=width)


def _clipped(start: Point, end: Point, box: tuple[float, float, float, float]) -> tuple[Point, Point] | None:
    """Return the part of a line within left, top, right, bottom; None: there is none.

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


def _cross(draw: ImageDraw.ImageDraw, at: Point, arm: float, width: int, color: Color) -> None:
    x, y = at
    draw.line(((x - arm, y), (x + arm, y)), fill=color, width=width)
    draw.line(((x, y - arm), (x, y + arm)), fill=color, width=width)


def _write_text(
    draw: ImageDraw.ImageDraw,
    text: TextNote,
    placing: _Placing,
    size: tuple[int, int],
    color: Color,
    width: int,
) -> None:
    """Write a text into its box, or beside its anchor, wholly inside the picture where it fits."""
    pixels = text_size(np.empty((size[1], size[0]), np.uint8))
    widths = [fonts.width(line, pixels) for line in text.lines]
    wide, high = max(widths), LINE_HEIGHT * pixels * len(text.lines)
    anchor = None if text.anchor is None else placing(text.anchor, text.anchor_units)
    if text.box is not None:
        corners = [placing(corner, text.box_units) for corner in text.box]
        (left, right), (top, _) = (sorted(pair) for pair in zip(*corners, strict=True))
    else:
        assert anchor is not None  # a text has one or the other
        left = right = anchor[0] + 4 * width
        top = anchor[1] + 4 * width
    share = 0.0 if text.box is None else text.justification.share_before
    start = left + share * (right - left - wide)
    start, top = max(0.0, min(start, size[0] - wide)), max(0.0, min(top, size[1] - high))
    if anchor is not None and text.is_anchor_shown:
        nearest = (min(max(anchor[0], start), start + wide), min(max(anchor[1], top), top + high))
        _line(draw, (nearest, anchor), size, width, color)
    for number, (line, length) in enumerate(zip(text.lines, widths, strict=True)):
        at = (start + share * (wide - length), top + LINE_HEIGHT * pixels * number)
        write(draw, at, line, pixels, color, outlined=True)
