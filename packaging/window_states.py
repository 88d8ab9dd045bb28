"""Takes a picture of every state of the window.

Languages, themes, sizes and scales; those of the design stand beside them.

    python packaging/window_states.py FOLDER               the phantom in all states: may be published
    python packaging/window_states.py FOLDER STUDY         a study; its pictures stay outside the repository
    python packaging/window_states.py --only palette FOLDER          some states only
    python packaging/window_states.py --look en-dark-1280x800-2 FOLDER   some looks only

Each look is taken by a process of its own, off screen, with the fonts that come with the program. The names
say the look: language, theme, size in pixels of the window at 100 %, scale.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QEventLoop, QIODevice, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QImageWriter, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from medviewer.app import Program
from medviewer.dicom.model import SkippedFile
from medviewer.errors import DamagedFileError, MedviewerError
from medviewer.gui.commands import image_menu
from medviewer.gui.dialogs import CrashDialog
from medviewer.gui.palette import CommandPalette
from medviewer.gui.window import MainWindow
from medviewer.paths import user_folder
from medviewer.storage import atomic_write
from medviewer.translation import message
from medviewer.viewer import state as display_state
from medviewer.viewer.commands import command_by_id
from medviewer.viewer.notice import Notice
from medviewer.viewer.ui import Dialog, Question

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "zh_CN")
THEMES = ("dark", "light")
SIZES = ((1024, 700, 1), (1280, 800, 1), (1280, 800, 2), (1920, 1080, 2), (3840, 2160, 1))
"""Width, height, scale; 1920 x 1080 at 200 % fills a 4K screen."""

LONGEST_SECONDS = 60
STEP_MS = 40
QUIET_STEPS = 10  # a preview of the film waits for less


class Scene:
    """The program with a study, brought into one state after the other."""

    def __init__(self, language: str, theme: str, size: tuple[int, int]) -> None:
        self.program = Program(language)
        self.window: MainWindow = self.program.window
        self.session, self.viewer = self.program.session, self.program.session.viewer
        self.viewer.change_setting("theme", theme)
        self.window.resize(*size)
        self.program.show()

    def settle(self) -> None:
        """Wait until nothing is busy any more."""
        quiet = 0
        for _ in range(LONGEST_SECONDS * 1000 // STEP_MS):
            loop = QEventLoop()
            QTimer.singleShot(STEP_MS, loop.quit)
            loop.exec()
            panes = range(len(self.viewer.state.display.panes))
            busy = self.session.is_scanning or self.session.is_classifying
            busy = busy or any(map(self.session.busy, panes))
            quiet = 0 if busy else quiet + 1
            if quiet >= QUIET_STEPS:
                return

    def run(self, *names: str) -> None:
        """Run commands."""
        for name in names:
            command_by_id(name).perform(self.viewer)

    def close(self) -> None:
        """Close all that lies over the window."""
        for widget in QApplication.topLevelWidgets():
            if widget is not self.window and widget.isVisible():
                widget.close()
        for palette in self.window.findChildren(CommandPalette):
            palette.hide()
        while self.session.notices.waiting:
            self.session.notices.dismiss()
        self.viewer.change(first_hint=None)
        self.session.return_keyboard()

    def grab(self) -> QPixmap:
        """Return a picture of the window and of all that lies over it."""
        picture = self.window.grab()
        painter = QPainter(picture)
        corner = self.window.mapToGlobal(QPoint())
        for widget in QApplication.topLevelWidgets():
            if widget is not self.window and widget.isVisible():
                painter.drawPixmap(widget.pos() - corner, widget.grab())
        painter.end()
        return picture


def _draw(scene: Scene, tool: str, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw with the mouse on the active pane, in shares of its image's place."""
    scene.run(f"tools.{tool}")
    pane = scene.window.panes.focused_pane
    box, port = pane.view.rect(), pane.view.viewport()
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    places = [QPointF(box.width() * x, box.height() * y) for x, y in (start, end)]
    steps = (
        (QEvent.Type.MouseButtonPress, places[0], left, left),
        (QEvent.Type.MouseMove, places[1], none, left),
        (QEvent.Type.MouseButtonRelease, places[1], left, none),
    )
    for kind, place, button, held in steps:
        there = QPointF(port.mapToGlobal(place))
        event = QMouseEvent(kind, place, there, button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(port, event)


def _drawn(*dialogs: Dialog) -> Callable[[Scene], None]:
    """Draw a length and two regions, then open a dialog that speaks of them."""

    def act(scene: Scene) -> None:
        _draw(scene, "length", (0.4, 0.35), (0.6, 0.3))
        _draw(scene, "ellipse", (0.4, 0.45), (0.48, 0.53))
        _draw(scene, "rectangle", (0.55, 0.6), (0.62, 0.66))
        scene.run("tools.window")
        for dialog in dialogs:
            scene.window.open_dialog(dialog)

    return act


def _key_image(scene: Scene) -> None:
    scene.run("image.key_image", "image.key_note")


def _question(scene: Scene) -> None:
    said = message("The program did not end as it should last time.")
    more = message("The log folder holds a report that names no patient.")
    scene.window.ask(Question(said, said, more, message("Restore"), message("Cancel"), bool))


def _restore(scene: Scene) -> None:
    said = message("The program did not end as it should last time.")
    hint = message("File > Restore last session brings back what was open.")
    action = (message("Restore"), bool)
    scene.session.notices.tell(Notice(said, hint, "warning", actions=(action,)))


def _left_out(scene: Scene) -> None:
    row = SkippedFile(Path("/disc/0041.dcm"), DamagedFileError(path="0041.dcm", detail="").reason_message())
    scene.session.library_changed.emit(replace(scene.session.library, refused=(row,)))
    scene.window.browser.show_skipped_files()


def _dialog(dialog: Dialog) -> Callable[[Scene], None]:
    return lambda scene: scene.window.open_dialog(dialog)


def _run(*names: str) -> Callable[[Scene], None]:
    return lambda scene: scene.run(*names)


def _palette(typed: str) -> Callable[[Scene], None]:
    def act(scene: Scene) -> None:
        scene.run("help.palette")
        QApplication.processEvents()
        for palette in scene.window.findChildren(CommandPalette):
            palette.field.setText(typed)

    return act


def _context_menu(scene: Scene) -> None:
    place = scene.window.mapToGlobal(QPoint(300, 160))
    image_menu(scene.window.bar, scene.window).popup(place)


def _menu(number: int) -> Callable[[Scene], None]:
    def act(scene: Scene) -> None:
        bar = scene.window.menuBar()
        action = bar.actions()[number]
        menu = action.menu()
        menu.popup(bar.mapToGlobal(bar.actionGeometry(action).bottomLeft()))

    return act


def _toasts(scene: Scene) -> None:
    said = message("{name} is saved and reads back correctly.", name="slice.png")
    scene.session.notices.tell(Notice(said, severity="info"))
    scene.session.notices.tell(Notice(said, message("Esc stops it."), "warning"))
    scene.session.notices.tell_error(MedviewerError())


def _failed(scene: Scene) -> None:
    state, pane = scene.viewer.state.display, scene.viewer.state.focused
    if pane is not None:
        said = message("{name} cannot be shown: {reason}.", name="0041.dcm", reason="…")
        waiting = replace(state, panes=(replace(pane, frame=None), *state.panes[1:]))
        scene.viewer.show(display_state.frame_failed(waiting, pane.slice_key, said))


def _preview(scene: Scene) -> None:
    pane = scene.window.panes.panes[2]
    place, view = QPointF(pane.rect().center()), pane.view.viewport()
    QApplication.sendEvent(pane, QEnterEvent(place, place, QPointF(pane.mapToGlobal(place))))
    place, no = QPointF(view.rect().center()) + QPointF(9, 9), Qt.MouseButton.NoButton
    there, keys = QPointF(view.mapToGlobal(place)), Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(view, QMouseEvent(QEvent.Type.MouseMove, place, there, no, no, keys))


def _search(scene: Scene) -> None:
    scene.window.browser.search.setText("zzz")


def _crash(scene: Scene) -> None:
    dialog = CrashDialog("TypeError\n  pane.py:107 in _answer", user_folder("log"), scene.window)
    dialog.show()


NORMAL = ("view.layout_film",)
STATES: dict[str, Callable[[Scene], None]] = {
    "reading": lambda scene: None,
    "preview": _preview,
    "layout-1": _run("view.layout_1"),
    "layout-2": _run("view.layout_1x2"),
    "layout-4": _run("view.layout_2x2"),
    "layout-9": _run("view.layout_3x3"),
    "maximised": _run("view.layout_2x2", "view.maximise"),
    "turned": _run("view.rotate_right", "view.mirror"),
    "few-texts": _run("view.texts_few"),
    "letters": _run("view.texts_letters"),
    "hidden": _run("view.hide_identity"),
    "no-sides": _run("view.browser", "view.dock"),
    "answered": _run("classify.slice"),
    "search": _search,
    "toasts": _toasts,
    "context-menu": _context_menu,
    "menu-file": _menu(0),
    "menu-view": _menu(1),
    "menu-image": _menu(2),
    "palette": _palette(""),
    "palette-typed": _palette("brain"),
    "export": _dialog(Dialog.EXPORT),
    "print": _dialog(Dialog.PRINT),
    "measured": _drawn(),
    "values": _drawn(Dialog.VALUES),
    "quality": _drawn(Dialog.QUALITY),
    "elements": _dialog(Dialog.ELEMENTS),
    "test-pattern": _dialog(Dialog.TEST_PATTERN),
    "screen-size": _dialog(Dialog.SCREEN_SIZE),
    "key-image": _key_image,
    "question": _question,
    "restore": _restore,
    "left-out": _left_out,
    "hint": lambda scene: scene.viewer.change(first_hint=0),
    "wipe": _run("view.next_pane", "image.wipe"),
    "difference": _run("view.next_pane", "image.difference"),
    "blink": _run("view.layout_1x2", "view.blink"),
    "empty": _run("view.layout_4x4"),
    "preferences": _dialog(Dialog.PREFERENCES),
    "keys": _dialog(Dialog.CHANGE_KEYS),
    "messages": _dialog(Dialog.MESSAGES),
    "features": _dialog(Dialog.FEATURES),
    "model-card": _dialog(Dialog.MODEL_CARD),
    "models": _dialog(Dialog.MODELS),
    "pixel-truth": _dialog(Dialog.PIXEL_TRUTH),
    "about": _dialog(Dialog.ABOUT),
    "help": lambda scene: scene.window.show_help("first-steps"),
    "help-keys": lambda scene: scene.window.show_help("keys"),
    "crash": _crash,
    "failed": _failed,
}
AT_ONCE = ("failed",)
"""States that pass by themselves: a slice that could not be read is read again."""

DRAWN_AWAY = ("tools.undo",) * 3
UNDO = {
    "turned": ("view.turn_back",),
    "few-texts": ("view.texts_all",),
    "letters": ("view.texts_all",),
    "hidden": ("view.hide_identity",),
    "no-sides": ("view.browser", "view.dock"),
    "maximised": ("view.maximise",),
    "wipe": ("image.wipe", "view.previous_pane"),
    "difference": ("image.difference", "view.previous_pane"),
    "blink": ("view.blink",),
    "key-image": ("image.key_image",),
    "measured": DRAWN_AWAY,
    "values": DRAWN_AWAY,
    "quality": DRAWN_AWAY,
}


def take(folder: Path, look: str, study: Path | None, only: list[str]) -> None:
    """Take the pictures of one look."""
    language, theme, size, _ = look.split("-")
    width, height = map(int, size.split("x"))
    scene = Scene(language, theme, (width, height))
    scene.settle()
    if not only or "start" in only:
        _write(folder / f"start-{look}.png", scene.grab())
    if study is None:
        scene.session.open_demo()
    else:
        scene.session.open_paths([study])
    scene.settle()
    for name, act in STATES.items():
        if only and name not in only:
            continue
        act(scene)
        QApplication.processEvents()
        if name not in AT_ONCE:
            scene.settle()
        _write(folder / f"{name}-{look}.png", scene.grab())
        scene.close()
        scene.window.browser.search.clear()
        scene.run(*UNDO.get(name, ()), *NORMAL)
        scene.settle()
    scene.program.end()


def _write(target: Path, picture: QPixmap) -> None:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(picture.toImage())
    target.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(target, bytes(buffer.data().data()))


def looks() -> list[str]:
    """Return the names of all looks."""
    return [
        f"{language}-{theme}-{width}x{height}-{scale}"
        for width, height, scale in SIZES
        for language in LANGUAGES
        for theme in THEMES
    ]


def main() -> int:
    """Take all pictures, one process for each look; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("study", type=Path, nargs="?")
    parser.add_argument("--only", action="append", default=[], choices=["start", *STATES])
    parser.add_argument("--look", action="append", default=[], choices=looks())
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    folder = asked.folder.resolve()
    if asked.here:
        take(folder, asked.look[0], asked.study, asked.only)
        return 0
    if asked.study and ROOT in (folder, *folder.parents):
        print("pictures of real studies go outside the repository only", file=sys.stderr)
        return 2
    status = 0
    for look in asked.look or looks():
        command = [sys.executable, __file__, "--here", "--look", look, str(folder)]
        command += [str(asked.study.resolve())] if asked.study else []
        command += [word for name in asked.only for word in ("--only", name)]
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "QT_SCALE_FACTOR": look.rpartition("-")[2],
            "MEDVIEWER_HOME": str(folder / ".home"),
        }
        ended = subprocess.run(command, env=environment, check=False)
        status = status or ended.returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
