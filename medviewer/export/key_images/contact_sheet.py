"""Contact sheet of all key images, or flagged slices, in one picture."""

import math
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Final

from medviewer.errors import NotOfferedError
from medviewer.export.pictures.png import encode_png
from medviewer.export.pictures.read_back import refuse_other_pixels
from medviewer.export.sheet import Words
from medviewer.export.sheets.cells import Cell, cell_of, in_rows, sheet_of
from medviewer.export.table import ExportedImage, SliceExport
from medviewer.storage import atomic_write
from medviewer.translation import mark, message
from medviewer.viewer.texts import without_texts

SIDE: Final = 640  # of an image, at most
MOST: Final = 100  # images of one sheet


def steps(path: Path, export: SliceExport, *, overwrite: bool = False) -> Generator[int, None, None]:
    """Save a contact sheet; yield the number of images that are done.

    It is read back.

    Raises
    ------
    NotOfferedError
        There are more images than one sheet holds.
    ExistingFileError, WriteError, ReadBackError, MissingFontError
        As the annotated PNG.
    """
    images = export.images
    assert images is not None  # the row refuses an export without them
    if images.count > MOST:
        reason = message("{count} images are more than one sheet holds", count=images.count)
        raise NotOfferedError(what=mark("Contact sheet"), reason=reason)
    cells = []
    for image in images.read():
        cells.append(sheet_cell(export, image))
        yield len(cells)
    pixels = sheet_of(in_rows(cells, math.ceil(math.sqrt(len(cells)))))
    content = encode_png(pixels, {"schema": 1, images.name: [cell.record for cell in cells]})
    atomic_write(path, content, overwrite=overwrite, private=export.is_private)
    refuse_other_pixels(path, content, pixels)


def sheet_cell(export: SliceExport, image: ExportedImage) -> Cell:
    """Return an image with its note above its words."""
    pane = image.pane if export.with_identity else without_texts(image.pane)
    note = "" if pane.key_image is None else pane.key_image.text
    cell = cell_of(export, image, SIDE, [Words(line) for line in note.splitlines()])
    return replace(cell, record=cell.record | {"note": note})
