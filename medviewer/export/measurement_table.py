"""Measurements of one slice or of a study as a table.

Each quantity has a row.
"""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Final

from medviewer.export.csv import csv_table
from medviewer.export.statement import Statement, statement_of
from medviewer.export.table import ExportedImage, SliceExport
from medviewer.imaging.annotation import OUTLINE, points_in_image
from medviewer.inference.tasks import outline_in, outlining
from medviewer.storage import atomic_write
from medviewer.translation import mark, translate
from medviewer.viewer.annotations import OutlineVolume
from medviewer.viewer.render import measured
from medviewer.viewer.state import model_text
from medviewer.viewer.texts import place_record

READER, MODEL = "reader", "model"
UNREAD: Final = mark("This slice cannot be read.")
PLACE: Final = ("series_number", "instance_number", "slice", "slices")
VOLUME: Final = "volume of all outlines of the series"
COLUMNS: Final = (
    *("number", "kind", "name", "drawn_by", "corrects", "quantity", "value", "unit", "notes"),
    *(*PLACE, "sop_instance_uid"),
)


def write(path: Path, export: SliceExport, *, overwrite: bool = False) -> None:
    """Save the measurements of a pane's slice, values not rounded.

    Each row says who drew it; beside an outline that the reader corrected stands the model's own. The volume
    of all outlines of the series has the last row. An arrow or a text has one row without a quantity. No
    typed text is in it that is no known word.
    """
    rows: list[list[object]] = [list(COLUMNS), *_rows_of(statement_of(export), 1, export.volume)]
    atomic_write(path, csv_table(rows), overwrite=overwrite, private=export.is_private)


def steps(path: Path, export: SliceExport, *, overwrite: bool = False) -> Generator[int, None, None]:
    """Save the measurements of many slices; yield the number of those done.

    A slice that cannot be read has one row, which says so. Behind the slices of a series stands the volume of
    all its outlines.
    """
    images = export.images
    assert images is not None  # the row refuses an export without them
    rows: list[list[object]] = [list(COLUMNS)]
    number, before = 1, None
    for done, image in enumerate(images.read(), 1):
        if before is not None and before.pane.stack.key != image.pane.stack.key:
            rows += _of_series(before)
        before = image
        one = replace(export, pane=image.pane, settings=image.settings)
        rows += _unread(one) if image.pane.frame is None else _rows_of(statement_of(one), number)
        number += len(image.pane.annotations)
        yield done
    rows += [] if before is None else _of_series(before)
    atomic_write(path, csv_table(rows), overwrite=overwrite, private=export.is_private)


def _unread(export: SliceExport) -> list[list[object]]:
    """Return the row of a slice that cannot be read.

    What is drawn on it is not measured.
    """
    place = place_record(export.pane.stack, export.pane.index, known_only=True)
    return [[*[None] * 8, translate(UNREAD), *(place[name] for name in PLACE), None]]


def _of_series(image: ExportedImage) -> list[list[object]]:
    """Return the row of the volume of a series, on no slice of it."""
    place = place_record(image.pane.stack, image.pane.index, known_only=True)
    return _of_volume(image.volume, [place["series_number"], None, None, place["slices"], None])


def _of_volume(volume: OutlineVolume | None, where: list[object]) -> list[list[object]]:
    if volume is None or not volume.text:
        return []
    return [[*_who(volume), VOLUME, volume.ml, "ml", str(volume.made_from), *where]]


def _rows_of(said: Statement, first: int, volume: OutlineVolume | None = None) -> list[list[object]]:
    """Return the rows of a slice, whose drawings are counted from a number on."""
    frame = said.frame
    where: list[object] = [said.place[name] for name in PLACE]
    where.append(said.sop_instance_uid)
    rows: list[list[object]] = []
    for number, one in enumerate(said.pane.annotations, first):
        points = points_in_image(frame.geometry, one)
        found = None if points is None else measured(frame, one.kind, points, one.found)
        who = [number, one.kind, one.text, READER, one.corrects or None]
        notes = "" if found is None else " ".join(note.for_user() for note in found.notes)
        quantities = () if found is None else found.quantities
        rows += [[*who, each.name, each.value, each.unit, notes, *where] for each in quantities]
        if not quantities:
            rows.append([*who, None, None, None, notes, *where])
    return [*rows, *_of_model(said, where), *_of_volume(volume, where)]


def _who(volume: OutlineVolume) -> list[object]:
    """Return whose outlines of the series are in its volume."""
    whose = [name for name, count in ((READER, volume.corrected), (MODEL, volume.of_model)) if count]
    return [None, OUTLINE, None, " and ".join(whose), None]


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
