"""The index of studies that were opened, by which they are found again."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Final

from medviewer.viewer.memory.database import Database
from medviewer.viewer.memory.search_text import search_words
from medviewer.viewer.memory.study_record import StudyRecord, from_row

MOST_STUDIES: Final = 10_000
"""The oldest ones beyond go."""

MOST_FOUND: Final = 200
MOST_WORDS: Final = 16

_NEWEST: Final = (
    "SELECT content, opened_at, seen, thumbnail FROM studies {where} ORDER BY opened_at DESC LIMIT ?"
)


class StudyIndex:
    """Studies in the database, the newest first.

    Its methods may be called in any thread. All of them raise MemoryAccessError where the database cannot be
    used, and BusyMemoryError where another window keeps it for longer than a moment.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, records: Iterable[StudyRecord]) -> None:
        """Add studies, each in place of its older record.

        A record without `seen` or thumbnail leaves those of before.
        """
        rows = [
            (
                one.key,
                one.opened_at,
                one.searched,
                one.as_text(),
                json.dumps(one.seen.as_record()) if one.seen else "",
                one.thumbnail,
            )
            for one in records
        ]

        def change(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT INTO studies VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
                "opened_at = excluded.opened_at, searched = excluded.searched, content = excluded.content, "
                "seen = CASE WHEN excluded.seen = '' THEN seen ELSE excluded.seen END, "
                "thumbnail = CASE WHEN excluded.thumbnail = x'' THEN thumbnail ELSE excluded.thumbnail END",
                rows,
            )
            connection.execute(
                "DELETE FROM studies WHERE key IN "
                "(SELECT key FROM studies ORDER BY opened_at DESC LIMIT -1 OFFSET ?)",
                (MOST_STUDIES,),
            )

        if rows:
            self.database.write(change)

    def recent(self, most: int = MOST_FOUND) -> tuple[StudyRecord, ...]:
        """Return the studies that were opened last."""
        return self._found("", (), most)

    def search(self, text: str, most: int = MOST_FOUND) -> tuple[StudyRecord, ...]:
        """Return the studies in which all words of a text are found.

        In the patient's name in any script, the ID, dates, modalities and descriptions; any part of a word
        counts. No words: the studies opened last.
        """
        words = search_words(text)[:MOST_WORDS]
        if not words:
            return self.recent(most)
        return self._found("WHERE " + " AND ".join(["instr(searched, ?)"] * len(words)), words, most)

    def remove(self, keys: Iterable[str]) -> None:
        """Forget studies, given by their records' keys."""
        rows = [(key,) for key in keys]
        self.database.write(lambda c: c.executemany("DELETE FROM studies WHERE key = ?", rows))

    def _found(self, where: str, words: tuple[str, ...], most: int) -> tuple[StudyRecord, ...]:
        def ask(connection: sqlite3.Connection) -> tuple[StudyRecord, ...]:
            rows = connection.execute(_NEWEST.format(where=where), (*words, most)).fetchall()
            return tuple(found for row in rows if (found := from_row(*row)) is not None)

        return self.database.read(ask, ())
