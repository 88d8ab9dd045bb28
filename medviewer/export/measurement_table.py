"""Measurements of a slice as a table, a row for each quantity."""

from pathlib import Path
from typing import Final

from medviewer.export.csv import csv_table
from medviewer.export.statement import statement_of
from medviewer.export.table import SliceExport
from medviewer.imaging.annotation import points_in_image
from medviewer.storage import atomic_write
from medviewer.viewer.render import measured

COLUMNS: Final = (
    *("number", "kind", "name", "quantity", "value", "unit", "notes"),
    *("series_number", "instance_number", "slice", "slices", "sop_instance_uid"),
)


def write(path: Path, export: SliceExport, *, overwrite: bool = False) -> None:
    """Save the measurements of a pane's slice, values not rounded.

    An arrow or a text has one row without a quantity. No typed text is in it that is no known word.
    """
    said = statement_of(export)
    frame = said.frame
    where = [said.place[name] for name in ("series_number", "instance_number", "slice", "slices")]
    where.append(said.sop_instance_uid)
    rows: list[list[object]] = [list(COLUMNS)]
    for number, one in enumerate(said.pane.annotations, 1):
        points = points_in_image(frame.geometry, one)
        found = None if points is None else measured(frame, one.kind, points, one.found)
        who = [number, one.kind, one.text]
        notes = "" if found is None else " ".join(note.for_user() for note in found.notes)
        quantities = () if found is None else found.quantities
        rows += [[*who, each.name, each.value, each.unit, notes, *where] for each in quantities]
        if not quantities:
            rows.append([*who, None, None, None, notes, *where])
    atomic_write(path, csv_table(rows), overwrite=overwrite, private=said.is_private)
