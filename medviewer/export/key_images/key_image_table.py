"""Key images of a study as a table, a row for each."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Final

from medviewer.export.csv import csv_table
from medviewer.export.table import SliceExport
from medviewer.storage import atomic_write
from medviewer.viewer.texts import place_record, without_texts

COLUMNS: Final = (
    *("number", "series_number", "instance_number", "slice", "slices", "note"),
    *("sop_instance_uid", "pixel_sha256"),
)


def steps(path: Path, export: SliceExport, *, overwrite: bool = False) -> Generator[int, None, None]:
    """Save the table; yield the number of key images done.

    A note is written as it is with the identity only. Else lines with other than known words are left out,
    which stands in their place.
    """
    images = export.images
    assert images is not None  # the row refuses an export without them
    rows: list[list[object]] = [list(COLUMNS)]
    for number, image in enumerate(images.read(), 1):
        one = replace(export, pane=image.pane)
        pane = one.pane if one.with_identity else without_texts(one.pane)
        place = place_record(pane.stack, pane.index, known_only=not one.with_identity)
        frame, note = pane.frame, pane.key_image
        rows.append(
            [
                number,
                *(place[name] for name in ("series_number", "instance_number", "slice", "slices")),
                "" if note is None else note.text,
                frame.sop_instance_uid if frame is not None and export.with_uids else None,
                None if frame is None else frame.pixel_sha256,
            ]
        )
        yield number
    atomic_write(path, csv_table(rows), overwrite=overwrite, private=export.is_private)
