"""The strip of slices paints what has changed, and no less."""

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QColor, QImage, QPaintEvent, QRegion
from PySide6.QtWidgets import QStyle, QStyleOptionSlider, QWidget
from pytestqt.qtbot import QtBot

from medviewer.gui.grid.slice_row import SliceRow
from medviewer.gui.grid.slice_strip import SliceStrip
from medviewer.viewer.color_roles import colors
from medviewer.viewer.state.pane_state import PaneState
from tests.gui.pane_scene import make_stack


class Painted(QObject):
    """The painted regions of a widget, newest last."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.regions: list[QRegion] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.regions.append(event.region())
        return False


def picture(strip: SliceStrip, before: QImage | None = None, region: QRegion | None = None) -> QImage:
    image = before.copy() if before is not None else QImage(strip.size(), QImage.Format.Format_RGB32)
    if region is None:
        strip.render(image)
    else:
        strip.render(image, region.boundingRect().topLeft(), region)
    return image


@pytest.mark.parametrize(("count", "way"), [(295, (150, 151, 152, 0, 294)), (12, (3, 4, 11)), (2, (0, 1))])
def test_a_step_paints_only_what_it_changes(qtbot: QtBot, count: int, way: tuple[int, ...]) -> None:
    strip = SliceStrip()
    qtbot.addWidget(strip)
    strip.resize(600, strip.height())
    strip.show_place(count, way[0])
    strip.show_part((1, count - 1))
    strip.show_drawn(frozenset(way))
    painted = Painted(strip)
    strip.show()
    qtbot.waitUntil(lambda: bool(painted.regions))
    shown = picture(strip)
    for index in way[1:]:
        painted.regions.clear()
        strip.show_place(count, index)
        qtbot.waitUntil(lambda: bool(painted.regions))
        region = painted.regions[0]
        shown = picture(strip, shown, region)
        assert shown == picture(strip), index


def test_scrolling_on_paints_a_few_marks_of_hundreds(qtbot: QtBot) -> None:
    strip = SliceStrip()
    qtbot.addWidget(strip)
    strip.resize(600, strip.height())
    strip.show_place(295, 150)
    painted = Painted(strip)
    strip.show()
    qtbot.waitUntil(lambda: bool(painted.regions))
    painted.regions.clear()
    strip.show_place(295, 151)
    qtbot.waitUntil(lambda: bool(painted.regions))
    assert painted.regions[0].boundingRect().width() < strip.width() / 10


@pytest.mark.parametrize("width", [420, 760, 1170])
@pytest.mark.parametrize("count", [2, 10, 33, 295])
def test_the_marks_are_whole_and_lie_under_the_handle(qtbot: QtBot, width: int, count: int) -> None:
    row = SliceRow()
    qtbot.addWidget(row)
    row.resize(width, row.height())
    row.show()
    stack = make_stack(count)
    for index in {0, 1, count // 2, count - 1}:
        row.show_place(PaneState(stack, index, "original"))
        option = QStyleOptionSlider()
        row.slider.initStyleOption(option)
        handle = row.slider.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, row.slider
        )
        middle = row.slider.mapTo(row, QPoint(0, 0)).x() + handle.x() + handle.width() / 2
        mark = row.strip.mapTo(row, QPoint(0, 0)).x() + row.strip.center_of(index)
        assert abs(middle - mark) <= 1, index
        assert row.strip.slice_at(row.strip.center_of(index)) == index
    marked = _marked(picture(row.strip), QColor(colors().strong_line))
    assert marked[0] >= 1  # no mark is cut by an edge
    assert marked[-1] <= row.strip.width() - 2


def _marked(image: QImage, ink: QColor) -> list[int]:
    """Return the columns in which a color is seen."""
    return [
        x for x in range(image.width()) if any(image.pixelColor(x, y) == ink for y in range(image.height()))
    ]
