"""The real program, in which a seeded hand corrects outlines with the mouse until it is killed.

    python -m tests.end_to_end.outlining_program SEED FOLDER

Each line tells the outlines of the study, by a hash of its whole file, and what is known of them: "opened" at
the start, "corrected" behind a stroke, "saved" once the program says that they are in the file, "stroke"
while the button of the mouse is held.
"""

import hashlib
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

from PySide6.QtCore import QEvent, QTimer

from medviewer import app
from medviewer.gui.session.annotations import AnnotationSaver
from medviewer.imaging.annotation.document import as_json
from medviewer.storage import is_there
from medviewer.viewer.annotations.edits import present_in, redo, undo
from medviewer.viewer.annotations.outlines import revert, smooth
from medviewer.viewer.annotations.store import AnnotationStore
from medviewer.viewer.viewer_state import ViewerState
from tests.gui.pane_hands import LEFT, mouse
from tests.gui.pane_scene import MODEL
from tests.outlined import answer

STEP_MS = 5
PAUSE_MS = 900
"""Longer than the program waits behind an edit before it saves."""


class Hand:
    """Corrects outlines at random, in bursts, and tells of each."""

    def __init__(self, program: app.Program, seed: int) -> None:
        self.program, self.viewer, self.random = program, program.session.viewer, Random(seed)
        self.is_pressed, self.moves = False, 0
        self.timer = QTimer(program.session)
        self.timer.setInterval(STEP_MS)
        self.timer.timeout.connect(self.step)
        saver = program.session.findChild(AnnotationSaver)
        assert saver is not None
        saver.saved.connect(lambda _cause: self.say("saved"))

    def begin(self) -> None:
        """Tell the annotations of the file and take the brush."""
        pane = self.viewer.state.focused
        if pane is None or pane.frame is None or not self._is_loaded(pane.identity.study_instance_uid):
            QTimer.singleShot(STEP_MS, self.begin)
            return
        self.viewer.change(tool="outline_add", brush=2.0)
        self.say("opened")
        self.viewer.follow(self.follow)
        self.timer.start()

    def _is_loaded(self, study: str) -> bool:
        return study in self.viewer.state.annotations or not is_there(AnnotationStore(study).path)

    def follow(self, before: ViewerState, after: ViewerState) -> None:
        """Tell each edit of the history; a stroke under way is none."""
        if after.annotations is not before.annotations:
            self.say("corrected")

    def step(self) -> None:
        """Go on with a stroke, or do something between two of them."""
        pane = self.program.window.panes.focused_pane
        x, y = (self.random.uniform(0.3, 0.7) * size for size in (pane.view.width(), pane.view.height()))
        if self.is_pressed:
            self.moves -= 1
            self.is_pressed = self.moves > 0
            kind = QEvent.Type.MouseMove if self.is_pressed else QEvent.Type.MouseButtonRelease
            mouse(pane, kind, x, y, LEFT)
            return
        self.timer.setInterval(PAUSE_MS if self.random.random() < 0.3 else STEP_MS)
        what = self.random.random()
        if what < 0.2:
            self._elsewhere()
        elif what < 0.35:
            self.random.choice((undo, redo, revert, smooth))(self.viewer)
        else:
            self.viewer.change(tool=self.random.choice(("outline_add", "outline_add", "outline_cut")))
            self.is_pressed, self.moves = True, self.random.randrange(2, 9)
            self.say("stroke")
            mouse(pane, QEvent.Type.MouseButtonPress, x, y, LEFT)

    def _elsewhere(self) -> None:
        """Go to another slice, of which the made model draws an outline or none."""
        self.viewer.scroll_to(self.random.randrange(6))
        pane = self.viewer.state.focused
        if pane is not None and pane.frame is not None:
            self.viewer.show(replace(self.viewer.state.display, model=MODEL))
            answer(self.viewer, nothing=self.random.random() < 0.5, score=0.6)

    def say(self, what: str) -> None:
        """Write a line that is out when this process is killed."""
        content = as_json(present_in(self.viewer.state)).encode()
        print(what, hashlib.sha256(content).hexdigest(), flush=True)


def main() -> None:
    program = app.Program("en")
    program.show()
    hand = Hand(program, int(sys.argv[1]))
    program.session.scan_finished.connect(hand.begin)
    program.session.open_paths([Path(sys.argv[2])])
    program.application.exec()


if __name__ == "__main__":
    main()
