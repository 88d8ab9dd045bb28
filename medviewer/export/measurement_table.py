"""Measurements of a slice as a table, a row for each quantity."""

from pathlib import Path
from typing import Final

from medviewer.export.csv import csv_table
from medviewer.export.table import SliceExport
from medviewer.imaging.annotation import points_in_image
from medviewer.storage import atomic_write
from medviewer.viewer.render import measured
from medviewer.viewer.texts import place_record, without_texts

COLUMNS: Final = (
    *("number", "kind", "name", "quantity", "value", "unit", "notes"),
    *("series_number", "instance_number", "slice", "slices", "sop_instance_uid"),
)


def write(path: Path, export: SliceExport, *, overwrite: bool = False) -> None:
    """Save the measurements of a pane's slice, values not rounded.

    An arrow or a text has one row without a quantity. No typed text is in it that is no known word.
    """
    pane = without_texts(export.pane)
    frame = pane.frame
    assert frame is not None  # the row refuses a pane without an image
    place = place_record(pane.stack, pane.index)
    where = [place[name] for name in ("series_number", "instance_number", "slice", "slices")]
    where.append(frame.sop_instance_uid if export.with_uids else None)
    rows: list[list[object]] = [list(COLUMNS)]
    for number, one in enumerate(pane.annotations, 1):
        points = points_in_image(frame.geometry, one)
        found = None if points is None else measured(frame, one.kind, points)
        who = [number, one.kind, one.text]
        notes = "" if found is None else " ".join(note.for_user() for note in found.notes)
        quantities = () if found is None else found.quantities
        rows += [[*who, each.name, each.value, each.unit, notes, *where] for each in quantities]
        if not quantities:
            rows.append([*who, None, None, None, notes, *where])
    atomic_write(path, csv_table(rows), overwrite=overwrite, private=export.with_uids)
