"""Transfer syntaxes that are not read: known ones by name, and those that nobody knows (PS3.6 annex A).

What a file says of its encoding is never guessed: of an unknown one nothing can be said, not even where the
pixels begin and end.
"""

from typing import Final

from medviewer.dicom.header.file import DEFLATED_FRAMES, NATIVE, UNCOMPRESSED_FRAMES, VIDEO, Source
from medviewer.errors import UnknownTransferSyntaxError, UnsupportedEncodingError
from medviewer.translation import mark

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


def refuse_unread(source: Source) -> None:
    """Refuse a file whose pixels are stored in a way that is not read.

    Raises
    ------
    UnsupportedEncodingError
        It is known, and named.
    UnknownTransferSyntaxError
        It is not known.
    """
    stated = source.transfer_syntax
    if stated in READ:
        return
    if stated in UNREAD:
        raise UnsupportedEncodingError(path=source.path, encoding=UNREAD[stated])
    raise UnknownTransferSyntaxError(path=source.path, uid=stated)
