"""Golden pictures of the window and its dialogs, with the bundled fonts, each language in one theme.

To make them anew after a wanted change, and to look at what changed, run

    MEDVIEWER_GOLDEN=write python -m pytest tests/gui/test_golden_window.py
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from medviewer.dicom.model import FrameReference
from medviewer.errors import DamagedFileError
from medviewer.gui.dialogs.files.export import ExportDialog
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.display.transform import MIRRORED
from medviewer.imaging.frame.frame import Frame
from medviewer.viewer import state as display_state
from medviewer.viewer.commands import command_by_id
from medviewer.viewer.render.text_level import TextLevel
from medviewer.viewer.ui import Dialog
from tests.gui.golden_pictures import assert_as_kept
from tests.gui.pane_hands import LEFT, drag
from tests.gui.pane_scene import make_frame
from tests.gui.window_scene import HEAD, STACKS, WindowScene

SIDE = 64
LONGEST_REST_MS = 2000
LOOKS = [("en", "dark"), ("zh_CN", "light")]


def head(reference: FrameReference) -> Frame:
    """Return a slice of a bright skull and two gray ventricles."""
    name, index = next(
        (name, stack.frames.index(reference)) for name, stack in STACKS.items() if reference in stack.frames
    )
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    stored = np.where(np.hypot(x, y * 0.85) < 26, 1064, 24)
    stored[np.abs(np.hypot(x, y * 0.85) - 26) < 2] = 1800
    for side in (-1, 1):
        stored[np.hypot(x - side * 6, (y + 2) * 0.6) < 4 + index % 2] = 1032
    return make_frame(STACKS[name], index, stored.astype(np.int16))


def reading(scene: WindowScene, window: MainWindow) -> None:
    """Leave the layout with its film."""


def mirrored(scene: WindowScene, window: MainWindow) -> None:
    command_by_id("view.layout_2x2").perform(window.viewer)
    state = scene.session.state
    turned = (pane and replace(pane, orientation=MIRRORED) for pane in state.panes)
    scene.session.viewer.show(replace(state, panes=tuple(turned)))
    window.viewer.change(text_level=TextLevel.FEW)


def tiny(scene: WindowScene, window: MainWindow) -> None:
    command_by_id("view.layout_4x4").perform(window.viewer)
    window.viewer.change(text_level=TextLevel.LETTERS, browser_shown=False)


def failed(scene: WindowScene, window: MainWindow) -> None:
    state = scene.session.state
    (first, *others) = state.panes
    assert first is not None
    said = DamagedFileError(path="/x/5.dcm", detail="it ends early").message()
    waiting = replace(state, panes=(replace(first, frame=None), *others))
    scene.session.viewer.show(display_state.frame_failed(waiting, first.slice_key, said))


def answered(scene: WindowScene, window: MainWindow) -> None:
    scene.classify()


def drawn(scene: WindowScene, window: MainWindow) -> None:
    command_by_id("view.layout_1").perform(window.viewer)
    scene.workers.settle()
    for tool, start, end in (("length", (180, 200), (300, 170)), ("ellipse", (220, 280), (280, 330))):
        window.viewer.change(tool=tool)
        window.panes.focused_pane.refresh()
        drag(window.panes.focused_pane, LEFT, start, end)
    command_by_id("image.key_image").perform(window.viewer)


def found_nothing(scene: WindowScene, window: MainWindow) -> None:
    window.browser.search.setText("zzz")
    scene.session.notices.tell_error(DamagedFileError(path="/x/5.dcm", detail="it ends early"))


def closed(scene: WindowScene, window: MainWindow) -> None:
    scene.session.close_all()


WINDOWS: dict[str, Callable[[WindowScene, MainWindow], None]] = {
    "reading": reading,
    "mirrored": mirrored,
    "tiny": tiny,
    "failed": failed,
    "answered": answered,
    "drawn": drawn,
    "found-nothing": found_nothing,
    "start": closed,
}


def quality(scene: WindowScene, window: MainWindow) -> None:
    drawn(scene, window)
    window.open_dialog(Dialog.QUALITY)


def note(scene: WindowScene, window: MainWindow) -> None:
    for name in ("image.key_image", "image.key_note"):
        command_by_id(name).perform(window.viewer)


def export(scene: WindowScene, window: MainWindow) -> None:
    window.open_dialog(Dialog.EXPORT)
    (dialog,) = window.findChildren(ExportDialog)
    dialog.file_name.setText("slice.png")


DIALOGS: dict[str, Callable[[WindowScene, MainWindow], None]] = {
    "preferences": lambda scene, window: window.open_dialog(Dialog.PREFERENCES),
    "change-keys": lambda scene, window: window.open_dialog(Dialog.CHANGE_KEYS),
    "tags": lambda scene, window: window.open_dialog(Dialog.ELEMENTS),
    "quality": quality,
    "note": note,
    "export": export,
}


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setattr(scene.files, "read", head)
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.resize(1024, 700)
    yield window
    window.viewer.change_setting("theme", "dark")


def settle(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    """Wait until nothing is to come any more.

    The histogram waits for a window at rest.
    """

    def is_quiet() -> bool:
        scene.workers.settle()
        QApplication.processEvents()
        waiting = (
            timer for timer in window.findChildren(QTimer) if timer.isActive() and timer.isSingleShot()
        )
        return not any(timer.interval() < LONGEST_REST_MS for timer in waiting)

    qtbot.waitUntil(is_quiet)
    scene.workers.settle()
    QApplication.processEvents()


def opened(qtbot: QtBot, scene: WindowScene, window: MainWindow, language: str, theme: str) -> None:
    """Open the head in a look."""
    window.viewer.change_setting("language", language)
    window.viewer.change_setting("theme", theme)
    with qtbot.waitExposed(window):
        window.show()
    window.panes.build()
    scene.open("head")
    settle(qtbot, scene, window)
    assert (HEAD.rows, HEAD.columns) == (SIDE, SIDE)


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let dialogs suggest files of an empty folder."""
    monkeypatch.setenv("HOME", str(tmp_path))


def picture(widget: QWidget, name: str) -> None:
    assert_as_kept(widget.grab().toImage(), name, shrunk=2)


@pytest.mark.parametrize(("language", "theme"), LOOKS)
@pytest.mark.parametrize("state", WINDOWS)
def test_the_window_looks_as_it_did(
    qtbot: QtBot,
    scene: WindowScene,
    window: MainWindow,
    state: str,
    language: str,
    theme: str,
) -> None:
    opened(qtbot, scene, window, language, theme)
    WINDOWS[state](scene, window)
    settle(qtbot, scene, window)
    picture(window, f"window-{state}-{language}-{theme}")


@pytest.mark.parametrize(("language", "theme"), LOOKS)
@pytest.mark.parametrize("dialog", DIALOGS)
def test_a_dialog_looks_as_it_did(
    qtbot: QtBot,
    scene: WindowScene,
    window: MainWindow,
    dialog: str,
    language: str,
    theme: str,
) -> None:
    opened(qtbot, scene, window, language, theme)
    DIALOGS[dialog](scene, window)
    settle(qtbot, scene, window)
    (shown,) = [one for one in window.findChildren(QDialog) if one.isVisible()]
    shown.setFocus()
    picture(shown, f"dialog-{dialog}-{language}-{theme}")
    shown.close()
