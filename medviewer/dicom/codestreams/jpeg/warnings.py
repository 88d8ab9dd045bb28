"""JPEG images, decoded so that the warnings of libjpeg are heard.

libjpeg goes on where data is missing, left over or no code, and warns. Of the ways to it that imagecodecs
has only libtiff passes that on; so an image is handed to it as a TIFF of one strip (TIFF 6.0 section 22 with
Technical Note 2). It decodes with the same libjpeg and takes a tenth to a third longer, which is less than
a look at the coded data from outside.
"""

import re
import struct
from typing import Any, Final

import numpy.typing as npt

from medviewer.dicom.codestreams.codestream import START_OF_FRAME, Codec, Codestream
from medviewer.dicom.codestreams.decoder_log import listening
from medviewer.dicom.codestreams.jpeg.tables import segment_places

MOST_HEARD: Final = 64 << 20  # bytes of pixels: libtiff holds them once more
BITS: Final = 8  # libtiff takes no others
ALONE: Final = 0x11  # sampling factors that it takes for a single component
JPEG, WHITE_IS_HIGH, RGB, YCBCR = 7, 1, 2, 6
SHORT, LONG = 3, 4
HEADER: Final = struct.Struct("<2sHIH")
FIELD: Final = struct.Struct("<HHII")
DEPTHS: Final = struct.pack("<4H", BITS, BITS, BITS, 0)
DAMAGE: Final = re.compile(r"Corrupt JPEG data|Premature end of JPEG|Inconsistent progression")
LEFT_OVER: Final = re.compile(r"Corrupt JPEG data: (\d+) extraneous bytes before marker 0xd9")
MOST_PADDING: Final = 8  # bytes


class JpegDataError(RuntimeError):
    """The data of an image cannot be its own."""


def decoding_warns(head: Codestream) -> bool:
    """Return whether warnings are heard while an image is decoded."""
    return head.codec is Codec.JPEG and head.precision == BITS and head.decoded_bytes <= MOST_HEARD


def warnings_need_second_decode(head: Codestream) -> bool:
    """Return whether they are heard by decoding 12 bits once more."""
    return head.codec is Codec.JPEG and head.precision > BITS and head.decoded_bytes <= MOST_HEARD


def with_precision(content: bytes, head: Codestream, bits: int) -> bytes:
    """Return an image that states another precision; its codes are the same."""
    places = segment_places(content, head)
    frame = next((begin for marker, begin, _ in places if marker in START_OF_FRAME), 0)
    return content[:frame] + bytes((bits,)) + content[frame + 1 :]


def decode_hearing(
    content: bytes, head: Codestream, *, converts: bool
) -> tuple[npt.NDArray[Any], bool, bool]:
    """Decode an image and hear the warnings about it.

    One of 12 bits is decoded as if it had 8, which are coded in the same way.

    Parameters
    ----------
    converts : bool
        Its colors are YCbCr and become RGB.

    Returns
    -------
    (rows, columns) or (rows, columns, 3) uint8
    bool
        It was warned of its data.
    bool
        Of nothing but a few bytes at its end, which may be padding.

    Raises
    ------
    RuntimeError
        It cannot be decoded so.
    """
    import imagecodecs

    with listening() as said:
        pixels = imagecodecs.tiff_decode(_as_tiff(content, head, converts=converts), verbose=2)
    warnings = [text for text in said if DAMAGE.match(text)]
    left = [LEFT_OVER.match(text) for text in warnings]
    is_padding = all(found is not None and int(found[1]) <= MOST_PADDING for found in left)
    return pixels, bool(warnings), bool(warnings) and is_padding


def _as_tiff(content: bytes, head: Codestream, *, converts: bool) -> bytes:
    """Return a TIFF whose only strip is the image."""
    places = segment_places(content, head)
    frame = next((begin for marker, begin, _ in places if marker in START_OF_FRAME), 0)
    factors = content[frame + 7]
    if head.precision != BITS or (head.components == 1 and factors != ALONE):
        alone = ALONE if head.components == 1 else factors  # which mean nothing for one component
        changed = bytes((BITS, *content[frame + 1 : frame + 7], alone))
        content = content[:frame] + changed + content[frame + 8 :]
    color = YCBCR if converts else RGB
    fields = [
        (256, LONG, head.columns),
        (257, LONG, head.rows),
        (258, SHORT, BITS),
        (259, SHORT, JPEG),
        (262, SHORT, color if head.components == 3 else WHITE_IS_HIGH),
        (273, LONG, 0),  # where the strip begins
        (277, SHORT, head.components),
        (278, LONG, head.rows),  # of the strip
        (279, LONG, len(content)),
    ]
    if converts:
        fields.append((530, SHORT, (factors >> 4) | (factors & 15) << 16))  # of colors, across and down
    behind = HEADER.size + FIELD.size * len(fields) + 4
    start = behind + len(DEPTHS)
    pieces = [HEADER.pack(b"II", 42, 8, len(fields))]
    for tag, kind, value in fields:
        if tag == 258 and head.components == 3:
            pieces.append(FIELD.pack(tag, kind, 3, behind))
        else:
            pieces.append(FIELD.pack(tag, kind, 2 if tag == 530 else 1, start if tag == 273 else value))
    return b"".join((*pieces, bytes(4), DEPTHS, content))
