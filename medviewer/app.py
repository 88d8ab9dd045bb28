"""Puts the window together.

Worker process, application, session, main window, and what nobody catches.
"""

import importlib
import os
import sys
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QEventLoop,
    QIODevice,
    QObject,
    QTimer,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QImageWriter, QPixmap
from PySide6.QtWidgets import QApplication

from medviewer import __version__, diagnostics, export
from medviewer.dicom.workers import Sandbox
from medviewer.errors import MedviewerError, TourError
from medviewer.gui.look import apply_theme
from medviewer.gui.session import Remembering, ViewerSession
from medviewer.gui.widgets import apply_language
from medviewer.gui.window import HintOffer, MainWindow
from medviewer.imaging.processing import PROCESSINGS
from medviewer.inference import protection
from medviewer.process import end_loading, share_arenas
from medviewer.settings import Settings
from medviewer.storage import atomic_write
from medviewer.translation import message, translate
from medviewer.viewer.notice import Notice
from medviewer.viewer.state import PaneState

PATIENCE_MS: Final = 120_000
WARM_AFTER_MS: Final = 250  # the window is painted by then
LOADED_AHEAD: Final = (  # OpenCV with the first, which takes longest
    "medviewer.imaging.processing.processed",
    "medviewer.imaging.processing.result_cache",
    *(row.file for row in PROCESSINGS.values() if row.file),
    "medviewer.imaging.display.reduction",
    "medviewer.imaging.display.scaling",
    "medviewer.dicom.library.index",
    "medviewer.dicom.workers.frame_codec",
    "medviewer.inference.verdicts.earlier",
    "medviewer.viewer.annotations.store",
    "medviewer.viewer.annotations.edits",
    "medviewer.viewer.memory.study_index",
    "medviewer.viewer.memory.session_files",
    "medviewer.viewer.compare.bonds",
    "medviewer.viewer.compare.hanging",
    "medviewer.viewer.compare.link_words",
    "medviewer.viewer.compare.linked_zoom",
    "medviewer.viewer.compare.priors",
    "medviewer.viewer.compare.reference_lines",
    "medviewer.viewer.layouts.rule_file",
)
FIRST_LANES: Final = ("scan", "decode", "filter", "verdicts", "session")  # of the tasks of the first image
SWITCH_SECONDS: Final = 0.0005  # so long a filter keeps Python from the window; by default ten times as long
TOUR_SIZE: Final = (1600, 1000)


class UncaughtErrors(QObject):
    """Brings uncaught errors of any thread to the window."""

    expected = Signal(object)
    crashed = Signal(str)

    def take(self, error: BaseException) -> None:
        """Take an error; called in the thread where it happened."""
        if isinstance(error, MedviewerError):
            self.expected.emit(error)
        else:
            self.crashed.emit(diagnostics.describe(error))


class Program:
    """The running program: common parts of `main` and the off-screen tour."""

    def __init__(self, language: str = "") -> None:
        end_loading()
        share_arenas()
        sys.setswitchinterval(SWITCH_SECONDS)
        self.errors = UncaughtErrors()
        last_fault = diagnostics.start(self.errors.take)
        self.sandbox = Sandbox()
        self.sandbox.start_decoding()  # it gets ready while the window is built
        _forget_plugins_of_others()
        self.settings = Settings()
        self.application = _application()
        apply_language(self.application, language or self.settings.text("language"))
        apply_theme(self.application, self.settings.text("theme"))
        self.session = ViewerSession(self.sandbox, device=self.settings.text("device"))
        self.session.viewer.change(identity_hidden=self.settings.flag("hide_identity_on_start"))
        self.window = MainWindow(self.session, self.settings, models_later=True)
        self.remembering = Remembering(self.session)
        self.errors.expected.connect(self.session.show_error)
        self.errors.crashed.connect(self.session.crashed)
        self._tell_at_start(last_fault)

    def show(self) -> None:
        """Show the window, then load the modules of the first image."""
        self.window.show()
        self._warming = QTimer(self.session)
        self._warming.setSingleShot(True)
        self._warming.timeout.connect(self._warm_at_rest)
        self._warming.start(WARM_AFTER_MS)
        self.session.scan_started.connect(self.warm)

    def warm(self) -> None:
        """Load the modules of the first image.

        Some time after the start, or once files come. The modules that it needs are loaded in a thread. Those
        of the window are not: PySide makes its classes when they are first used, which crashes where two
        threads do so at once.
        """
        self._warming.stop()
        self.session.scan_started.disconnect(self.warm)
        self.window.offer_models()
        self.window.panes.build()
        self._tell_news()
        task = self.session.task(load_ahead, "warm")
        task.finished.connect(self.window.processing.build)
        task.finished.connect(self.remembering.start)
        task.finished.connect(self.sandbox.start)
        task.submit()

    def _warm_at_rest(self) -> None:
        self.warm()
        self.session.workers.start_threads(FIRST_LANES)
        self.window.draw_ahead()

    def _tell_news(self) -> None:
        """Say once after an update where the changes stand."""
        seen = self.settings.text("version_seen")
        if seen == __version__:
            return
        if seen:
            said = message("This is medviewer {version}.", version=__version__)
            hint = message("Help > What's new says what has changed.")
            self.session.notices.tell(Notice(said, hint, "info"))
        self.session.viewer.change_setting("version_seen", __version__)

    def end(self) -> bool:
        """End all work, and forget pass phrases; return whether it ended in time."""
        self.remembering.end()
        ended = self.session.shutdown()
        protection.forget_keys()
        self.window.close()
        self.window.deleteLater()
        self.session.deleteLater()
        QApplication.sendPostedEvents(None, 0)
        diagnostics.stop()
        return ended

    def _tell_at_start(self, last_fault: str) -> None:
        for notice in (self.settings.notice, self.session.viewer.shortcut_file.notice):
            if notice:
                self.session.notices.tell(Notice(notice, severity="warning"))
        if not diagnostics.is_logging():
            said = message("No log is kept: the log folder cannot be written.")
            self.session.notices.tell(Notice(said, severity="warning"))
        if last_fault:
            said = message("The program did not end as it should last time.")
            hint = message("The log folder holds a report that names no patient.")
            self.session.notices.tell(Notice(said, hint, "warning"))


def main(paths: Sequence[Path] = (), *, demo: bool = False, language: str = "") -> int:
    """Run the window until it is closed; return the exit status.

    Parameters
    ----------
    paths : sequence of Path
        Opened at once.
    demo : bool
        Open the demonstration study.
    language : str
        One of LANGUAGES; empty: as the settings say.
    """
    program = Program(language)
    program.show()
    if not program.settings.flag("hints_seen"):
        HintOffer(program.session)
    if demo:
        program.session.open_demo()
    program.session.viewer.open_paths(paths)
    status = program.application.exec()
    if not program.end():  # a model or codec hangs in its thread: nothing of the user's is at stake any more
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    return status


def offscreen_tour(folder: Path, *, language: str = "") -> list[Path]:
    """Do the window's main job without a display.

    Open the demonstration study, classify, export, grab.

    Returns
    -------
    list of Path
        The images that were written: the annotated slice and the window.

    Raises
    ------
    MedviewerError
        What the user would have seen as an error.
    """
    if not os.environ.get("DISPLAY") and sys.platform == "linux":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder.mkdir(parents=True, exist_ok=True)
    program = Program(language)
    try:
        return _tour(program, folder)
    finally:
        program.end()


def _tour(program: Program, folder: Path) -> list[Path]:
    session, window = program.session, program.window
    failures = Failures(session)
    window.resize(*TOUR_SIZE)
    program.show()
    session.open_demo()
    wait_until(session.scan_finished, lambda: not session.is_scanning, failures)
    if session.focused is not None:
        session.viewer.scroll_to(len(session.focused.stack) // 2)
    wait_until(session.pane_changed, lambda: all(map(session.processed, range(4))), failures)
    session.classify()
    wait_until(session.state_changed, lambda: _result(session) is not None, failures)
    wait_until(session.pane_changed, lambda: not any(map(session.busy, range(4))), failures)
    pane = session.focused
    assert pane is not None
    image, grabbed = folder / "annotated-slice.png", folder / "window.png"
    _export(session, pane, image, failures)
    QApplication.processEvents()
    atomic_write(grabbed, _png(window.grab()))
    return [image, grabbed]


class Failures(QObject):
    """Records the session's first error that the user would be shown."""

    happened = Signal()

    def __init__(self, session: ViewerSession) -> None:
        super().__init__(session)
        self.sentence = ""
        session.notices.told.connect(self._on_notice)
        session.crashed.connect(self._on_crash)

    def _on_notice(self, notice: Notice) -> None:
        if notice.severity == "error":
            self._remember(notice.sentence.for_user())

    def _on_crash(self, description: str) -> None:
        self._remember(description)

    def _remember(self, sentence: str) -> None:
        self.sentence = self.sentence or sentence
        self.happened.emit()


def wait_until(signal: SignalInstance, is_so: Callable[[], bool], failures: Failures) -> None:
    """Run the event loop until a condition holds, checked at each signal.

    Raises
    ------
    TourError
        An error was shown to the user meanwhile, or it took two minutes.
    """
    loop, timer = QEventLoop(), QTimer()
    signal.connect(loop.quit)
    failures.happened.connect(loop.quit)
    timer.setSingleShot(True)
    timer.timeout.connect(loop.quit)
    timer.start(PATIENCE_MS)
    while not failures.sentence and timer.isActive() and not is_so():
        loop.exec()
    signal.disconnect(loop.quit)
    failures.happened.disconnect(loop.quit)
    if failures.sentence or not timer.isActive():
        raise TourError(detail=failures.sentence.rstrip(".。") or translate("it took too long"))
    timer.stop()


def _export(session: ViewerSession, pane: PaneState, path: Path, failures: Failures) -> None:
    settings, originals = session.settings_of(pane), session.library.originals

    def save() -> Generator[Path, None, None]:
        export.save_png(path, pane, settings=settings, originals=originals, overwrite=True)
        yield path

    task = session.task(save, "export")
    done: list[object] = []
    task.yielded.connect(done.append)
    task.submit()
    wait_until(task.finished, lambda: bool(done), failures)


def _result(session: ViewerSession) -> object:
    return None if session.focused is None else session.focused.result


def _png(image: QPixmap) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image.toImage())
    return bytes(buffer.data().data())


def load_ahead() -> Generator[None, None, None]:
    """Import the modules of the first image; in a thread."""
    for name in LOADED_AHEAD:
        importlib.import_module(name)
    yield None


def _forget_plugins_of_others() -> None:
    """Drop variables that lead Qt to another library's plugins."""
    for name in [name for name in os.environ if name.startswith("QT_") and "cv2" in os.environ[name]]:
        del os.environ[name]


def _application() -> QApplication:
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("medviewer")
    application.setDesktopFileName("medviewer")
    return application
