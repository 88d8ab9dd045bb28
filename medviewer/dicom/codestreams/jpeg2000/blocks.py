"""JPEG 2000 images, decoded with an eye on their code-blocks.

Nothing in a code-block tells whether its bytes are its own, but a decoder of other bytes needs more or fewer
of them. OpenJPEG counts that for blocks whose end is said to be predictable (ISO/IEC 15444-1 A.6.1, C.4.2,
D.4.2), and nothing else follows from that flag; so it is set. Whole images of three encoders left no byte
over and lacked seven at most.
"""

import re
from typing import Any, Final

import numpy.typing as npt

from medviewer.dicom.codestreams.codestream import Codestream
from medviewer.dicom.codestreams.decoder_log import listening

BYPASS: Final = 0x01  # some passes are raw: their end tells nothing
HIGH_THROUGHPUT: Final = 0x40
PREDICTABLE: Final = 0x10
MOST_LEFT: Final = 3  # bytes of a block that its decoder did not need
MOST_LACKED: Final = 15  # bytes that it made up
TOLD: Final = re.compile(r"PTERM check failure: (\d+) (remaining|synthesized)")


class BlocksError(Exception):
    """Some code-blocks do not end where their data does."""


def decode_jpeg_2000(content: bytes, head: Codestream) -> tuple[npt.NDArray[Any], int]:
    """Decode an image and count the code-blocks that hold other data.

    Returns
    -------
    (rows, columns) or (rows, columns, components) integers
    int
        Their number; 0 where the coding style does not tell.

    Raises
    ------
    RuntimeError
        It cannot be decoded.
    """
    import imagecodecs

    with listening() as said:
        pixels = imagecodecs.jpeg2k_decode(_with_predictable_ends(content, head), verbose=2)
    return pixels, sum(map(_is_foreign, said))


def _with_predictable_ends(content: bytes, head: Codestream) -> bytes:
    if not head.block_styles_at or any(
        content[place] & (BYPASS | HIGH_THROUGHPUT) for place in head.block_styles_at
    ):
        return content
    marked = bytearray(content)
    for place in head.block_styles_at:
        marked[place] |= PREDICTABLE
    return bytes(marked)


def _is_foreign(text: str) -> bool:
    found = TOLD.search(text)
    if found is None:
        return False
    most = MOST_LEFT if found[2] == "remaining" else MOST_LACKED
    return int(found[1]) > most
