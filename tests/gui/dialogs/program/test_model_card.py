"""The card of the chosen model can be opened from menu and panel.

A damaged model is a message.
"""

import os
import sys

import cv2
import numpy as np
import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from medviewer.gui.dialogs.program.model_card import ModelCardDialog, evaluation_images
from medviewer.gui.window.main_window import MainWindow
from medviewer.inference.pack.bundled_hashes import BUNDLED
from medviewer.inference.pack.packs import bundled_folder, verify_pack
from medviewer.viewer.commands.images.models import choose_model
from tests.gui.window_scene import WindowScene


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene) -> MainWindow:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    return window


def test_the_panels_link_shows_the_card_of_the_chosen_model(window: MainWindow) -> None:
    choose_model("router", window.viewer)
    window.prediction.card_button.click()
    assert isinstance(window.dialog, ModelCardDialog)
    said = [label.text() for label in window.dialog.findChildren(QLabel)]
    assert "What a picture shows: modality and region" in said
    assert "Research use only. Not for diagnosis." in said
    assert verify_pack(bundled_folder() / "router").card.limits[0] in said
    window.dialog.reject()


def test_a_model_that_is_gone_is_a_message(window: MainWindow) -> None:
    window.viewer.change(model="gone")
    window.bar.actions["classify.card"].trigger()
    assert window.dialog is None or not isinstance(window.dialog, ModelCardDialog)
    assert "gone" in window.messages.newest.sentence.text()


@pytest.mark.parametrize("name", sorted(BUNDLED))
def test_images_that_lie_with_a_pack_are_shown_with_their_names(qtbot: QtBot, name: str) -> None:
    pack = verify_pack(bundled_folder() / name)
    dialog = ModelCardDialog(pack)
    qtbot.addWidget(dialog)
    assert [label.accessibleName() for label in dialog.images] == [
        path.stem.replace("-", " ") for path in evaluation_images(pack.folder)
    ]


def test_what_is_no_image_is_left_out(tmp_path, qtbot: QtBot) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    (tmp_path / "b.png").write_bytes(cv2.imencode(".png", np.zeros((4, 4), np.uint8))[1].tobytes())
    (tmp_path / "c.png").symlink_to(tmp_path / "gone.png")
    (tmp_path / "d.png").mkdir()
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "e.png")  # to read it would never end
        (tmp_path / "f.png").symlink_to("/dev/zero")
    pack = verify_pack(bundled_folder() / "router")
    dialog = ModelCardDialog(type(pack)(tmp_path, pack.card, pack.hashes))
    qtbot.addWidget(dialog)
    assert [label.accessibleName() for label in dialog.images] == ["b"]
