"""The annotations of one study.

Their edits, and the file in which they outlast the program. The file is private to the user and holds
nobody's name and no UID: it is called by a digest of the Study Instance UID. Reading and writing are
generators for a worker's thread; what they yield is taken by the store in the thread that edits. Of a store
both threads read the number of its newest writing, and nothing else.
"""

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from medviewer.imaging.annotation import (
    Annotations,
    NewerDocumentError,
    as_json,
    digest,
    from_json,
    known_base,
    merged,
    replaying,
)
from medviewer.storage import is_there, read_kept, set_aside, try_writer_lock, write_private
from medviewer.translation import NOTHING, Message, mark, message
from medviewer.viewer.annotations.waiting_edits import (
    WaitingEdits,
    remove_waiting,
    waiting_files,
    with_waiting,
    write_waiting,
)
from medviewer.viewer.memory import BUSY_SECONDS, LAST_SECONDS, annotations_folder
from medviewer.viewer.state import History

MOST_BYTES: Final = 64 << 20  # of the file of a study
OFF: Final = "off"  # nothing is kept any more
BUSY: Final = "busy"  # it is to be tried again
MOST_GIVEN: Final = 20  # writings of which the outcome is not known; there is one at a time
UNREADABLE: Final = message("The annotations of this study could not be read and are not saved.")
DAMAGED: Final = mark("The annotations of this study could not be read; the file is kept as {name}.")
DAMAGED_LATE: Final = mark(
    "The last edits of a window that has ended could not be read; they are kept as {name}."
)
NEWER: Final = mark(
    "A newer version of the program wrote the annotations of this study; the file is kept as {name}."
)


@dataclass(frozen=True, slots=True)
class InFile:
    """Annotations in a study's file, with the base for comparison.

    Parameters
    ----------
    annotations : tuple of Annotation
        In the file when the work ended.
    given : tuple of Annotation
        In the window when it began: what differs was done elsewhere.
    note : Message
        What is to be said.
    is_busy : bool
        Another window was writing: nothing was done, and it is to be tried again.
    """

    annotations: Annotations
    given: Annotations = ()
    note: Message = NOTHING
    is_busy: bool = False


class AnnotationStore:
    """Reads and writes the file of a study's annotations.

    The annotations themselves are values, whose history the viewer's state holds.

    Parameters
    ----------
    may_write : callable
        Asked in the thread that writes: memory may be switched off meanwhile, also in another window.
    """

    def __init__(self, study_instance_uid: str, may_write: Callable[[], bool] = lambda: True) -> None:
        self.path = annotations_folder() / f"{digest('study', study_instance_uid)}.json"
        self._may_write = may_write
        self._in_file: Annotations = ()
        self._given: tuple[Annotations, ...] = ()  # to be written, of which nothing was heard yet
        self._number = 0  # of the newest writing

    def is_saved(self, annotations: Annotations) -> bool:
        """Whether the file holds these annotations."""
        return annotations == self._in_file

    @property
    def has_stored(self) -> bool:
        """Whether anything is stored of the study."""
        return is_there(self.path) or bool(waiting_files(self.path))

    def load(self) -> Generator[InFile, None, None]:
        """Return the reading of the file, for a worker's thread."""
        return _loaded(self.path)

    def save(self, annotations: Annotations) -> Generator[InFile, None, None]:
        """Return the writing of annotations, for a worker's thread.

        What another window has written meanwhile is kept. A writing that comes to its turn after a newer one
        writes nothing, and says that it was busy. The generator raises WriteError where the operating system
        refuses.
        """
        given = self._given
        if not any(one is annotations for one in given):
            self._given = (*given[1 - MOST_GIVEN :], annotations)
        self._number += 1
        return _saved(self.path, self._in_file, given, annotations, partial(self._refusal, self._number))

    def save_now(
        self,
        annotations: Annotations,
        seconds: float = LAST_SECONDS,
        *,
        is_last: bool = False,
        take: Callable[[InFile], None] | None = None,
    ) -> bool:
        """Write annotations in this thread; return whether they are kept.

        Parameters
        ----------
        seconds : float
            So long other windows that write are waited for.
        is_last : bool
            The program ends: then they are written beside the file, and join it when it is read.
        take : callable or None
            Is given what the file holds now, for `take`: annotations that may be saved once more need the
            edits of other windows first. None: they are not needed any more.

        Raises
        ------
        WriteError
            The operating system refused.
        """
        until = time.monotonic() + seconds
        while True:
            (found,) = self.save(annotations)
            if not found.is_busy:
                # guard(take or self._hear -> self._hear): a study that is saved twice keeps what others drew
                (take or self._hear)(found)
                return found.given is annotations
            if time.monotonic() > until:
                # guard(is_last and self._may_write() -> False): at the end nothing waits for another window
                if is_last and self._may_write():
                    write_waiting(self.path, WaitingEdits(self._in_file, self._given, annotations))
                    return True
                return False
            time.sleep(BUSY_SECONDS)

    def take(self, found: InFile, history: History[Annotations]) -> History[Annotations]:
        """Return a history with the edits of other windows.

        Undo does not take these back.
        """
        if found.is_busy:
            return history
        self._hear(found)
        return history.everywhere(replaying(found.given, found.annotations))

    def _refusal(self, number: int) -> str:
        """Return why a writing is not done now, or nothing.

        It is asked in the thread that writes.
        """
        if not self._may_write():
            return OFF
        # guard(-> ""): no older annotations are written over newer ones
        return BUSY if number != self._number else ""

    def _hear(self, found: InFile) -> None:
        """Take the annotations of the file, which settle those given before."""
        self._in_file = found.annotations
        places = [place for place, one in enumerate(self._given) if one is found.given]
        self._given = self._given[places[-1] + 1 :] if places else self._given


def _loaded(path: Path) -> Generator[InFile, None, None]:
    waiting = waiting_files(path)  # before the file, which whoever removes them has written
    found, note, _ = _read(path)
    found, _, kept = with_waiting(found, waiting)
    yield InFile(found or (), note=note or _damaged_waiting(kept))


def _saved(
    path: Path,
    base: Annotations,
    given: Sequence[Annotations],
    ours: Annotations,
    refusal: Callable[[], str],
) -> Generator[InFile, None, None]:
    if refusal() == OFF:  # else the folder would be made again
        yield InFile(base, base)
        return
    with try_writer_lock(path.parent) as is_alone:
        # guard(test): one window at a time saves annotations
        if not is_alone:
            yield InFile(base, is_busy=True)
            return
        # guard(test): no annotation is written once memory is off
        if why := refusal():
            yield InFile(base, is_busy=True) if why == BUSY else InFile(base, base)
            return
        there, note, is_free = _read(path)
        # guard(test): a file of annotations that was not read is not written over
        if not is_free:
            yield InFile(base, base, note)
            return
        known, waiting, kept = with_waiting(there, waiting_files(path))
        # guard(base if known is None else known -> base): saved annotations keep those of another window
        theirs = base if known is None else known
        both = merged(_known_base(base, given, theirs), ours, theirs)
        note = note or _damaged_waiting(kept)
        if both.twice:
            note = message(
                "Annotations that were changed in another window, too: {count}. Both versions are kept.",
                count=both.twice,
            )
        if both.annotations != there:
            write_private(path, as_json(both.annotations).encode("ascii"))
        remove_waiting(waiting)
    yield InFile(both.annotations, ours, note)


def _damaged_waiting(kept: Sequence[Path]) -> Message:
    return Message(DAMAGED_LATE, (("name", kept[-1].name),)) if kept else NOTHING


def _known_base(base: Annotations, given: Sequence[Annotations], theirs: Annotations) -> Annotations:
    """Return the common base; any given annotations may be in the file."""
    for one in given:
        base = known_base(base, one, theirs)
    return base


def _read(path: Path) -> tuple[Annotations | None, Message, bool]:
    """Return a file's annotations, a note, and whether it may be written.

    The annotations are None where the file has none. A file that is damaged, or of a newer version, is set
    aside: nothing is ever written over it.
    """
    try:
        return from_json(read_kept(path, MOST_BYTES).decode("ascii")), NOTHING, True
    except (FileNotFoundError, NotADirectoryError):
        return None, NOTHING, True
    except OSError:
        return None, UNREADABLE, False
    except NewerDocumentError:
        kept, sentence = set_aside(path), NEWER
    except ValueError:
        kept, sentence = set_aside(path), DAMAGED
    if kept is None:
        return None, UNREADABLE, False
    return None, Message(sentence, (("name", kept.name),)), True
