"""Measurements of a slice as a table, a row for each quantity."""

from pathlib import Path
from typing import Final

from medviewer.export.csv import csv_table
from medviewer.export.statement import Statement, statement_of
from medviewer.export.table import SliceExport
from medviewer.imaging.annotation import OUTLINE, points_in_image
from medviewer.inference.tasks import outline_in, outlining
from medviewer.storage import atomic_write
from medviewer.viewer.render import measured
from medviewer.viewer.state import model_text

READER, MODEL = "reader", "model"
COLUMNS: Final = (
    *("number", "kind", "name", "drawn_by", "corrects", "quantity", "value", "unit", "notes"),
    *("series_number", "instance_number", "slice", "slices", "sop_instance_uid"),
)


def write(path: Path, export: SliceExport, *, overwrite: bool = False) -> None:
    """Save the measurements of a pane's slice, values not rounded.

    Each row says who drew it; beside an outline that the reader corrected stands the model's own. An arrow or
    a text has one row without a quantity. No typed text is in it that is no known word.
    """
    said = statement_of(export)
    frame = said.frame
    where: list[object] = [
        said.place[name] for name in ("series_number", "instance_number", "slice", "slices")
    ]
    where.append(said.sop_instance_uid)
    rows: list[list[object]] = [list(COLUMNS)]
    for number, one in enumerate(said.pane.annotations, 1):
        points = points_in_image(frame.geometry, one)
        found = None if points is None else measured(frame, one.kind, points, one.found)
        who = [number, one.kind, one.text, READER, one.corrects or None]
        notes = "" if found is None else " ".join(note.for_user() for note in found.notes)
        quantities = () if found is None else found.quantities
        rows += [[*who, each.name, each.value, each.unit, notes, *where] for each in quantities]
        if not quantities:
            rows.append([*who, None, None, None, notes, *where])
    rows += _of_model(said, where)
    atomic_write(path, csv_table(rows), overwrite=overwrite, private=said.is_private)


def _of_model(said: Statement, where: list[object]) -> list[list[object]]:
    """Return the rows of the model's own outline beside the reader's."""
    is_corrected = any(one.kind == OUTLINE for one in said.pane.annotations)
    result = said.result if is_corrected else None
    drawn = None if result is None else outlining(result)
    found = None if drawn is None else outline_in(drawn)
    if drawn is None or found is None:
        return []
    who = [None, OUTLINE, None, MODEL, None]
    sizes = [("area", found.area_mm2, "mm²"), ("longest diameter", found.diameter_mm, "mm")]
    sizes.append(("pixels", float(found.mask.sum()), "px"))
    return [[*who, *size, model_text(drawn), *where] for size in sizes if size[1] is not None]
