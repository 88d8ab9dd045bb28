"""The real program with a study, in which every command is run once.

Then it is closed.

    python -m tests.end_to_end.canary_program MEMORY FOLDER

MEMORY: "on", "off", or "switched", which is on until all has been done.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from medviewer import app
from medviewer.imaging.frame import VoiOrigin, Window
from medviewer.viewer.commands import command_by_id, commands

REST_MS = 2500
"""By then everything is written that is written some time after a change."""

LEFT_OUT = ("file.quit", "file.close_study", "file.close_all", "file.sample_phantom", "file.sample_files")


def rest(milliseconds: int = REST_MS) -> None:
    """Let the program run on."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def close_dialogs(program: app.Program) -> None:
    """Close all that lies over the window."""
    for widget in QApplication.topLevelWidgets():
        if widget is not program.window and widget.isVisible():
            widget.close()


def do_everything(program: app.Program) -> None:
    """Run each command, and change the states that none changes."""
    viewer = program.session.viewer
    viewer.scroll_to(1)
    viewer.set_voi(Window(40.0, 321.0, origin=VoiOrigin.USER))
    program.session.set_parameter("thresholded", "method", "range")
    program.session.set_parameter("thresholded", "lower", 12.0)
    program.window.browser.search.setText("CANARY")
    for command in commands():
        if command.id not in LEFT_OUT:
            command.perform(viewer)
            QApplication.processEvents()
            close_dialogs(program)
    viewer.change(identity_hidden=False, maximized=None, full_screen="")
    program.window.browser.search.clear()
    rest()


def ask_model(program: app.Program) -> None:
    """Ask the model about the slice, and wait for its answer or refusal."""
    answered, session = QEventLoop(), program.session
    session.classifying_changed.connect(lambda busy: None if busy else answered.quit())
    QTimer.singleShot(60_000, answered.quit)
    command_by_id("classify.slice").perform(session.viewer)
    answered.exec()


def main() -> None:
    memory, folder = sys.argv[1], Path(sys.argv[2])
    program = app.Program("en")
    viewer = program.session.viewer
    viewer.change_setting("remember_files", memory != "off")
    ready = QEventLoop()
    program.remembering.offered.connect(ready.quit)
    QTimer.singleShot(REST_MS, ready.quit)  # nothing is offered where nothing is remembered
    program.show()
    ready.exec()
    found = QEventLoop()
    program.session.scan_finished.connect(found.quit)
    viewer.open_paths([folder])
    found.exec()
    rest()
    assert viewer.state.focused is not None
    assert "CANARY" in viewer.state.focused.identity.patient_name
    do_everything(program)
    ask_model(program)
    if memory == "switched":
        viewer.change_setting("remember_files", False)
        yes = program.window.dialogs.yes_button  # it is asked, as drawings are kept
        assert yes is not None
        yes.click()
        rest()
    command_by_id("file.close_all").perform(viewer)
    rest()
    program.end()


if __name__ == "__main__":
    main()
