"""Session files: one for each window, and those of ended ones.

Each is in a folder of its own that its window keeps locked. A folder that nobody locks is of a window that
has ended: closed, crashed or killed.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

from medviewer import paths
from medviewer.storage import read_kept, remove, remove_folder, try_writer_lock, write_private
from medviewer.viewer.memory.session_record import SessionRecord, session_from_text

FOLDER: Final = "sessions"
FILE_NAME: Final = "session.json"
LARGEST_BYTES: Final = 4_000_000

_log = logging.getLogger(__name__)


class SessionFile:
    """The session file of this window."""

    def __init__(self) -> None:
        self.folder = paths.user_folder("data") / FOLDER / os.urandom(8).hex()
        self._lock = ExitStack()
        self._is_locked = False

    def write(self, record: SessionRecord | None) -> None:
        """Keep a session; None: there is nothing to be kept.

        Raises
        ------
        WriteError
            The operating system refused.
        """
        if record is None:
            self.remove()
            return
        if not self._is_locked:
            self._lock.enter_context(try_writer_lock(self.folder))
            self._is_locked = True
        write_private(self.folder / FILE_NAME, record.as_text().encode("ascii"), flush=False)

    def end(self) -> None:
        """Let go of the file; it stays for the next start."""
        self._lock.close()
        self._is_locked = False

    def remove(self) -> None:
        """Remove the file."""
        self.end()
        _remove(self.folder)


def left_sessions() -> list[tuple[Path, SessionRecord]]:
    """Return the sessions of ended windows, the newest first.

    Each comes with its folder. What cannot be read is removed.
    """
    found = []
    for folder in _folders():
        with try_writer_lock(folder) as is_left:
            if not is_left:
                continue
            record = _read(folder / FILE_NAME)
        if record is None:
            _remove(folder)
        else:
            found.append((folder, record))
    return sorted(found, key=lambda one: one[1].saved_at, reverse=True)


def remove_session(folder: Path) -> None:
    """Remove a session that was left behind."""
    _remove(folder)


def remove_all_sessions() -> None:
    """Remove the sessions of all windows, also of those that are open.

    Raises
    ------
    OSError
        One stays.
    """
    for folder in _folders():
        for path in folder.iterdir():
            if path.name != ".lock":  # of a window that is open
                remove(path)
        with try_writer_lock(folder) as is_left:
            pass
        if is_left:
            remove_folder(folder)
    with suppress(OSError):  # of windows that are open
        remove_folder(paths.user_folder("data") / FOLDER)


def _folders() -> Iterator[Path]:
    try:
        yield from sorted((paths.user_folder("data") / FOLDER).iterdir())
    except OSError:  # there is none
        return


def _read(path: Path) -> SessionRecord | None:
    try:
        return session_from_text(read_kept(path, LARGEST_BYTES).decode("ascii"))
    except (OSError, ValueError):
        return None


def _remove(folder: Path) -> None:
    try:
        remove_folder(folder)
    except OSError as error:
        _log.warning("a session could not be removed: %s", type(error).__name__)
