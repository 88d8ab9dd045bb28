"""A real session in virtual time, for the window with a scan of studies, for panes with frames at once."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from medviewer import translation
from medviewer.gui.look.theme import apply_theme
from medviewer.gui.panes.pane import Pane
from medviewer.gui.widgets import apply_language
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
