"""Stored values of a slice as TIFF, with their rescale."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from medviewer.errors import NotOfferedError
from medviewer.export.pictures.annotated import refuse_other_slice
from medviewer.export.pictures.read_back import refuse_other_pixels
from medviewer.export.pictures.tiff_tags import COMPRESSION, SAMPLE_FORMAT, SIGNED, tags
from medviewer.export.provenance import describe_values
from medviewer.export.statement import statement_of
from medviewer.export.table import SliceExport
from medviewer.imaging.frame import Frame, ModalityTable, refuse_large, to_modality_values
from medviewer.storage import atomic_write
from medviewer.translation import mark, message


def write(path: Path, export: SliceExport, *, overwrite: bool = False) -> None:
    """Save the stored values of a pane's slice, then read them back.

    Raises
    ------
    NotOfferedError
        TIFF has no form for its values.
    ImageSizeError
        It has more values than are exported.
    ExistingFileError, WriteError, ReadBackError
        As the annotated PNG.
    """
    refuse_other_slice(export.pane)
    said = statement_of(export)
    frame = said.frame
    refuse_large(frame.stored.size)
    values = stored_values(frame)
    content = _encode(values, describe_values(said.place, frame, said.warnings, said.sop_instance_uid))
    atomic_write(path, content, overwrite=overwrite, private=said.is_private)
    refuse_other_pixels(path, content, values)


def stored_values(frame: Frame) -> npt.NDArray[Any]:
    """Return the values of a file: 16 bits for nearly all frames.

    Where a lookup table makes the modality values, these are returned, in 32-bit floating point, as no
    slope and intercept lead to them.

    Returns
    -------
    (rows, columns) uint16, int16, int32 or float32

    Raises
    ------
    NotOfferedError
        The values are of more bits.
    """
    if isinstance(frame.modality, ModalityTable):
        return to_modality_values(frame.stored, frame.modality).astype(np.float32)
    stored = frame.stored
    if stored.dtype.kind == "f" and stored.dtype.itemsize <= 4:
        return stored.astype(np.float32)
    if stored.dtype.kind in "iu":
        low, high = int(stored.min()), int(stored.max())
        for kind in (np.uint16, np.int16, np.int32):
            ends = np.iinfo(kind)
            is_signed = stored.dtype.kind == "i" and ends.min == 0
            if low >= ends.min and high <= ends.max and not is_signed:
                return stored.astype(kind)
    reason = message("its values have more bits than the format")
    raise NotOfferedError(what=mark("Stored values"), reason=reason)


def _encode(values: npt.NDArray[Any], record: dict[str, Any]) -> bytes:
    about = tags(record)
    rows, columns = values.shape
    if values.dtype.itemsize == 2:
        image = Image.frombytes(
            "I;16", (columns, rows), values.astype(values.dtype.newbyteorder("<")).tobytes()
        )
        if values.dtype.kind == "i":
            about[SAMPLE_FORMAT] = SIGNED
    else:
        image = Image.fromarray(values)
    file = BytesIO()
    image.save(file, "TIFF", compression=COMPRESSION, tiffinfo=about)
    return file.getvalue()
