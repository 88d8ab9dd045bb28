"""Before its first image a pane is blank.

Cheap to make, and looks as it will without an image.
"""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QGraphicsView
from pytestqt.qtbot import QtBot

from medviewer.gui.panes.blank import BlankView
from medviewer.gui.panes.pane import Pane
from medviewer.viewer.render.text_layout import PaneText
from medviewer.viewer.state import freshness
from tests.gui.pane_scene import SceneSession, make_stack


def blank(qtbot, session):
    pane = Pane(session, 0)
    qtbot.addWidget(pane)
    pane.resize(404, 436)
    pane.show()
    return pane


def test_a_pane_without_an_image_has_no_view_for_one(qtbot: QtBot, session: SceneSession) -> None:
    pane = blank(qtbot, session)
    pane.refresh()
    assert not pane.findChildren(QGraphicsView)


def test_nothing_is_seen_when_the_view_takes_the_blanks_place(qtbot: QtBot, session: SceneSession) -> None:
    pane = blank(qtbot, session)
    qtbot.waitUntil(pane.isActiveWindow)  # which gives a part of it the focus
    before = pane.grab().toImage()
    pane.build()
    assert pane.findChildren(QGraphicsView)
    qtbot.waitUntil(lambda: pane.grab().toImage() == before)


def test_the_first_image_brings_the_view(qtbot: QtBot, session: SceneSession) -> None:
    pane = blank(qtbot, session)
    session.viewer.show_stack(make_stack())
    qtbot.waitUntil(lambda: pane.shown.frame is not None)
    assert pane.view.has_image


def test_an_empty_pane_is_painted_once_with_its_first_image(
    qtbot: QtBot, session: SceneSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshness, "FIRST_IMAGE_MS", 60_000)  # however slow the machine is
    pane = blank(qtbot, session)
    shown: list[bool] = []
    show_text = pane.view.show_text

    def noted(text: PaneText) -> None:
        shown.append(pane.shown.frame is not None)
        show_text(text)

    pane.refresh()
    monkeypatch.setattr(pane.view, "show_text", noted)
    session.at_once = False
    session.viewer.show_stack(make_stack())
    QApplication.processEvents()
    session.at_once = True
    session.swap(session.state)  # the frame is there before the words alone were painted
    qtbot.waitUntil(lambda: bool(shown))
    assert shown == [True]


def test_an_empty_pane_that_goes_on_waiting_says_so(qtbot: QtBot, session: SceneSession) -> None:
    pane = blank(qtbot, session)
    session.at_once = False
    session.viewer.show_stack(make_stack())
    qtbot.waitUntil(lambda: bool(pane.view.text.top_left))
    assert pane.shown.frame is None


def test_a_double_click_on_an_empty_pane_offers_the_series(qtbot, session):
    pane = Pane(session, 3)
    qtbot.addWidget(pane)
    asked = []
    pane.maximize_asked.connect(asked.append)
    qtbot.mouseDClick(pane.findChild(BlankView), Qt.MouseButton.LeftButton)
    assert asked == [3]
