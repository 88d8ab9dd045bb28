"""All panes of the window in one picture, at their places.

Each has its image, whole or as far as it is seen, at most so large, with its own words, as if saved by
itself.
"""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Final, NamedTuple

from medviewer.errors import NotOfferedError
from medviewer.export.pictures.jpeg import LOSS, TOLERANCE, encode_jpeg
from medviewer.export.pictures.png import encode_png
from medviewer.export.pictures.read_back import refuse_other_pixels
from medviewer.export.pictures.tiff import encode_tiff
from medviewer.export.sheets.cells import Cell, cell_of, sheet_of
from medviewer.export.sheets.pdf import PdfPages, refuse_other_pages
from medviewer.export.table import SheetPlace, SliceExport
from medviewer.imaging.frame import DisplayImage
from medviewer.storage import atomic_write
from medviewer.translation import mark, message, translate

WHOLE: Final = 2560  # pixels that the images of one row have together, about
SMALLEST: Final = 640  # the longest side of an image in the largest layout, and in a film

Encode = Callable[[DisplayImage, dict[str, Any]], bytes]


class Encoding(NamedTuple):
    """One format of a layout; `loss` says on the sheet that something is lost."""

    encode: Encode
    loss: str = ""
    tolerance: float = 0.0  # by which what is read back may differ on average


ENCODINGS: Final[dict[str, Encoding]] = {
    ".png": Encoding(encode_png),
    ".jpg": Encoding(encode_jpeg, LOSS, TOLERANCE),
    ".tif": Encoding(encode_tiff),
}


def steps(path: Path, export: SliceExport, *, overwrite: bool = False) -> Generator[int, None, None]:
    """Save the layout; yield the number of panes that are done.

    The suffix of the file says in which format. It is read back.

    Raises
    ------
    NotOfferedError
        There is no such format.
    ExistingFileError, WriteError, ReadBackError, MissingFontError
        As the annotated PNG.
    """
    images = export.images
    assert images is not None  # the row refuses an export without them
    if path.suffix.lower() not in (*ENCODINGS, ".pdf"):
        reason = message("{suffix} is no format of it", suffix=path.suffix)
        raise NotOfferedError(what=mark("Layout"), reason=reason)
    placed = list(images.read())
    across = max(image.place.column + 1 for image in placed)
    large = WHOLE - SMALLEST if any(image.place.is_small for image in placed) else WHOLE // across
    encoding = ENCODINGS.get(path.suffix.lower())
    cells: dict[SheetPlace, Cell] = {}
    for image in placed:
        side = SMALLEST if image.place.is_small else max(SMALLEST, large)
        cells[image.place] = cell_of(export, image, side)
        yield len(cells)
    pixels = sheet_of(cells, translate(encoding.loss) if encoding and encoding.loss else "")
    record = {"schema": 1, "layout": [_record(place, cell) for place, cell in cells.items()]}
    if encoding is None:
        pages = PdfPages()
        pages.add(pixels)
        content = pages.file(record)
        atomic_write(path, content, overwrite=overwrite, private=export.is_private)
        refuse_other_pages(path, content, [pixels.shape[:2]])
        return
    content = encoding.encode(pixels, record)
    atomic_write(path, content, overwrite=overwrite, private=export.is_private)
    refuse_other_pixels(path, content, pixels, tolerance=encoding.tolerance)


def _record(place: SheetPlace, cell: Cell) -> dict[str, Any]:
    return {"row": place.row + 1, "column": place.column + 1, **cell.record}
