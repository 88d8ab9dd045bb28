"""Location of pixels that do not match the transfer syntax.

    enclosed        fragments, though a length is stated
    bare            a compressed image that stands in no fragment
    not compressed  plain pixels under the name of a compressed transfer syntax

The other way round, fragments under a name for plain pixels, needs nothing: their length is not stated.
"""

import struct
from typing import Final

from medviewer.dicom import codestreams
from medviewer.dicom.header import (
    NATIVE,
    READ,
    RLE,
    UNDEFINED,
    VIDEO,
    NotPlainHeaderError,
    Source,
    WalkedHeader,
)
from medviewer.errors import DamagedFileError
from medviewer.translation import mark, message

ITEM: Final = b"\xfe\xff\x00\xe0"
ITEM_BYTES: Final = 8
STARTS: Final = (
    b"\xff\xd8\xff",  # JPEG and JPEG-LS
    b"\xff\x4f\xff\x51",  # JPEG 2000
    b"\x00\x00\x00\x0cjP  ",  # JPEG 2000 in a file
    b"\x00\x00\x00\x0cJXL ",  # JPEG XL in a container
)
BARE_JPEG_XL: Final = b"\xff\x0a"
RLE_START: Final = struct.Struct("<II").unpack
HEAD_BYTES: Final = 1 << 16
START_BYTES: Final = 12
PADDING_BITS: Final = 16

OTHER_PIXELS: Final = mark("its pixels are neither compressed, as it says, nor do they fill its pictures")
NOT_COMPRESSED: Final = message("The file says that its pixels are compressed; they are not.")
BARE: Final = message("The file's compressed picture is not enclosed as its encoding has it.")
COMPRESSED: Final = message("The file says that its pixels are not compressed; they are.")

COMPRESSED_STARTS: Final = (ITEM, *STARTS, BARE_JPEG_XL)


def locate_pixels(source: Source, begins_with: bytes) -> Source:
    """Find pixels that are not stored as the transfer syntax says.

    They have a stated length.

    Parameters
    ----------
    begins_with : bytes
        The first bytes of the pixel data, as far as they are known without reading.
    """
    if not source.pixel_kind or source.pixel_length == UNDEFINED:
        return source
    if len(begins_with) < START_BYTES and len(begins_with) < source.native_bytes:
        begins_with = source.read(source.pixel_offset, min(START_BYTES, source.native_bytes))
    is_native = source.transfer_syntax in NATIVE
    if is_native and not begins_with.startswith(COMPRESSED_STARTS):
        return source  # as usual
    if source.transfer_syntax not in READ or source.pixel_kind != "integer":
        return source
    begin, length = source.pixel_offset, source.native_bytes
    head = source.read(begin, min(length, HEAD_BYTES))
    if _is_enclosed(source, head):
        source.pixel_length, source.end = UNDEFINED, begin + length
        source.pixel_notes = (COMPRESSED,) if is_native else ()
    elif _is_bare(source, head, is_native=is_native):
        source.pixel_length = UNDEFINED
        source.hold_one_fragment((begin, length))
        source.pixel_notes = (COMPRESSED,) if is_native else (BARE,)
    elif not is_native:
        source.pixel_notes = (NOT_COMPRESSED,)
    return source


def _is_enclosed(source: Source, head: bytes) -> bool:
    """Return whether items follow one another, an offset table first."""
    if not head.startswith(ITEM) or len(head) < 2 * ITEM_BYTES:
        return False
    (length,) = struct.unpack_from("<I", head, len(ITEM))
    second = source.pixel_offset + ITEM_BYTES + length
    return second + ITEM_BYTES <= source.end and source.read(second, len(ITEM)) == ITEM


def _is_bare(source: Source, head: bytes, *, is_native: bool) -> bool:
    """Return whether a compressed image of the stated size begins there."""
    if source.transfer_syntax in VIDEO:
        return True
    if source.transfer_syntax == RLE and len(head) >= ITEM_BYTES:
        segments, first = RLE_START(head[:ITEM_BYTES])
        return bool(1 <= segments <= 15 and first == 64)
    found = codestreams.read_codestream(head)
    dataset = source.dataset
    return found is not None and (found.rows, found.columns) == (
        dataset.integer("Rows"),
        dataset.integer("Columns"),
    )


def refuse_other_size(source: Source, frame_bits: int) -> None:
    """Refuse uncompressed pixels of another size than the images.

    Raises
    ------
    DamagedFileError
        They are not.
    NotPlainHeaderError
        They are not, but the full parser may find others.
    """
    if NOT_COMPRESSED in source.pixel_notes and not _fills(source.native_bytes * 8, frame_bits):
        if isinstance(source.dataset, WalkedHeader):
            raise NotPlainHeaderError
        raise DamagedFileError(path=source.path, detail=OTHER_PIXELS)


def _fills(bits: int, frame_bits: int) -> bool:
    return bits >= frame_bits and bits % frame_bits < PADDING_BITS
