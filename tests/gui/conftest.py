"""A real session in virtual time for the tests of the window and its parts."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from medviewer.gui import theme
from tests.gui.window_scene import WindowScene


@pytest.fixture
def scene(qapp: QApplication) -> Iterator[WindowScene]:
    theme.apply_theme(qapp, "dark")
    scene = WindowScene()
    yield scene
    scene.session.shutdown()
