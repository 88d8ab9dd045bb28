"""All that the program remembers of studies, and the switch that ends it."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from medviewer.dicom.model import Study
from medviewer.errors import MemoryAccessError
from medviewer.inference import verdicts
from medviewer.inference.run_log import add_run, forget_log
from medviewer.translation import NOTHING, Message
from medviewer.viewer.memory.recent_studies import RecentStudy

if TYPE_CHECKING:  # the first image does not wait for SQLite
    from medviewer.inference.result import ModelResult
    from medviewer.inference.verdicts import SaidVerdict
    from medviewer.viewer.memory.database import Database
    from medviewer.viewer.memory.kept_views import KeptViews, ModalityView
    from medviewer.viewer.memory.session_files import SessionFile
    from medviewer.viewer.memory.session_record import SessionRecord
    from medviewer.viewer.memory.stack_view import StackView
    from medviewer.viewer.memory.study_record import StudyRecord

MOST_CARDS: Final = 12
MOST_TOGETHER: Final = 3
"""Of the studies that were opened together so many come before others on the cards."""

LOOKED_THROUGH: Final = 60

_log = logging.getLogger(__name__)

View = TypeVar("View")

StudyCards = Mapping[object, tuple[Message, bytes]]
"""By `Identity.study_key`: what was on the screen, and a PNG file of it."""


def _on_cards(records: "Sequence[StudyRecord]") -> "list[StudyRecord]":
    """Return the records for the cards, the newest first.

    Many studies that were opened together, such as those of one folder, do not push out the others.
    """
    if len(records) <= MOST_CARDS:
        return list(records)
    together: Counter[float] = Counter()
    first: list[StudyRecord] = []
    behind: list[StudyRecord] = []
    for record in records:
        together[record.opened_at] += 1
        (first if together[record.opened_at] <= MOST_TOGETHER else behind).append(record)
    return [*first, *behind][:MOST_CARDS]


class Memory:
    """Memory of one user, read and written by generators in a worker's thread.

    Parameters
    ----------
    remember : bool
        Without it nothing is read and nothing is written.
    """

    def __init__(self, remember: bool = False) -> None:
        self.remember = remember
        self.is_off_elsewhere: Callable[[], bool] = bool  # asked before anything is written
        self._use = threading.Lock()  # nothing is written once the switch was turned
        self._database: Database | None = None
        self._views: KeptViews | None = None
        self._loading = threading.Lock()
        self._unwritten: tuple[dict[str, StackView], dict[str, ModalityView]] = {}, {}
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
            records = StudyIndex(self.database).recent(LOOKED_THROUGH) if self.remember else ()
        yield tuple(record.card for record in _on_cards(records))

    def find_studies(self, words: str) -> Generator[tuple["StudyRecord", ...], None, None]:
        """Yield the studies in which all words are found, the newest first.

        No words: all.
        """
        found: tuple[StudyRecord, ...] = ()
        if self.remember:
            from medviewer.viewer.memory.study_index import StudyIndex

            with self._use:
                if self.remember:
                    found = StudyIndex(self.database).search(words)
        yield found

    def remove_studies(self, keys: Sequence[str]) -> None:
        """Take studies off the index, given by their records' keys."""
        from medviewer.viewer.memory.study_index import StudyIndex

        with self._use:
            if self._may_write():
                StudyIndex(self.database).remove(keys)

    def add_studies(
        self,
        studies: Sequence[Study],
        opened: Sequence[Path],
        seen: StudyCards,
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
            if not self._may_write():
                return
            StudyIndex(self.database).add(record for record in records if record is not None)
        yield from self.cards()

    def _may_write(self) -> bool:
        return self.remember and not self.is_off_elsewhere()

    def view_of(self, name: str) -> "StackView | None":
        """Return how a series was looked at last, given by `name_of`."""
        return self.views().series.get(name) if self.remember else None

    def modality_view(self, name: str) -> "ModalityView | None":
        """Return how a modality was laid out last."""
        return self.views().modalities.get(name) if self.remember else None

    def views(self) -> "KeptViews":
        """Return all views, read once; in any thread."""
        with self._loading:
            if self._views is None:
                from medviewer.viewer.memory.kept_views import KeptViews, read_views

                try:
                    self._views = read_views(self.database)
                except MemoryAccessError as error:
                    _log.warning("views cannot be read: %s", type(error).__name__)
                    self._views = KeptViews({}, {})
            return self._views

    def note_views(self, series: Mapping[str, "StackView"], modalities: Mapping[str, "ModalityView"]) -> None:
        """Take how series and modalities are looked at now."""
        if not self.remember:
            return
        views = self.views()
        with self._loading:
            _note(views.series, self._unwritten[0], series)
            _note(views.modalities, self._unwritten[1], modalities)

    def write_views(self, now: Callable[[], float] = time.time) -> Generator[None, None, None]:
        """Write the views that have changed."""
        with self._loading:
            (series, modalities), self._unwritten = self._unwritten, ({}, {})
        if not series and not modalities:
            return
        from medviewer.viewer.memory.kept_views import write_views

        with self._use:
            # guard(test): no view is written once memory is off
            if self._may_write():
                write_views(self.database, series, modalities, now())
        yield None

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
            if not self._may_write():
                return
            if self._session is None:
                self._session = SessionFile()
            self._session.write(record)
            if takes_over and self._left is not None:
                remove_session(self._left)
                self._left = None
        yield None

    def note_run(self, result: "ModelResult") -> None:
        """Write a line for a model's result into the log; in any thread.

        Raises
        ------
        MemoryAccessError, WriteError
            It could not be written.
        """
        with self._use:
            # guard(test): no run is logged once memory is off
            if self._may_write():
                add_run(result)

    def note_verdict(self, said: "SaidVerdict", now: str) -> bool:
        """Keep a reader's verdict; return whether it is kept. In any thread.

        Raises
        ------
        MemoryAccessError, WriteError
            It could not be written.
        """
        with self._use:
            # guard(test): no verdict is kept once memory is off
            if not self._may_write():
                return False
            verdicts.keep_verdict(said, now)
            return True

    def earlier_verdicts(self) -> "verdicts.EarlierVerdicts | None":
        """Return the verdicts of earlier sessions. In any thread.

        None while memory is off.

        Raises
        ------
        MemoryAccessError, WriteError
        """
        return verdicts.read_earlier() if self.remember else None

    def forget_runs(self) -> None:
        """Remove the log of model runs, and the table of verdicts.

        Raises
        ------
        MemoryAccessError
            Something stays.
        """
        with self._use:
            verdicts.forget_verdicts()
            forget_log()

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
            self._views, self._unwritten = None, ({}, {})
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


def _note(kept: dict[str, View], unwritten: dict[str, View], now: Mapping[str, View]) -> None:
    changed = {key: view for key, view in now.items() if kept.get(key) != view}
    kept.update(changed)
    unwritten.update(changed)
