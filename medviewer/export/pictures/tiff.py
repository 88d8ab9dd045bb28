"""Annotated image of a pane as TIFF, in 8 bits as it is seen."""

from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from medviewer.export.pictures.annotated import annotated_image
from medviewer.export.pictures.read_back import refuse_other_pixels
from medviewer.export.pictures.tiff_tags import COMPRESSION, tags
from medviewer.export.sheet import compose
from medviewer.export.table import SliceExport
from medviewer.imaging.frame import DisplayImage
from medviewer.storage import atomic_write


def write(path: Path, export: SliceExport, *, overwrite: bool = False) -> None:
    """Save the annotated image of a pane, then read it back and compare.

    Raises
    ------
    ExistingFileError, WriteError, ReadBackError, MissingFontError
        As the annotated PNG.
    """
    annotated = annotated_image(export)
    pixels = compose(annotated.image, annotated.surroundings)
    content = encode_tiff(pixels, annotated.provenance)
    atomic_write(path, content, overwrite=overwrite, private=annotated.statement.is_private)
    refuse_other_pixels(path, content, pixels)


def encode_tiff(pixels: DisplayImage, provenance: dict[str, Any]) -> bytes:
    """Return the bytes of a TIFF with its record."""
    file = BytesIO()
    Image.fromarray(pixels).save(file, "TIFF", compression=COMPRESSION, tiffinfo=tags(provenance))
    return file.getvalue()
