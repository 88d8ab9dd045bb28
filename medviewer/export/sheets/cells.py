"""Cells of a sheet: images with their words, side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from PIL import Image, ImageDraw

from medviewer.export.pictures.annotated import annotated_image, each_once
from medviewer.export.sheet import GROUND, INK, Surroundings, Words, compose, needed_size, write
from medviewer.export.statement import DISCLAIMER
from medviewer.export.table import ExportedImage, SheetPlace, SliceExport
from medviewer.imaging.frame import DisplayImage
from medviewer.translation import translate
from medviewer.viewer.texts import slice_text, without_texts

GAP: Final = 12
TITLE: Final = 22
FOOT: Final = 3 * TITLE


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One image of a sheet with its words and its record."""

    image: DisplayImage
    surroundings: Surroundings
    record: dict[str, Any]


def cell_of(export: SliceExport, image: ExportedImage, side: int, words: Sequence[Words] = ()) -> Cell:
    """Return an image with its words; a slice that cannot be read is black.

    Parameters
    ----------
    side : int
        The longest one of the image.
    words : sequence of Words
        Above the caption.
    """
    pane = image.pane if export.with_identity else without_texts(image.pane)
    if image.pane.frame is None:
        lines = [*words, Words(slice_text(pane)), Words(translate("This slice cannot be read."), "attention")]
        black = np.zeros((side, side, 3), np.uint8)
        return Cell(black, Surroundings(each_once(lines)), {"slice": pane.index + 1})
    # guard(volume=export.volume): beside an image of another series stands no volume of this one
    one = replace(export, pane=image.pane, settings=image.settings, part=image.part, volume=image.volume)
    annotated = annotated_image(one, longest_side=side)
    around = annotated.surroundings
    caption = [Words(paragraph.text, paragraph.role) for paragraph in (*words, *around.caption)]
    return Cell(annotated.image, replace(around, caption=each_once(caption)), annotated.provenance)


def in_rows(cells: Sequence[Cell], across: int) -> dict[SheetPlace, Cell]:
    """Return cells at their places, so many in a row."""
    return {SheetPlace(*divmod(number, across)): cell for number, cell in enumerate(cells)}


def sheet_of(cells: Mapping[SheetPlace, Cell], foot: str = "") -> DisplayImage:
    """Return cells at their places, with the warning below.

    No image is made larger or smaller for it.

    Parameters
    ----------
    foot : str
        Stands after the warning.

    Returns
    -------
    (rows, columns, 3) uint8
    """
    sizes = {place: needed_size(cell.image, cell.surroundings) for place, cell in cells.items()}
    columns = range(max(place.column for place in cells) + 1)
    rows = range(max(place.row + place.rows for place in cells))
    widths = [
        max((w for at, (_, w) in sizes.items() if at.column == column), default=0) for column in columns
    ]
    heights = [
        max((h for at, (h, _) in sizes.items() if (at.row, at.rows) == (row, 1)), default=0) for row in rows
    ]
    for place, (height, _) in sizes.items():  # one beside several needs their heights, or they get its
        missing = height - sum(heights[place.row : place.row + place.rows]) - GAP * (place.rows - 1)
        heights[place.row + place.rows - 1] += max(0, missing)
    lefts, tops = _starts(widths), _starts(heights)
    canvas = Image.new("RGB", (lefts[-1], tops[-1] + FOOT), (0, 0, 0))
    for place, cell in cells.items():
        end = place.row + place.rows
        room = widths[place.column], tops[end] - tops[place.row] - GAP
        drawn = Image.new("RGB", room, GROUND)
        drawn.paste(Image.fromarray(compose(cell.image, cell.surroundings)), (0, 0))
        canvas.paste(drawn, (lefts[place.column], tops[place.row]))
    draw = ImageDraw.Draw(canvas)
    said = "   ".join(filter(None, (translate(DISCLAIMER), foot)))
    write(draw, (GAP, canvas.height - FOOT + TITLE), said, TITLE, INK["attention"])
    return np.asarray(canvas)


def _starts(lengths: Sequence[int]) -> list[int]:
    """Return the starts of parts with gaps around them, and of one more."""
    starts = [GAP]
    for length in lengths:
        starts.append(starts[-1] + length + GAP)
    return starts
