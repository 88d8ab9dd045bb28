"""Contact sheets of key images or flagged slices, as pages to print."""

from collections.abc import Generator
from pathlib import Path
from typing import Final

from medviewer.errors import NotOfferedError
from medviewer.export.key_images.contact_sheet import sheet_cell
from medviewer.export.sheets.cells import Cell, in_rows, sheet_of
from medviewer.export.sheets.pdf import PdfPages, refuse_other_pages
from medviewer.export.table import SliceExport
from medviewer.storage import atomic_write
from medviewer.translation import mark, message, translate

ACROSS: Final = 2
ON_A_PAGE: Final = 6
MOST: Final = 600  # images of one document


def steps(path: Path, export: SliceExport, *, overwrite: bool = False) -> Generator[int, None, None]:
    """Save the pages; yield the number of images that are done.

    They are read back.

    Raises
    ------
    NotOfferedError
        There are more images than one document holds.
    ExistingFileError, WriteError, ReadBackError, MissingFontError
        As the annotated PNG.
    """
    images = export.images
    assert images is not None  # the row refuses an export without them
    if images.count > MOST:
        reason = message("{count} images are more than one document holds", count=images.count)
        raise NotOfferedError(what=mark("Contact sheets"), reason=reason)
    pages, records, shapes = PdfPages(), [], []
    page: list[Cell] = []
    for done, image in enumerate(images.read(), 1):
        page.append(sheet_cell(export, image))
        if len(page) == ON_A_PAGE or done == images.count:
            count = -(-images.count // ON_A_PAGE)
            said = translate("Page {page} of {count}", page=len(pages) + 1, count=count)
            pixels = sheet_of(in_rows(page, ACROSS), said)
            pages.add(pixels)
            shapes.append(pixels.shape[:2])
            records += [{"page": len(pages), **cell.record} for cell in page]
            page = []
        yield done
    content = pages.file({"schema": 1, images.name: records})
    atomic_write(path, content, overwrite=overwrite, private=export.is_private)
    refuse_other_pages(path, content, shapes)
