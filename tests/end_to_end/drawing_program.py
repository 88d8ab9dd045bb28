"""The real program on one study, in which a seeded hand draws, moves, deletes and undoes.

    python -m tests.end_to_end.drawing_program SEED FOLDER EDITS

It begins when a line comes in, does its edits, tells how many are left, and lets the program end by itself.
Then it prints as JSON the annotations of its own that were there at the end, how many layouts it kept, and
what was said to the user.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

from PySide6.QtCore import QTimer

from medviewer import app
from medviewer.imaging.annotation import Annotation, Annotations, new_id
from medviewer.imaging.annotation.annotation import image_sha256, slice_digest_of
from medviewer.translation import Message
from medviewer.viewer.annotations.edits import edit_annotations, present_in, redo, undo
from medviewer.viewer.annotations.key_images import write_note
from medviewer.viewer.commands.panes.hanging import keep_layout

STEPS_MS = (20, 20, 20, 700)  # a pause is long enough for a save
EDIT = Message("edit")


class Hand:
    """Edits its own annotations, at random."""

    def __init__(self, program: app.Program, seed: int, edits: int) -> None:
        self.program, self.viewer = program, program.session.viewer
        self.name, self.chance, self.left = f"hand {seed}", Random(seed), edits
        self.layouts = 0  # kept
        self.timer = QTimer(program.session)
        self.timer.setInterval(STEPS_MS[0])
        self.timer.timeout.connect(self.step)

    def own(self) -> Annotations:
        """Return the annotations of this hand."""
        return tuple(one for one in present_in(self.viewer.state) if one.text.startswith(self.name))

    def begin(self) -> None:
        """Wait for the word, then draw."""
        print("ready", flush=True)
        sys.stdin.readline()
        self.timer.start()

    def step(self) -> None:
        """Do one thing, or end."""
        pane = self.viewer.state.focused
        if pane is None or pane.frame is None:
            return
        if not self.left:
            self.timer.stop()
            self.program.application.quit()
            return
        if self.left % 10 == 0:
            print(self.left, flush=True)
        self.left -= 1
        self.timer.setInterval(self.chance.choice(STEPS_MS))
        present, own, what = present_in(self.viewer.state), self.own(), self.chance.random()
        if what < 0.1:
            undo(self.viewer)
        elif what < 0.15:
            redo(self.viewer)
        elif what < 0.25 and own:
            gone = self.chance.choice(own)
            edit_annotations(self.viewer, EDIT, tuple(one for one in present if one is not gone))
        elif what < 0.4 and own:
            one = self.chance.choice(own)
            moved = replace(one, text=f"{self.name} moved {self.left}")
            edit_annotations(self.viewer, EDIT, tuple(moved if one is known else known for known in present))
        elif what < 0.45:
            self.viewer.scroll_to(self.chance.randrange(len(pane.stack)))
        elif what < 0.5 and (pane.key_image is None or pane.key_image.text.startswith(self.name)):
            write_note(self.viewer, f"{self.name} key image {self.left}")
        elif what < 0.55:
            keep_layout(self.viewer)
            self.layouts += 1
        else:
            on_slice, version = slice_digest_of(pane.slice_key), image_sha256(pane.frame)
            points = ((1.0, 2.0), (3.0 + self.chance.random(), 4.0))
            made = Annotation(new_id(), "length", points, on_slice, version, text=f"{self.name} {self.left}")
            edit_annotations(self.viewer, EDIT, (*present, made))


def main() -> None:
    program = app.Program("en")
    said: list[str] = []
    program.session.notices.told.connect(lambda notice: said.append(str(notice.sentence)))
    program.show()
    hand = Hand(program, int(sys.argv[1]), int(sys.argv[3]))
    program.session.scan_finished.connect(hand.begin)
    program.session.viewer.open_paths([Path(sys.argv[2])])
    program.application.exec()
    own = sorted((one.id, one.text) for one in hand.own())
    program.end()
    print(json.dumps([own, hand.layouts, said]), flush=True)


if __name__ == "__main__":
    main()
