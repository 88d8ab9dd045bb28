"""A session of random edits of one study that are saved one after another, until it is killed.

    python -m tests.viewer.annotations.edited_until_killed SEED STUDY

Each line tells the annotations, by a hash of the whole file, and what is known of them: "tried" before they
are written, "confirmed" behind that.
"""

import hashlib
import sys
from dataclasses import replace
from random import Random

from medviewer.imaging.annotation.annotation import Annotation, Annotations, new_id
from medviewer.imaging.annotation.document import as_json
from medviewer.translation import Message
from medviewer.viewer.annotations.store import AnnotationStore
from medviewer.viewer.state import History

EDIT = Message("edit")


def state_of(annotations: Annotations) -> str:
    """Return a hash of annotations as they are written."""
    return hashlib.sha256(as_json(annotations).encode()).hexdigest()


def edited(chance: Random, history: History[Annotations]) -> History[Annotations]:
    """Return a history behind one random edit, undo or redo."""
    present, what = history.present, chance.random()
    if what < 0.15:
        return history.undone()
    if what < 0.25:
        return history.redone()
    if what < 0.4 and present:
        gone = chance.choice(present)
        return history.edited(EDIT, tuple(one for one in present if one is not gone))
    if what < 0.7 and present:
        one = chance.choice(present)
        other = replace(one, points=tuple((x + chance.random(), y) for x, y in one.points), text="moved")
        return history.edited(EDIT, tuple(other if known is one else known for known in present))
    corners = tuple((chance.random(), chance.random()) for _ in range(chance.choice((2, 4, 900))))
    made = Annotation(new_id(), "freehand", corners, "0" * 32, "0" * 64)
    return history.edited(EDIT, (*present[-40:], made))


def main() -> None:
    chance, store = Random(int(sys.argv[1])), AnnotationStore(sys.argv[2])
    (found,) = store.load()
    begin: History[Annotations] = History(())
    history = store.take(found, begin)
    print(f"{'damaged' if found.note else 'opened'} {state_of(history.present)}", flush=True)
    while True:
        history = edited(chance, history)
        print("tried", state_of(history.present), flush=True)
        if store.save_now(history.present):
            print("confirmed", state_of(history.present), flush=True)


if __name__ == "__main__":
    main()
