"""Notes on the frames of one file.

What holds for each frame is said of the file; what holds for some frames only is said as such, so that it is
false on none of them.
"""

from collections.abc import Iterable
from typing import Final

from medviewer.translation import Message, mark, message

IN_SOME_FRAMES: Final = mark("In some of its frames: {note}")


def notes_of_file(notes_by_frame: Iterable[Iterable[Message]]) -> tuple[Message, ...]:
    """Return the notes of a file from those of its frames, each once."""
    by_frame = [dict.fromkeys(notes) for notes in notes_by_frame]
    found = dict.fromkeys(note for notes in by_frame for note in notes)
    return tuple(
        note if all(note in notes for notes in by_frame) else message(IN_SOME_FRAMES, note=note)
        for note in found
    )
