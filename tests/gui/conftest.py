"""Fixtures of a real session in virtual time, and of its window.

For the window it scans studies, for panes frames are there at once.
"""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer import translation
from medviewer.gui.look.theme import apply_theme
from medviewer.gui.panes.pane import Pane
from medviewer.gui.widgets import apply_language
from medviewer.gui.window.main_window import MainWindow
from tests.gui.pane_scene import SceneSession, make_stack
from tests.gui.window_scene import WindowScene


@pytest.fixture
def scene(qapp: QApplication) -> Iterator[WindowScene]:
    apply_theme(qapp, "dark")
    scene = WindowScene()
    yield scene
    scene.session.shutdown()
    if translation.language() != "en":
        apply_language(qapp, "en")  # Qt's own words, too


@pytest.fixture
def session(qapp: QApplication) -> Iterator[SceneSession]:
    session = SceneSession()
    yield session
    session.shutdown()


@pytest.fixture
def pane(qtbot, session):
    pane = Pane(session, 0)
    qtbot.addWidget(pane)
    pane.resize(404, 436)  # an image of 400 x 404
    pane.show()
    session.viewer.show_stack(make_stack())
    pane.refresh()
    return pane


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene) -> Iterator[MainWindow]:
    """Show the window at 1280 x 800, and leave English behind."""
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.activateWindow()
    with qtbot.waitExposed(window):
        window.show()
    yield window
    if translation.language() != "en":
        window.viewer.change_setting("language", "en")  # Qt keeps its own texts


@pytest.fixture
def head_window(qtbot: QtBot, scene: WindowScene) -> Iterator[MainWindow]:
    """Show the window at 1400 x 900 with the keyboard and a study of a head."""
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.resize(1400, 900)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    scene.open("head")
    yield window
    window.close()
