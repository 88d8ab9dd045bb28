"""All that the program remembers of studies, and the switch that ends it."""

import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from medviewer.dicom.model import Study
from medviewer.translation import NOTHING, Message
from medviewer.viewer.recent_studies import RecentStudy

if TYPE_CHECKING:  # the first image does not wait for SQLite
    from medviewer.viewer.memory.database import Database

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

    def forget(self) -> None:
        """Remove all that was remembered so far.

        Raises
        ------
        MemoryAccessError
            Something stays.
        """
        with self._use:
            self.database.forget()
