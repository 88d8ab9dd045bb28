"""Views of series and of modalities in the database, the newest kept."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from medviewer.plain_json import read_json
from medviewer.viewer.memory.database import Database
from medviewer.viewer.memory.stack_view import StackView, view_from_record

MOST_VIEWS: Final = 5_000
SERIES: Final = "series"
MODALITY: Final = "modality"


@dataclass(frozen=True, slots=True)
class ModalityView:
    """Layout of the panes for a modality.

    Parameters
    ----------
    processings : tuple of str
        Of the panes that show one stack, by pane.
    """

    layout: str
    linked: bool
    processings: tuple[str, ...] = ()


@dataclass(slots=True)
class KeptViews:
    """Views of series by `name_of`, and of modalities by name."""

    series: dict[str, StackView]
    modalities: dict[str, ModalityView]


def read_views(database: Database) -> KeptViews:
    """Return the views in the database.

    Raises
    ------
    MemoryAccessError, BusyMemoryError
    """

    def ask(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
        return connection.execute("SELECT kind, key, content FROM views").fetchall()

    kept = KeptViews({}, {})
    nothing: list[tuple[str, str, str]] = []
    for kind, key, content in database.read(ask, nothing):
        try:
            told = read_json(content)
            if kind == SERIES:
                kept.series[key] = view_from_record(told)
            elif kind == MODALITY:
                kept.modalities[key] = _modality(told)
        except (ValueError, TypeError, KeyError, AttributeError):  # by another hand: as if it were not there
            continue
    return kept


def write_views(
    database: Database, series: Mapping[str, StackView], modalities: Mapping[str, ModalityView], at: float
) -> None:
    """Write views, each in place of its older one.

    Raises
    ------
    MemoryAccessError, BusyMemoryError
    """
    rows = [(SERIES, key, at, json.dumps(view.as_record())) for key, view in series.items()]
    rows += [
        (MODALITY, key, at, json.dumps([view.layout, view.linked, list(view.processings)]))
        for key, view in modalities.items()
    ]

    def change(connection: sqlite3.Connection) -> None:
        connection.executemany("INSERT OR REPLACE INTO views VALUES (?, ?, ?, ?)", rows)
        connection.execute(
            "DELETE FROM views WHERE kind = ? AND key IN "
            "(SELECT key FROM views WHERE kind = ? ORDER BY seen_at DESC LIMIT -1 OFFSET ?)",
            (SERIES, SERIES, MOST_VIEWS),
        )

    if rows:
        database.write(change)


def _modality(told: Any) -> ModalityView:
    layout, linked, processings = told
    return ModalityView(str(layout), bool(linked), tuple(map(str, processings)))
