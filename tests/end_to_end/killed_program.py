"""The real program, driven by a seeded hand until it is killed.

It tells all states that it comes to.

    python -m tests.end_to_end.killed_program SEED FOLDER...

Where a session was left behind, it is restored and told first. Lines are JSON:
[seconds, what, state, whether more was being found, whether its first image was to be shown].
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from PySide6.QtCore import QTimer

from medviewer import app
from medviewer.imaging.display import Orientation
from medviewer.imaging.frame import VoiOrigin, Window
from medviewer.viewer import state as display_state
from medviewer.viewer.commands.panes.layout import set_layout
from medviewer.viewer.commands.table import command_by_id
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

STEP_MS = 30
USER = VoiOrigin.USER
REST_MS = 1500


def told(viewer: Viewer) -> object:
    """Return the state that has to come back.

    Studies, panes with slice and window, layout, parameters.
    """
    state = viewer.state
    panes = [
        pane
        and [
            pane.stack.key,
            *pane.slice_key[:2],
            pane.processing,
            str(pane.seen_voi),
            [pane.orientation.quarter_turns, pane.orientation.flipped],
        ]
        for pane in state.display.panes
    ]
    studies = sorted(study.identity.study_instance_uid for study in state.library.studies)
    flags = [state.linked, state.identity_hidden, state.tool]
    parameters = viewer.parameters.as_text()
    return [studies, panes, state.layout, state.maximized, state.display.focus, flags, parameters]


def is_first_due(viewer: Viewer) -> bool:
    """Return whether a scan is about to show its first image in empty panes."""
    state = viewer.state
    return state.is_scanning and state.awaits_first_image and not any(state.display.panes)


class Hand:
    """Does something at random, in bursts, and tells each state."""

    def __init__(self, program: app.Program, seed: int, folders: list[Path]) -> None:
        self.program, self.viewer = program, program.session.viewer
        self.random, self.folders = Random(seed), folders
        self.left = 0
        self.last: object = None
        self.timer = QTimer(program.session)
        self.timer.setInterval(STEP_MS)
        self.timer.timeout.connect(self.step)
        self.actions: tuple[Callable[[], object], ...] = (
            lambda: self.viewer.scroll_to(self.random.randrange(20)),
            lambda: self.viewer.scroll_to(self.random.randrange(20)),
            lambda: self.viewer.set_voi(
                Window(float(self.random.randrange(3000)), float(self.random.randrange(1, 900)), origin=USER)
            ),
            lambda: set_layout(self.viewer, self.random.choice(("1", "1x2", "film", "2x2", "2x3", "3x3"))),
            lambda: self.viewer.set_focus(self.random.choice(self.viewer.state.visible)),
            lambda: self.viewer.show_stack(
                self.random.choice(self.viewer.state.library.stacks), self.viewer.state.display.focus
            ),
            lambda: self.viewer.set_linked(not self.viewer.state.linked),
            lambda: self.viewer.show(
                display_state.turn(
                    self.viewer.state.display, [self.viewer.state.display.focus], Orientation(1, True)
                )
            ),
            lambda: self.viewer.set_processing(
                self.viewer.state.display.focus, self.random.choice(("original", "edges", "denoised"))
            ),
            lambda: self.program.session.set_parameter(
                "denoised", "strength", self.random.choice((0.5, 1.5, 2.0))
            ),
            lambda: self.viewer.change(tool=self.random.choice(("pan", "zoom", "scroll", "window"))),
            lambda: self.viewer.change(identity_hidden=not self.viewer.state.identity_hidden),
            lambda: self.viewer.open_paths([self.random.choice(self.folders)]),
            lambda: self.viewer.session.close_study() if len(self.viewer.state.library.studies) > 2 else None,
        )

    def begin(self) -> None:
        """Restore the last session, or open the first folders."""
        self.viewer.follow(self.follow)
        self.program.session.settings_changed.connect(self.tell)  # parameters are no part of the state
        if self.viewer.state.last_session is not None:
            command_by_id("file.restore_session").perform(self.viewer)
        else:
            self.program.session.scan_finished.connect(self.opened)
            self.viewer.open_paths(self.folders[:2])

    def opened(self) -> None:
        """Tell the first state once all of the first folders is there.

        Before, any part of it may be kept.
        """
        if self.last is None:
            self.say("fresh")
            self.timer.start()

    def follow(self, before: ViewerState, after: ViewerState) -> None:
        """Tell another state; while a session is restored only its end."""
        if after.restoring is not None:
            return
        if before.restoring is not None:
            QTimer.singleShot(0, self.restored)  # frames that decide an automatic window may still come
        else:
            self.tell()

    def tell(self, *_: object) -> None:
        """Tell a state that differs from the last one, once the hand has begun."""
        if self.timer.isActive() and told(self.viewer) != self.last:
            self.say("state")

    def restored(self) -> None:
        """Tell the restored state once all its images are there."""
        waits = [pane for pane in self.viewer.state.display.panes if pane and not pane.frame]
        if waits:
            QTimer.singleShot(20, self.restored)
            return
        self.say("restored")
        self.timer.start()

    def step(self) -> None:
        """Do one thing; after some things rest for a while."""
        if not self.viewer.state.library.stacks:
            return
        if self.left == 0:
            self.left = self.random.randrange(3, 25)
            self.timer.setInterval(REST_MS if self.random.random() < 0.5 else STEP_MS)
            return
        self.timer.setInterval(STEP_MS)
        self.left -= 1
        self.random.choice(self.actions)()

    def say(self, what: str) -> None:
        """Write a line that is out when this process is killed."""
        self.last = told(self.viewer)
        scans = [self.viewer.state.is_scanning, is_first_due(self.viewer)]
        print(json.dumps([time.monotonic(), what, self.last, *scans]), flush=True)


def main() -> None:
    program = app.Program("en")
    program.show()
    hand = Hand(program, int(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
    program.remembering.offered.connect(hand.begin)
    program.application.exec()


if __name__ == "__main__":
    main()
