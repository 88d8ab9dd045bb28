"""Contact sheet: all key images in one picture, each with its note."""

import math
from collections.abc import Generator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from medviewer.errors import NotOfferedError
from medviewer.export.pictures.annotated import AnnotatedImage, annotated_image, each_once
from medviewer.export.pictures.read_back import refuse_other_pixels
from medviewer.export.png import CHUNK
from medviewer.export.provenance import as_json
from medviewer.export.sheet import GROUND, INK, Surroundings, Words, compose, needed_size, write
from medviewer.export.statement import DISCLAIMER, SOFTWARE
from medviewer.export.table import ExportedImage, SliceExport
from medviewer.imaging.frame import DisplayImage
from medviewer.storage import atomic_write
from medviewer.translation import mark, message, translate
from medviewer.viewer.texts import slice_text, without_texts

SIDE: Final = 640  # of an image, at most
MOST: Final = 100  # images of one sheet
GAP: Final = 12
TITLE: Final = 22
FOOT: Final = 3 * TITLE


@dataclass(frozen=True, slots=True, eq=False)
class _Cell:
    """One image of the sheet with its words and its record."""

    image: DisplayImage
    surroundings: Surroundings
    record: dict[str, Any]


def steps(path: Path, export: SliceExport, *, overwrite: bool = False) -> Generator[int, None, None]:
    """Save a contact sheet; yield the number of images that are done.

    It is read back.

    Raises
    ------
    NotOfferedError
        There are more key images than one sheet holds.
    ExistingFileError, WriteError, ReadBackError, MissingFontError
        As the annotated PNG.
    """
    images = export.images
    assert images is not None  # the row refuses an export without them
    if images.count > MOST:
        reason = message("{count} key images are more than one sheet holds", count=images.count)
        raise NotOfferedError(what=mark("Contact sheet of the key images"), reason=reason)
    cells = []
    for image in images.read():
        cells.append(_cell(export, image))
        yield len(cells)
    pixels = _sheet(cells)
    chunks = PngInfo()
    chunks.add_itxt("Software", SOFTWARE)
    chunks.add_itxt("Disclaimer", translate(DISCLAIMER))
    chunks.add_itxt(CHUNK, as_json({"schema": 1, "key_images": [cell.record for cell in cells]}))
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG", pnginfo=chunks)
    content = file.getvalue()
    atomic_write(path, content, overwrite=overwrite, private=export.is_private)
    refuse_other_pixels(path, content, pixels)


def _cell(export: SliceExport, image: ExportedImage) -> _Cell:
    pane = image.pane if export.with_identity else without_texts(image.pane)
    note = "" if pane.key_image is None else pane.key_image.text
    words = [Words(line) for line in note.splitlines()]
    if image.pane.frame is None:
        words += [Words(slice_text(pane)), Words(translate("This slice cannot be read."), "attention")]
        black = np.zeros((SIDE, SIDE, 3), np.uint8)
        return _Cell(black, Surroundings(each_once(words)), {"slice": pane.index + 1, "note": note})
    one = replace(export, pane=image.pane, settings=image.settings)
    annotated: AnnotatedImage = annotated_image(one, longest_side=SIDE)
    around = annotated.surroundings
    caption = [Words(paragraph.text, paragraph.role) for paragraph in (*words, *around.caption)]
    return _Cell(
        annotated.image, replace(around, caption=each_once(caption)), annotated.provenance | {"note": note}
    )


def _sheet(cells: list[_Cell]) -> DisplayImage:
    """Return the cells in rows, all of one size, with the warning below."""
    across = math.ceil(math.sqrt(len(cells)))
    sizes = [needed_size(cell.image, cell.surroundings) for cell in cells]
    width = max(columns for _, columns in sizes)
    rows = [sizes[start : start + across] for start in range(0, len(sizes), across)]
    heights = [max(height for height, _ in row) for row in rows]
    whole = (
        across * (width + GAP) + GAP,
        sum(heights) + (len(heights) + 1) * GAP + FOOT,
    )
    canvas = Image.new("RGB", whole, (0, 0, 0))
    for number, cell in enumerate(cells):
        row, column = divmod(number, across)
        drawn = Image.new("RGB", (width, heights[row]), GROUND)
        made = compose(cell.image, cell.surroundings)
        drawn.paste(Image.fromarray(made), (0, 0))
        top = sum(heights[:row]) + (row + 1) * GAP
        canvas.paste(drawn, (column * (width + GAP) + GAP, top))
    draw = ImageDraw.Draw(canvas)
    write(draw, (GAP, whole[1] - FOOT + TITLE), translate(DISCLAIMER), TITLE, INK["attention"])
    return np.asarray(canvas)
