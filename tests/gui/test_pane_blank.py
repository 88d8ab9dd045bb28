"""Before its first picture a pane is blank: cheap to make, and looks as it will without a picture."""

from PySide6.QtWidgets import QGraphicsView
from pytestqt.qtbot import QtBot

from medviewer.gui.pane import Pane
from tests.gui.pane_scene import SceneSession, make_stack


def blank(qtbot, session):
    pane = Pane(session, 0)
    qtbot.addWidget(pane)
    pane.resize(404, 430)
    pane.show()
    return pane


def test_a_pane_without_a_picture_has_no_view_for_one(qtbot: QtBot, session: SceneSession) -> None:
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


def test_the_first_picture_brings_the_view(qtbot: QtBot, session: SceneSession) -> None:
    pane = blank(qtbot, session)
    session.show_stack(make_stack())
    qtbot.waitUntil(lambda: pane.painted_frame is not None)
    assert pane.view.has_picture
