"""Annotated image of a pane as JPEG, for letters and slides."""

from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image
from PIL.ExifTags import IFD, Base

from medviewer.errors import NotOfferedError
from medviewer.export.pictures.annotated import annotated_image
from medviewer.export.pictures.read_back import refuse_other_pixels
from medviewer.export.provenance import as_json
from medviewer.export.sheet import compose
from medviewer.export.statement import DISCLAIMER, SOFTWARE
from medviewer.export.table import SliceExport
from medviewer.imaging.frame import DisplayImage
from medviewer.storage import atomic_write
from medviewer.translation import mark, message, translate

LOSS: Final = mark("saved with loss (JPEG)")
QUALITY: Final = 95
LONGEST_SIDE: Final = 65_500  # of libjpeg
TOLERANCE: Final = 4.0  # gray levels on average; letters and edges differ most
EXIF_BYTES: Final = 60_000  # of the 65,533 that one segment holds
ASCII: Final = b"ASCII\0\0\0"  # what a user comment begins with (Exif 2.32, table 9)


def write(path: Path, export: SliceExport, *, overwrite: bool = False) -> None:
    """Save the annotated image of a pane, then read it back and compare.

    Raises
    ------
    NotOfferedError
        A side is longer than JPEG allows.
    ExistingFileError, WriteError, ReadBackError, MissingFontError
        As the annotated PNG.
    """
    annotated = annotated_image(export, steps=(translate(LOSS),))
    pixels = compose(annotated.image, annotated.surroundings)
    if max(pixels.shape) > LONGEST_SIDE:
        reason = message("a side is longer than {most} pixels", most=LONGEST_SIDE)
        raise NotOfferedError(what=mark("Annotated image as JPEG"), reason=reason)
    content = encode_jpeg(pixels, annotated.provenance)
    atomic_write(path, content, overwrite=overwrite, private=annotated.statement.is_private)
    refuse_other_pixels(path, content, pixels, tolerance=TOLERANCE)


def encode_jpeg(pixels: DisplayImage, provenance: dict[str, Any]) -> bytes:
    """Return the bytes of a JPEG, with its record where that has room."""
    tags = Image.Exif()
    tags[Base.Software] = SOFTWARE
    tags[Base.ImageDescription] = DISCLAIMER  # in English: the field holds ASCII
    record = as_json(provenance, ascii_only=True).encode("ascii")
    if len(record) <= EXIF_BYTES:
        tags.get_ifd(IFD.Exif)[Base.UserComment] = ASCII + record
    file = BytesIO()
    # colors of thin lines stay: no subsampling
    Image.fromarray(pixels).save(file, "JPEG", quality=QUALITY, subsampling=0, exif=tags, optimize=True)
    return file.getvalue()
