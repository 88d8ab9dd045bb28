"""Transfer syntaxes: supported, known but unsupported, unknown.

See PS3.6 annex A. What a file says of its encoding is never guessed: of an unknown one nothing can be said,
not even where the pixels begin and end.
"""

from pathlib import Path
from typing import Final

from medviewer.errors import UnknownTransferSyntaxError, UnsupportedEncodingError
from medviewer.translation import mark

IMPLICIT_LITTLE: Final = "1.2.840.10008.1.2"
EXPLICIT_LITTLE: Final = "1.2.840.10008.1.2.1"
EXPLICIT_BIG: Final = "1.2.840.10008.1.2.2"
DEFLATED: Final = "1.2.840.10008.1.2.1.99"
DEFLATED_FRAMES: Final = "1.2.840.10008.1.2.8.1"
UNCOMPRESSED_FRAMES: Final = "1.2.840.10008.1.2.1.98"
PAPYRUS: Final = "1.2.840.10008.1.20"  # implicit VR little endian
PHILIPS: Final = "1.3.46.670589.33.1.4.1"  # explicit VR little endian
GE_BIG_PIXELS: Final = "1.2.840.113619.5.2"  # implicit VR little endian, but the words of pixels big endian
NATIVE: Final = frozenset(
    {IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED, PAPYRUS, PHILIPS, GE_BIG_PIXELS}
)
VIDEO: Final = frozenset(
    f"1.2.840.10008.1.2.4.{number}"
    for kind in (100, 101, 102, 103, 104, 105, 106, 107, 108)
    for number in (f"{kind}", f"{kind}.1")  # .1: in any number of fragments
)
RLE: Final = "1.2.840.10008.1.2.5"
CODESTREAMS: Final = frozenset(
    f"1.2.840.10008.1.2.4.{number}"
    for number in (
        *(50, 51, 53, 55),  # JPEG, by Huffman codes
        *(52, 54, 56),  # by arithmetic coding, retired
        *(57, 70),  # lossless
        *(80, 81),  # JPEG-LS
        *(90, 91, 92, 93),  # JPEG 2000; part 2 as far as it is part 1
        *(201, 202, 203),  # HTJ2K
        *(110, 111, 112),  # JPEG XL
    )
)
READ: Final = NATIVE | CODESTREAMS | VIDEO | {RLE, DEFLATED_FRAMES, UNCOMPRESSED_FRAMES}

ARITHMETIC_LOSSLESS: Final[str] = mark("JPEG lossless with arithmetic coding")
HIERARCHICAL: Final[str] = mark("JPEG with hierarchical coding")
ELSEWHERE: Final = mark("JPIP: the pixels lie on a server")
STREAM: Final = mark("a stream of SMPTE ST 2110")
UNREAD: Final[dict[str, str]] = {
    "1.2.840.10008.1.2.4.58": ARITHMETIC_LOSSLESS,
    **dict.fromkeys((f"1.2.840.10008.1.2.4.{number}" for number in range(59, 67)), HIERARCHICAL),
    **dict.fromkeys((f"1.2.840.10008.1.2.4.{number}" for number in (94, 95, 204, 205)), ELSEWHERE),
    "1.2.840.10008.1.2.6.1": mark("MIME (RFC 2557)"),
    "1.2.840.10008.1.2.6.2": mark("XML"),
    **dict.fromkeys((f"1.2.840.10008.1.2.7.{number}" for number in (1, 2, 3)), STREAM),
}
"""What nothing here decodes, and what to call it."""


def refuse_unread(path: Path, stated: str) -> None:
    """Refuse a file with unsupported storage of pixels.

    Raises
    ------
    UnsupportedEncodingError
        It is known, and named.
    UnknownTransferSyntaxError
        It is not known.
    """
    if stated in READ:
        return
    if stated in UNREAD:
        raise UnsupportedEncodingError(path=path, encoding=UNREAD[stated])
    raise UnknownTransferSyntaxError(path=path, uid=stated)
