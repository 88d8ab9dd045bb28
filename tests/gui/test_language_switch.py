"""After a switch no sentence of the other language stays, wherever it stands."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QDialog, QMenu
from pytestqt.qtbot import QtBot

from medviewer.errors import DamagedFileError, MissingFileError, WriteError
from medviewer.gui.dialogs.program.pixel_truth import read_table
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.display.transform import MIRRORED
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.processing import ORIGINAL
from medviewer.inference.classification.classifier import EMPTY_IMAGE
from medviewer.translation import Message, message
from medviewer.viewer import state as display_state
from medviewer.viewer.commands import command_by_id
from medviewer.viewer.commands.images.classification import ask_to_override
from medviewer.viewer.notice import Notice
from medviewer.viewer.render.text_level import TextLevel
from medviewer.viewer.ui import Dialog
from tests.gui.language_walk import all_windows, left_over, texts_of
from tests.gui.pane_hands import LEFT, drag
from tests.gui.window_scene import COLOR, HEAD, PELVIS, REASONS, STACKS, WindowScene

WARNED = replace(
    HEAD,
    warnings=(
        message("Gap of {size} mm after slice {number}.", size="5.0", number=3),
        message("{count} images lie at the position of another one.", count=2),
        message("The gantry is tilted by {degrees}°.", degrees="12.0"),
    ),
    frames=tuple(
        replace(one, attributes=FrameAttributes(modality="CT", is_phantom=True, lossy=True, lossy_ratio=9.0))
        for one in HEAD.frames
    ),
)
NAMES = {row["name"] for row in read_table()} | {"1.0 · model", ORIGINAL}
"""Names of pictures in the table of pixel truth; version and hash of the made model; a row of PROCESSINGS."""

REFUSED = {
    Path(error.path).name: error.reason_message()
    for error in (
        DamagedFileError(path="/x/0.dcm", detail="it ends early"),
        MissingFileError(path="/x/1.dcm", detail=""),
    )
}


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setitem(STACKS, "head", WARNED)
    for name, reason in REFUSED.items():
        monkeypatch.setitem(REASONS, name, reason)
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.resize(1600, 1000)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    if window.viewer.state.language != "en":
        window.viewer.change_setting("language", "en")


def settle(scene: WindowScene, window: MainWindow) -> None:
    scene.workers.advance(1500)  # before good news pass
    window.panes.build()  # as soon after the start
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # as the event loop does
    QApplication.processEvents()
    for pane in window.panes.panes:
        pane.refresh()
    for menu in window.findChildren(QMenu):
        menu.aboutToShow.emit()
    QApplication.processEvents()


def open_all(scene: WindowScene, window: MainWindow) -> None:
    """Open two patients with warnings, damage and all kinds of images."""
    scene.open("head", "pelvis", "colour", *REFUSED)
    scene.session.viewer.show_stack(WARNED)
    scene.session.viewer.show_stack(PELVIS, 3)
    scene.session.viewer.set_focus(0)
    settle(scene, window)


def say_everything(scene: WindowScene) -> None:
    """Have messages of each kind in the bar."""
    notices = scene.session.notices
    notices.tell_error(WriteError(path="/x/a.png", reason="No space left on device", bytes=12))
    notices.tell_error(MissingFileError(path="/x/1.dcm", detail="No such file or directory"))
    notices.tell(Notice(message("{name} is saved and reads back correctly.", name="a.png"), severity="info"))


def refuse(scene: WindowScene) -> None:
    scene.classify("refusal")


def fail(scene: WindowScene) -> None:
    """Have a slice that cannot be shown."""
    pane = scene.session.state.panes[0]
    assert pane is not None
    error = DamagedFileError(path="/x/5.dcm", detail="it ends early")
    state = replace(scene.session.state, panes=(replace(pane, frame=None), *scene.session.state.panes[1:]))
    scene.session.viewer.show(display_state.frame_failed(state, pane.slice_key, error.message()))


def warn(scene: WindowScene) -> None:
    """Show a mirrored slice with warnings, its overlays left out."""
    pane = scene.session.state.panes[0]
    assert pane is not None
    assert pane.frame is not None
    frame: Frame = replace(
        pane.frame,
        warnings=(
            message("{count} images lie at the position of another one.", count=4),
            Message("Overlays"),
        ),
    )
    changed = replace(pane, frame=frame, orientation=MIRRORED)
    scene.session.viewer.show(replace(scene.session.state, panes=(changed, *scene.session.state.panes[1:])))


def have_no_result(scene: WindowScene) -> None:
    scene.classify("no result")
    pane = scene.session.state.panes[0]
    assert pane is not None
    assert pane.result is not None
    assert pane.result.content is None
    changed = replace(pane, result=replace(pane.result, reason=EMPTY_IMAGE))
    scene.session.viewer.show(replace(scene.session.state, panes=(changed, *scene.session.state.panes[1:])))


def threshold(scene: WindowScene) -> None:
    scene.session.set_parameter("thresholded", "method", "fixed")
    scene.session.set_parameter("edges", "method", "classic")
    scene.session.viewer.set_processing(0, "thresholded")


def draw(scene: WindowScene) -> None:
    """Draw a region and a length, and mark a key image."""
    panes = scene.session.viewer.ui.panes
    for tool, start, end in (
        ("ellipse", (80, 80), (150, 160)),
        ("rectangle", (160, 90), (210, 140)),
        ("length", (60, 60), (100, 140)),
    ):
        scene.session.viewer.change(tool=tool)
        panes.focused_pane.refresh()
        drag(panes.focused_pane, LEFT, start, end)
    command_by_id("image.key_image").perform(scene.session.viewer)


def part(scene: WindowScene) -> None:
    command_by_id("view.layout_2x2").perform(scene.session.viewer)
    command_by_id("view.part_pane").perform(scene.session.viewer)
    command_by_id("view.link_here").perform(scene.session.viewer)


def wipe(scene: WindowScene) -> None:
    command_by_id("view.layout_2x2").perform(scene.session.viewer)
    scene.session.viewer.set_focus(1)
    command_by_id("image.wipe").perform(scene.session.viewer)
    command_by_id("image.difference").perform(scene.session.viewer)


def show_color(scene: WindowScene) -> None:
    scene.session.viewer.show_stack(COLOR)


SCENES: dict[str, Callable[[WindowScene], None]] = {
    "nothing more": lambda scene: None,
    "a result": lambda scene: scene.classify(),
    "a refusal": refuse,
    "no result": have_no_result,
    "messages": say_everything,
    "a failure": fail,
    "warnings": warn,
    "processings": threshold,
    "colour": show_color,
    "no names": lambda scene: scene.session.viewer.change(identity_hidden=True),
    "nothing open": lambda scene: scene.session.close_all(),
    "a cine": lambda scene: scene.session.cine.toggle(),
    "drawings and a key image": draw,
    "three hints": lambda scene: scene.session.viewer.change(first_hint=2),
    "panes by themselves": part,
    "a search without a find": lambda scene: scene.session.viewer.ui.browser.search.setText("zzz"),
    "few words": lambda scene: scene.session.viewer.change(text_level=TextLevel.FEW),
    "all words": lambda scene: scene.session.viewer.change(text_level=TextLevel.ACQUISITION),
    "pixels before and after": wipe,
}


OF_THE_SYSTEM = re.compile(r"[\d.]+ (bytes|KiB|MiB|GiB)")
"""Sizes in Qt's list of files, which are there once its thread has looked, in the language of the system."""


def there_and_back(
    scene: WindowScene, window: MainWindow, *, opened: int = 0, switches: tuple[str, ...] = ("zh_CN", "en")
) -> None:
    """Switch to Chinese and back and look at every text each time."""
    english = texts_of(*all_windows())
    assert left_over(english, "en") == []
    assert len(english) > 100
    assert "Research use only, not for diagnosis" in english
    for language in switches:
        window.viewer.change_setting("language", language)
        settle(scene, window)
        texts = {text for text in texts_of(*all_windows()) if not OF_THE_SYSTEM.fullmatch(text)}
        left = left_over(texts - NAMES, language)
        assert not left, "\n".join((language, *left))
        assert len(all_windows()) == 1 + opened


@pytest.mark.parametrize("what", SCENES)
def test_no_sentence_of_the_other_language_stays(scene: WindowScene, window: MainWindow, what: str) -> None:
    open_all(scene, window)
    SCENES[what](scene)
    settle(scene, window)
    again = ("zh_CN", "en", "zh_CN")  # once: what was Chinese before may be kept
    there_and_back(scene, window, switches=again if what == "messages" else again[:2])


def ask_anyway(scene: WindowScene, window: MainWindow) -> None:
    refuse(scene)
    ask_to_override(window.viewer)


BESIDE = (Dialog.FEATURES, Dialog.ELEMENTS, Dialog.VALUES, Dialog.QUALITY)


def open_all_beside(scene: WindowScene, window: MainWindow) -> None:
    """Open all dialogs beside the window, and a page of the help."""
    draw(scene)
    settle(scene, window)
    for dialog in BESIDE:
        window.open_dialog(dialog)
    window.show_help("reading")


def told(scene: WindowScene, window: MainWindow) -> None:
    say_everything(scene)
    window.open_dialog(Dialog.MESSAGES)


def noted(scene: WindowScene, window: MainWindow) -> None:
    for name in ("image.key_image", "image.key_note"):
        command_by_id(name).perform(window.viewer)


DIALOGS: dict[str, Callable[[WindowScene, MainWindow], object]] = {
    "preferences": lambda scene, window: window.open_dialog(Dialog.PREFERENCES),
    "keys": lambda scene, window: window.show_help("keys"),
    "about": lambda scene, window: window.open_dialog(Dialog.ABOUT),
    "pixel truth": lambda scene, window: window.open_dialog(Dialog.PIXEL_TRUTH),
    "model": lambda scene, window: window.open_dialog(Dialog.MODEL_CARD),
    "export": lambda scene, window: window.files.export_image(),
    "open files": lambda scene, window: window.files.open_files(),
    "open folder": lambda scene, window: window.files.open_folder(),
    "anyway": ask_anyway,
    "all beside the window": open_all_beside,
    "change keys": lambda scene, window: window.open_dialog(Dialog.CHANGE_KEYS),
    "messages": told,
    "screen size": lambda scene, window: window.open_dialog(Dialog.SCREEN_SIZE),
    "test pattern": lambda scene, window: window.open_dialog(Dialog.TEST_PATTERN),
    "print": lambda scene, window: window.open_dialog(Dialog.PRINT),
    "note": noted,
    "files not shown": lambda scene, window: window.browser.show_skipped_files(),
    "fault": lambda scene, window: window.show_crash("RuntimeError in a test"),
}


@pytest.mark.parametrize("dialog", DIALOGS)
def test_an_open_dialog_is_there_in_the_other_language(
    scene: WindowScene, window: MainWindow, dialog: str
) -> None:
    open_all(scene, window)
    DIALOGS[dialog](scene, window)
    settle(scene, window)
    opened = len(BESIDE) + 1 if DIALOGS[dialog] is open_all_beside else 1
    there_and_back(scene, window, opened=opened)
    shown = [found for found in window.findChildren(QDialog) if found.isVisible()]
    assert len(shown) == opened
    for one in shown:
        one.reject() if dialog != "fault" else one.accept()


def test_the_list_of_files_that_are_not_shown_is_in_the_language_of_the_moment(
    scene: WindowScene, window: MainWindow
) -> None:
    open_all(scene, window)
    window.viewer.change_setting("language", "zh_CN")
    window.browser.show_skipped_files()
    settle(scene, window)
    assert left_over(texts_of(*all_windows()) - NAMES, "zh_CN") == []


def test_what_was_searched_and_hidden_stays_so(scene: WindowScene, window: MainWindow) -> None:
    open_all(scene, window)
    window.browser.search.setText("DOE")
    window.viewer.change(text_level=TextLevel.LETTERS)
    window.viewer.change(maximized=0)
    scene.session.notices.tell_error(MissingFileError(path="/x/1.dcm", detail=""))
    window.viewer.change_setting("language", "zh_CN")
    assert window.browser.search.text() == "DOE"
    assert window.viewer.state.text_level is TextLevel.LETTERS
    assert window.viewer.state.maximized == 0
    assert not window.messages.isHidden()
    assert "1.dcm" in window.messages.newest.sentence.text()


def test_the_walk_knows_sentences_with_facts_and_words_alone() -> None:
    texts = {
        "Gap of 5.0 mm after slice 3.",
        "Export",
        "head-ct-haemorrhage 1.0",
        "CT · 10 of 12 files",
        "CT · 10 幅图像",
        "Doe, Jane",
    }
    assert left_over(texts, "zh_CN") == ["CT · 10 of 12 files", "Export", "Gap of 5.0 mm after slice 3."]
    assert left_over(texts, "en") == ["CT · 10 幅图像"]
