"""The strip of slices paints what has changed, and no less."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QImage, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from medviewer.gui.grid.slice_strip import SliceStrip


class Painted(QObject):
    """What of a widget was painted, newest last."""

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
