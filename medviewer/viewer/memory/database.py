"""The database of opened studies, one file private to the user.

SQLite keeps it whole through crashes. A damaged file, or one of a newer version, is set aside. Every
operation opens the file, works in one transaction and closes it, so that any thread and any window may use
it. Paths and sessions stand in files of their own.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final, TypeVar

from medviewer import paths
from medviewer.errors import BusyMemoryError, MemoryAccessError, WriteError
from medviewer.storage import is_there, make_private_file, remove, set_aside, try_writer_lock
from medviewer.translation import NOTHING, Message, mark, message

FILE_NAME: Final = "studies.sqlite3"
VERSION: Final = 1
APPLICATION: Final = 0x6D656476  # "medv"
PATIENCE_SECONDS: Final = 2.0  # for another window that writes

SIDE_FILES: Final = ("-journal", "-wal", "-shm")
"""What SQLite may keep beside a database, in the same folder."""

TABLES: Final = {
    "studies": "key TEXT PRIMARY KEY, opened_at REAL, searched TEXT, content TEXT, seen TEXT, thumbnail BLOB",
    "views": "kind TEXT, key TEXT, seen_at REAL, content TEXT, PRIMARY KEY (kind, key)",
}
"""Name -> columns. Another version of them is another VERSION."""

COLUMNS: Final = {
    "studies": ("key", "opened_at", "searched", "content", "seen", "thumbnail"),
    "views": ("kind", "key", "seen_at", "content"),
}
"""The names of the columns of each table, in their order."""

_BUSY: Final = frozenset((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED))
_DAMAGED: Final = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))
_LACKS: Final = ("no such table", "no such column", "has no column")

_DAMAGED_REASON: Final = mark("the file is damaged")

Value = TypeVar("Value")


class _DamagedError(Exception):
    """The file is no database of this program, or of a newer version of it."""


class Database:
    """The database file of this user."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path if path is not None else paths.user_folder("data") / FILE_NAME
        self.notice: Message = NOTHING  # to show once; nothing where all is well
        self._setting_aside = threading.Lock()

    def read(self, ask: Callable[[sqlite3.Connection], Value], nothing: Value) -> Value:
        """Read in the database; return `nothing` where there is no file.

        Raises
        ------
        MemoryAccessError, BusyMemoryError
            It cannot be read, or not now.
        """
        return self._do(ask) if is_there(self.path) else nothing

    def write(self, change: Callable[[sqlite3.Connection], Value]) -> Value:
        """Change the database, whole or not at all; return its answer.

        Raises
        ------
        MemoryAccessError, BusyMemoryError
            It cannot be written, or not now.
        """

        def prepared(connection: sqlite3.Connection) -> Value:
            connection.execute("BEGIN IMMEDIATE")
            answer = change(connection)
            connection.execute("COMMIT")
            return answer

        try:
            make_private_file(self.path)
        except WriteError as error:
            raise MemoryAccessError(reason=error.facts["reason"]) from error
        return self._do(prepared)

    def forget(self) -> None:
        """Remove the file, those beside it and damaged ones set aside.

        Raises
        ------
        MemoryAccessError
            Something stays.
        """
        try:
            beside = list(self.path.parent.glob(f"{self.path.name}*"))
            for path in sorted(beside, reverse=True):  # the journal first: it holds pages of the database
                remove(path)
        except OSError as error:
            raise MemoryAccessError(reason=error.strerror or str(error)) from error

    def _do(self, work: Callable[[sqlite3.Connection], Value]) -> Value:
        try:
            return self._once(work)
        except _DamagedError:
            self._set_aside()
        try:
            return self._once(work)
        except _DamagedError as error:
            raise MemoryAccessError(reason=_DAMAGED_REASON) from error

    def _once(self, work: Callable[[sqlite3.Connection], Value]) -> Value:
        try:
            with closing(connected(self.path)) as connection:
                _check(connection)
                return work(connection)
        except sqlite3.Error as error:
            raise _refusal(error, self.path) from error

    def _set_aside(self) -> None:
        """Set a damaged file aside, unless another window has done so meanwhile."""
        with self._setting_aside, try_writer_lock(self.path.parent) as is_alone:
            if not is_alone:
                raise BusyMemoryError
            with contextlib.suppress(_DamagedError):
                self._once(_check_whole)
                return
            try:
                for suffix in SIDE_FILES:  # of the damaged one: they would be played back into the next
                    remove(self.path.with_name(self.path.name + suffix))
            except OSError as error:
                raise MemoryAccessError(reason=error.strerror or str(error)) from error
            kept = set_aside(self.path)
            if kept is None:
                raise MemoryAccessError(reason=_DAMAGED_REASON)
            self.notice = message(
                "The list of studies could not be read and begins anew; the old file is kept as {name}.",
                name=kept.name,
            )
            make_private_file(self.path)


def connected(path: Path) -> sqlite3.Connection:
    """Return a connection that leaves nothing outside the file's folder."""
    connection = sqlite3.connect(path, timeout=PATIENCE_SECONDS, isolation_level=None)
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA secure_delete = ON")  # what is forgotten is written over
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _check(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty file; refuse one that is not ours."""
    if _is_empty(connection):
        connection.execute("BEGIN IMMEDIATE")
        if _is_empty(connection):  # no other window was first
            for name, columns in TABLES.items():
                connection.execute(f"CREATE TABLE {name} ({columns})")
            connection.execute("CREATE INDEX studies_by_time ON studies (opened_at)")
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    # Asked after the tables: another window makes them and these two numbers in one transaction.
    numbers = _number(connection, "PRAGMA user_version"), _number(connection, "PRAGMA application_id")
    if numbers != (VERSION, APPLICATION):
        raise _DamagedError


def _check_whole(connection: sqlite3.Connection) -> None:
    """Refuse a file of which a part is damaged."""
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise _DamagedError
    for name, columns in COLUMNS.items():
        if tuple(row[1] for row in connection.execute(f"PRAGMA table_info({name})")) != columns:
            raise _DamagedError


def _number(connection: sqlite3.Connection, question: str) -> int:
    return int(connection.execute(question).fetchone()[0])


def _is_empty(connection: sqlite3.Connection) -> bool:
    return not _number(connection, "SELECT count(*) FROM sqlite_master")


def _refusal(error: sqlite3.Error, path: Path) -> Exception:
    """Return one of our errors for an error of SQLite.

    Its reason is in the words of the operating system.
    """
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGED or (code == sqlite3.SQLITE_ERROR and any(lack in str(error) for lack in _LACKS)):
        return _DamagedError()
    if code in _BUSY:
        return BusyMemoryError()
    reason = {
        sqlite3.SQLITE_FULL: "No space left on device",
        sqlite3.SQLITE_READONLY: "Permission denied",
        sqlite3.SQLITE_PERM: "Permission denied",
    }.get(code, "Input/output error")
    try:
        path.open("rb").close()
    except OSError as refused:
        reason = refused.strerror or reason
    return MemoryAccessError(reason=reason)
