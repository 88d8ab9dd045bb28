"""Annotated PNG of a pane, at the frame's resolution, with provenance."""

from collections.abc import Collection, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from medviewer.export.pictures.annotated import annotated_image
from medviewer.export.pictures.read_back import refuse_other_pixels
from medviewer.export.provenance import as_json
from medviewer.export.sheet import compose
from medviewer.export.statement import DISCLAIMER, SOFTWARE
from medviewer.export.table import SliceExport
from medviewer.imaging.frame import DisplayImage
from medviewer.imaging.processing import Parameters
from medviewer.storage import atomic_write, refuse_source
from medviewer.translation import translate
from medviewer.viewer.state import PaneState

CHUNK: Final = "medviewer"
"""Keyword of the iTXt chunk that holds the provenance as JSON."""


def save_png(
    path: Path,
    pane: PaneState,
    *,
    settings: Mapping[str, Parameters],
    originals: Collection[Path],
    with_identity: bool = False,
    with_uids: bool = False,
    overwrite: bool = False,
) -> None:
    """Save the image of a pane, then read it back and compare.

    Parameters
    ----------
    settings : mapping of processing name to parameters
        As the pane's image was made; what is absent has its default.
    originals : collection of Path
        The open files, which are never written over.
    with_identity : bool
        Write name, ID, birth date and study date into the image, and texts of its file as they are.
    with_uids : bool
        Write the SOP Instance UIDs of image and presentation state into the provenance.

    Raises
    ------
    ExistingFileError
        The file exists and `overwrite` is False.
    OriginalFileError
        It is one of the originals, or any DICOM file.
    WriteError
        The operating system refused.
    ReadBackError
        The file does not decode to the same pixels.
    NotFoundError
        The pane has no image yet, or one that is not of its slice.
    MissingFontError
        No font of this system can write a character of the caption.
    """
    refuse_source(path, originals)
    write(path, SliceExport(pane, settings, originals, with_identity, with_uids), overwrite=overwrite)


def write(path: Path, export: SliceExport, *, overwrite: bool = False) -> None:
    """Save the annotated image of a pane, see `save_png`."""
    annotated = annotated_image(export)
    pixels = compose(annotated.image, annotated.surroundings)
    content = encode_png(pixels, annotated.provenance)
    atomic_write(path, content, overwrite=overwrite, private=annotated.statement.is_private)
    refuse_other_pixels(path, content, pixels)


def encode_png(pixels: DisplayImage, provenance: Mapping[str, Any]) -> bytes:
    """Return the bytes of a PNG with its record."""
    chunks = PngInfo()
    chunks.add_itxt("Software", SOFTWARE)
    chunks.add_itxt("Disclaimer", translate(DISCLAIMER))
    chunks.add_itxt(CHUNK, as_json(provenance))
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG", pnginfo=chunks)
    return file.getvalue()
