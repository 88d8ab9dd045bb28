"""The header of a damaged file, as far as it can be read.

It is for looking at the header only; images are never read so.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Final

from medviewer import limits
from medviewer.dicom.header.file import (
    PARSER_ERRORS,
    PIXEL_TAGS,
    TRANSFER_SYNTAX_UID,
    Source,
    as_written,
    character_set,
    encoding,
    inflate_bounded,
    looks_like_a_dataset,
)
from medviewer.dicom.header.header import Header
from medviewer.dicom.header.transfer_syntaxes import DEFLATED
from medviewer.dicom.text import plain
from medviewer.errors import DamagedFileError, NotDicomError

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

META_GROUP: Final = 0x0002


def open_as_far(path: Path, disk_file: io.BufferedReader) -> Source:
    """Read the header of a damaged file up to where it makes no sense.

    Raises
    ------
    NotDicomError
        Nothing in it looks like DICOM.
    DamagedFileError
        Not one element can be read.
    """
    file: io.BufferedReader | io.BytesIO = disk_file
    end = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(132)
    has_prefix = head[128:] == b"DICM"
    if not has_prefix and not looks_like_a_dataset(head):
        raise NotDicomError(path=path)
    file.seek(132 if has_prefix else 0)
    meta = _as_far(file, implicit=False, little=True, only_group=META_GROUP)
    position, syntax = file.tell(), plain(as_written(meta, TRANSFER_SYNTAX_UID))
    if syntax == DEFLATED:
        file.seek(position)
        file, position = io.BytesIO(inflate_bounded(path, file.read(), limits.INFLATED_BYTES)), 0
    implicit, little, syntax = encoding(path, file, position, syntax)
    file.seek(position)
    dataset = _as_far(file, implicit=implicit, little=little)
    if not len(dataset) and not len(meta):
        raise DamagedFileError(path=path)
    dataset.set_original_encoding(implicit, little, character_set(dataset))
    dataset.file_meta = meta  # type: ignore[assignment]  # read as a plain dataset, used as one
    return Source(path, disk_file, file, Header(dataset), syntax, end=end, is_repaired=True)


def _as_far(
    file: io.BufferedReader | io.BytesIO, *, implicit: bool, little: bool, only_group: int = 0
) -> Dataset:
    """Return the elements from here on, up to an unreadable one.

    Tags have to ascend.
    """
    from pydicom.dataset import Dataset
    from pydicom.errors import BytesLengthException
    from pydicom.filereader import data_element_generator

    found, last, before = Dataset(), -1, file.tell()
    size = file.seek(0, io.SEEK_END)
    file.seek(before)
    try:
        for element in data_element_generator(file, implicit, little):
            tag = int(element.tag)
            is_over = tag <= last or tag in PIXEL_TAGS or len(found) >= limits.ELEMENTS
            if is_over or (only_group and tag >> 16 != only_group):
                break
            content = element.value
            if isinstance(content, bytes) and len(content) < getattr(element, "length", 0) < size:
                break  # it is cut
            found[tag] = element
            last, before = tag, file.tell()
    except (*PARSER_ERRORS, BytesLengthException, RecursionError, OSError, MemoryError):
        pass
    file.seek(before)
    return found
