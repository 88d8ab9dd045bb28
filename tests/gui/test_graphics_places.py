"""Graphics stand on the same place of the image in the pane and in the export, however it is turned."""

import math
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from medviewer.export.graphics import draw_graphics
from medviewer.gui.image_view import graphics_item
from medviewer.gui.image_view.view import PaneView
from medviewer.imaging.annotation.annotation import Point
from medviewer.imaging.annotation.primitives import (
    Arrow,
    Cross,
    Ellipse,
    Label,
    Polygon,
    Polyline,
    Primitive,
    carried,
)
from medviewer.imaging.display.transform import ViewTransform
from medviewer.viewer.render.graphics import Pen, Stroke, lay_out, to_view
from medviewer.viewer.render.pyramid import Zoom

ROWS, COLUMNS, ASPECT = 60, 80, 1.5  # seen as 80 x 90 pixels
RED = (255, 0, 0)

PRIMITIVES: dict[str, Primitive] = {
    "line along a row": Polyline(((20.3, 30.7), (60.9, 30.7)), RED),
    "line along a column": Polyline(((33.4, 11.2), (33.4, 47.9)), RED),
    "slanted line": Polyline(((11.1, 9.3), (58.6, 41.8)), RED),
    "bent line": Polyline(((11.1, 9.3), (58.6, 12.8), (40.2, 50.5)), RED),
    "measuring line": Polyline(((11.1, 9.3), (58.6, 41.8)), RED, has_end_marks=True),
    "polygon": Polygon(((20.2, 15.1), (60.6, 18.3), (41.7, 44.4)), RED),
    "filled polygon": Polygon(((20.2, 15.1), (60.6, 18.3), (41.7, 44.4)), RED, is_filled=True),
    "ellipse": Ellipse((40.3, 30.2), (62.8, 34.1), (36.1, 45.9), RED),
    "cross": Cross((31.6, 22.3), RED),
    "arrow": Arrow((15.2, 12.4), (55.8, 40.1), RED),
    "leader": Label((" ",), RED, ((20.0, 15.0), (20.0, 15.0)), (60.3, 45.7), has_leader=True),
}


@pytest.fixture
def view(qtbot: QtBot) -> PaneView:
    host = QWidget()
    qtbot.addWidget(host)
    view = PaneView(parent=host)
    view.host = host
    host.resize(500, 500)
    view.resize(500, 500)
    host.show()
    return view


def on_screen(view: PaneView, primitive: Primitive, seen: ViewTransform, scale: float) -> np.ndarray:
    """Return how much of each pixel of the image is red on the screen."""
    width, height = seen.size
    view.set_extent(seen.size)
    view.show_image(np.zeros((8, 8), np.uint8), (0.0, 0.0, width, height))
    view.look_at(Zoom(scale, (width / 2, height / 2)))
    view.show_graphics([carried(primitive, to_view(seen))])
    image = view.viewport().grab().toImage()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    left, top = (round(-corner * scale) for corner in view.seen[:2])
    return pixels[top : top + round(height * scale), left : left + round(width * scale), 2].astype(float)


def in_export(primitive: Primitive, seen: ViewTransform, scale: float) -> np.ndarray:
    width, height = seen.size
    black = np.zeros((round(height * scale), round(width * scale), 3), np.uint8)
    return draw_graphics(black, [carried(primitive, to_view(seen))], seen)[..., 0].astype(float)


def lines_of(primitive: Primitive, seen: ViewTransform, scale: float) -> list[tuple[Point, Point]]:
    """Return the straight lines that are to be drawn."""
    if isinstance(primitive, Ellipse | Cross):
        return []
    pen = Pen(1, 3, 7, 10, lambda _text: 5.0)
    area = (0.0, 0.0, seen.size[0] * scale, seen.size[1] * scale)
    in_view = carried(primitive, to_view(seen))
    marks = lay_out([in_view], lambda point: (point[0] * scale, point[1] * scale), area, pen)
    shaft = [mark.points for mark in marks if isinstance(mark, Stroke)][:1]  # the head of an arrow is short
    return [] if isinstance(primitive, Label) else [line for points in shaft for line in pairwise(points)]


def middle(ink: np.ndarray) -> tuple[float, float]:
    """Return the center of gravity of a drawing, (x, y)."""
    rows, columns = np.mgrid[: ink.shape[0], : ink.shape[1]] + 0.5
    return float((columns * ink).sum() / ink.sum()), float((rows * ink).sum() / ink.sum())


def beside(ink: np.ndarray, start: Point, end: Point) -> float:
    """Return the mean distance of a drawn line from its own middle."""
    rows, columns = np.mgrid[: ink.shape[0], : ink.shape[1]] + 0.5
    length = math.dist(start, end)
    across, down = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    along = (columns - start[0]) * across + (rows - start[1]) * down
    apart = (rows - start[1]) * across - (columns - start[0]) * down
    near = ink * ((along > 0.3 * length) & (along < 0.7 * length) & (np.abs(apart) < 3))
    return float((near * apart).sum() / near.sum())


def extent(ink: np.ndarray) -> np.ndarray:
    rows, columns = np.nonzero(ink > 0.4 * ink.max())
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])


@pytest.mark.parametrize("scale", [1.0, 2.5, 4.0])
@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("turns", range(4))
def test_screen_and_export_draw_on_one_place(
    view: PaneView, monkeypatch: pytest.MonkeyPatch, turns: int, flipped: bool, scale: float
) -> None:
    monkeypatch.setattr(graphics_item, "HEAD_PX", 7.0)  # of the size that the export has here
    seen = ViewTransform(ROWS, COLUMNS, ASPECT, turns, flipped)
    for name, primitive in PRIMITIVES.items():
        screen, export = on_screen(view, primitive, seen, scale), in_export(primitive, seen, scale)
        assert screen.shape == export.shape
        if name == "filled polygon":  # its line is told from what it encloses
            assert middle(export) == pytest.approx(middle(screen), abs=0.5), name
            screen, export = (np.where(ink > 0.6 * ink.max(), ink, 0) for ink in (screen, export))
        if name in ("ellipse", "cross"):
            assert middle(export) == pytest.approx(middle(screen), abs=0.5), name
        for start, end in lines_of(primitive, seen, scale):
            places = [beside(ink, start, end) for ink in (screen, export)]
            assert max(np.abs([*places, places[0] - places[1]])) <= 0.5, name
        if name == "leader":  # its other end depends on how high letters are
            x, y = (scale * place for place in to_view(seen)((60.3, 45.7)))
            for ink in (screen, export):
                assert ink[round(y) - 1 : round(y) + 1, round(x) - 1 : round(x) + 1].max() > 100
        elif name not in ("cross", "measuring line"):  # of which arms have another length
            assert np.abs(extent(export) - extent(screen)).max() <= 1, name


def test_the_places_are_those_of_the_image(view: PaneView) -> None:
    """A line through the centers of pixels of the frame lies on them, on the screen as in the export."""
    for turns in range(4):
        for flipped in (False, True):
            seen = ViewTransform(ROWS, COLUMNS, ASPECT, turns, flipped)
            line = Polyline(((30.5, 20.5), (30.5, 40.5)), RED)  # column 30, rows 20 to 40
            x, y = seen.frame_to_view(30, 30)
            for ink in (on_screen(view, line, seen, 4.0), in_export(line, seen, 4.0)):
                assert middle(ink) == pytest.approx((4 * x, 4 * y), abs=0.5)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_finer_screen_has_them_at_the_same_place(view: PaneView, ratio: float) -> None:
    """Within half a pixel of that screen, in all orientations and magnifications."""
    for turns in range(4):
        for flipped, scale in ((False, 1.0), (True, 2.5), (False, 4.0), (True, 4.0)):
            seen = ViewTransform(ROWS, COLUMNS, ASPECT, turns, flipped)
            on_screen(view, Polyline(((30.5, 20.5), (30.5, 40.5)), RED), seen, scale)
            size = view.viewport().size() * ratio
            image = QImage(size, QImage.Format.Format_RGB32)
            image.setDevicePixelRatio(ratio)
            view.viewport().render(image, QPoint())
            pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
            ink = pixels[: image.height(), : image.width(), 2].astype(float)
            ink[ink < 40] = 0  # the ground
            x, y = seen.frame_to_view(30, 30)
            left, top = view.seen[:2]
            expected = ((x - left) * scale * ratio, (y - top) * scale * ratio)
            assert middle(ink) == pytest.approx(expected, abs=0.5), (turns, flipped, scale)
