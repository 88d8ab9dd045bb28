"""The window is not closed over drawings that no disk has taken, unless one says so."""

import errno
import os

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from medviewer.gui.window.main_window import MainWindow
from medviewer.viewer.annotations.key_images import toggle_key_image
from medviewer.viewer.annotations.store import AnnotationStore
from tests.gui.window_scene import HEAD, WindowScene


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene) -> MainWindow:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    return window


def test_closing_asks_before_drawings_that_cannot_be_saved_are_lost(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    with qtbot.waitExposed(window):
        window.show()
    scene.open("head")
    store = AnnotationStore(HEAD.identity.study_instance_uid)
    with monkeypatch.context() as full:

        def refuse(*_: object) -> None:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))

        full.setattr(os, "fsync", refuse)
        toggle_key_image(scene.session.viewer)
        window.close()
        (box,) = window.findChildren(QMessageBox)
        assert "Read-only file system" in box.text()
        box.reject()
        assert window.isVisible()
        window.close()
        window.dialogs.yes_button.click()
        assert not window.isVisible()
    (found,) = store.load()
    assert found.annotations == ()


def test_closing_asks_nothing_once_the_disk_takes_the_drawings(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    with qtbot.waitExposed(window):
        window.show()
    scene.open("head")
    toggle_key_image(scene.session.viewer)
    window.close()
    assert not window.isVisible()
    (found,) = AnnotationStore(HEAD.identity.study_instance_uid).load()
    assert len(found.annotations) == 1
