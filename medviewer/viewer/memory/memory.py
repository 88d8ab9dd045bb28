"""All that the program remembers of studies, and the switch that ends it."""

import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from medviewer.dicom.model import Study
from medviewer.errors import MemoryAccessError
from medviewer.translation import NOTHING, Message
from medviewer.viewer.recent_studies import RecentStudy

if TYPE_CHECKING:  # the first image does not wait for SQLite
    from medviewer.viewer.memory.database import Database
    from medviewer.viewer.memory.session_files import SessionFile
    from medviewer.viewer.memory.session_record import SessionRecord

MOST_CARDS: Final = 12

Seen = Mapping[object, tuple[Message, bytes]]
"""By `Identity.study_key`: what was on the screen, and a PNG file of it."""


class Memory:
    """Memory of one user, read and written by generators in a worker's thread.

    Parameters
    ----------
    remember : bool
        Without it nothing is read and nothing is written.
    """

    def __init__(self, remember: bool = False) -> None:
        self.remember = remember
        self._use = threading.Lock()  # nothing is written once the switch was turned
        self._database: Database | None = None
        self._session: SessionFile | None = None
        self._left: Path | None = None  # the session that was left behind, while it is offered

    @property
    def database(self) -> "Database":
        """The database, opened by nobody yet."""
        if self._database is None:
            from medviewer.viewer.memory.database import Database

            self._database = Database()
        return self._database

    def take_notice(self) -> Message:
        """Return once that a damaged database was set aside."""
        if self._database is None:
            return NOTHING
        notice, self._database.notice = self._database.notice, NOTHING
        return notice

    def cards(self) -> Generator[tuple[RecentStudy, ...], None, None]:
        """Yield the studies opened last, as the start page shows them."""
        if not self.remember:
            return
        from medviewer.viewer.memory.study_index import StudyIndex

        with self._use:
            records = StudyIndex(self.database).recent(MOST_CARDS) if self.remember else ()
        yield tuple(record.card for record in records)

    def add_studies(
        self,
        studies: Sequence[Study],
        opened: Sequence[Path],
        seen: Seen,
        now: Callable[[], float] = time.time,
    ) -> Generator[tuple[RecentStudy, ...], None, None]:
        """Remember open studies, and yield the ones opened last.

        Parameters
        ----------
        opened : sequence of Path
            The files and folders that the user opened.
        """
        from medviewer.viewer.memory.study_index import StudyIndex
        from medviewer.viewer.memory.study_record import record_of

        at = now()
        records = [
            record_of(study, opened, at, *seen.get(study.identity.study_key, (NOTHING, b"")))
            for study in studies
        ]
        with self._use:
            # guard(test): what is switched off meanwhile is not written
            if not self.remember:
                return
            StudyIndex(self.database).add(record for record in records if record is not None)
        yield from self.cards()

    def left_session(self) -> Generator["SessionRecord", None, None]:
        """Yield the newest session that was left behind; remove older ones."""
        if not self.remember:
            return
        from medviewer.viewer.memory.session_files import left_sessions, remove_session

        with self._use:
            found = left_sessions()
            for folder, _ in found[1:]:
                remove_session(folder)
        if found:
            self._left, record = found[0]
            yield record

    def write_session(
        self, record: "SessionRecord | None", *, takes_over: bool = False
    ) -> Generator[None, None, None]:
        """Keep the session of this window; None: nothing is open.

        Parameters
        ----------
        takes_over : bool
            It is the one that was left behind, which is removed.
        """
        from medviewer.viewer.memory.session_files import SessionFile, remove_session

        with self._use:
            # guard(test): no session is written once memory is off
            if not self.remember:
                return
            if self._session is None:
                self._session = SessionFile()
            self._session.write(record)
            if takes_over and self._left is not None:
                remove_session(self._left)
                self._left = None
        yield None

    def end_session(self) -> None:
        """Let go of the session's file; it stays for the next start."""
        if self._session is not None:
            self._session.end()

    def forget(self) -> None:
        """Remove all that was remembered so far.

        Raises
        ------
        MemoryAccessError
            Something stays.
        """
        with self._use:
            self.database.forget()
            self._forget_sessions()

    def _forget_sessions(self) -> None:
        from medviewer.viewer.memory.session_files import remove_all_sessions

        if self._session is not None:
            self._session.remove()
        self._session = self._left = None
        try:
            remove_all_sessions()
        except OSError as error:
            raise MemoryAccessError(reason=error.strerror or str(error)) from error
