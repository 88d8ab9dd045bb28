"""A part of the dock says where more of it lies below."""

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from medviewer.gui.panels.section import SteadyScroll


def test_the_lowest_line_fades_until_the_end_is_scrolled_to(qtbot: QtBot) -> None:
    scroll = SteadyScroll(QLabel("\n".join(map(str, range(100)))))
    qtbot.addWidget(scroll)
    scroll.resize(200, 120)
    scroll.show()
    bar = scroll.verticalScrollBar()
    assert bar.maximum() > 0
    assert scroll.fade.isVisible()
    assert scroll.fade.geometry().bottom() == scroll.viewport().geometry().bottom()
    bar.setValue(bar.maximum())
    assert not scroll.fade.isVisible()


def test_nothing_fades_where_all_is_seen(qtbot: QtBot) -> None:
    scroll = SteadyScroll(QLabel("one line"))
    qtbot.addWidget(scroll)
    scroll.resize(200, 120)
    scroll.show()
    assert not scroll.fade.isVisible()
