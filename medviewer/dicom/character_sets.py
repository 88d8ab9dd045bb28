"""Text of DICOM files: from bytes and Specific Character Set to characters, saying so where it had to guess.

Real files hold Chinese, UTF-8 or Latin-1 bytes under a character set that says otherwise, or under none.
What was read in another set than the file states is named in `Decoded.read_as`, never done silently.

References
----------
DICOM PS3.3 C.12.1.1.2 (defined terms), PS3.5 6.1.2 and annexes H to K (code extensions, resetting).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from medviewer.translation import Message, mark, message

ESCAPE: Final = b"\x1b"
CODECS: Final = {
    "6": "ascii",
    "100": "latin_1",
    "101": "iso8859_2",
    "109": "iso8859_3",
    "110": "iso8859_4",
    "144": "iso8859_5",
    "127": "iso8859_6",
    "126": "iso8859_7",
    "138": "iso8859_8",
    "148": "iso8859_9",
    "203": "iso8859_15",
    "166": "tis_620",
    "13": "shift_jis",
    "87": "iso2022_jp",
    "159": "iso2022_jp_2",
    "149": "euc_kr",
    "58": "gb2312",
    "192": "utf_8",
    "GB18030": "gb18030",
    "GBK": "gb18030",  # which holds all of GBK
    "UTF8": "utf_8",
}
"""Codec by the ISO registration number in a defined term, or by the term."""
TERM_NUMBER: Final = re.compile(r"IR[ _-]*(\d+)")
ESCAPED: Final = {
    b"(B": "",  # ASCII, which each initial set holds
    b"(J": "shift_jis",  # JIS X 0201 romaji
    b")I": "shift_jis",  # JIS X 0201 katakana
    b"-A": "latin_1",
    b"-B": "iso8859_2",
    b"-C": "iso8859_3",
    b"-D": "iso8859_4",
    b"-L": "iso8859_5",
    b"-G": "iso8859_6",
    b"-F": "iso8859_7",
    b"-H": "iso8859_8",
    b"-M": "iso8859_9",
    b"-b": "iso8859_15",
    b"-T": "tis_620",
    b"$B": "iso2022_jp",
    b"$(D": "iso2022_jp_2",
    b"$)C": "euc_kr",
    b"$)A": "gb2312",
}
"""Codec by the escape sequence that switches to it (PS3.3 tables C.12-3 and C.12-4)."""
ESCAPE_SEQUENCE: Final = re.compile(rb"\x1b(\$\([A-Z]|\$\)[A-Z]|\$[A-Z]|[()-][A-Za-z])")
TWO_BYTE_G0: Final = frozenset({"iso2022_jp", "iso2022_jp_2"})  # their bytes look like ASCII delimiters
NAME_DELIMITER: Final = re.compile(rb"[\\^=\t\n\f\r]")
TEXT_DELIMITER: Final = re.compile(rb"[\\\t\n\f\r]")
GUESSABLE: Final = (("ascii",), ("latin_1",))  # what programs that think of no set write, or leave out
# these are compiled where they are met first: large ranges take long, and most files are ASCII
IDEOGRAPH: Final = "[\u4e00-\u9fff]"
CHINESE: Final = "[\0-\x7f\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*"  # with its punctuation
STRAY_IDEOGRAPH: Final = (
    "[A-Za-z][\u4e00-\u9fff](?![\u4e00-\u9fff])|(?<![\u4e00-\u9fff])[\u4e00-\u9fff][A-Za-z]"
)
COMMON_HANZI: Final = re.compile(rb"[\xb0-\xd6][\xa1-\xfe]|\xd7[\xa1-\xf9]")  # GB 2312, first level: 3,755

READ_AS_NOTES: Final = {
    "GB18030": message("Text decoded as GB18030: the file states another character set, or none."),
    "UTF-8": message("Text decoded as UTF-8: the file states another character set, or none."),
    "Latin-1": message("Text decoded as Latin-1: the file states another character set, or none."),
}
"""What a reader of the study is told when text was read in another set than the file states."""


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """A choice of the user for files whose text is stated wrongly."""

    codec: str
    title: str  # marked
    note: Message  # stands with the stacks that were read so


TEXT_ENCODINGS: Final = {
    "gb18030": TextEncoding(
        "gb18030", mark("Chinese (GB18030)"), message("Text decoded as GB18030, as chosen.")
    ),
    "big5": TextEncoding("big5", mark("Chinese (Big5)"), message("Text decoded as Big5, as chosen.")),
    "utf-8": TextEncoding("utf_8", mark("Unicode (UTF-8)"), message("Text decoded as UTF-8, as chosen.")),
    "latin-1": TextEncoding(
        "latin_1", mark("Western European (Latin-1)"), message("Text decoded as Latin-1, as chosen.")
    ),
    "shift-jis": TextEncoding(
        "shift_jis", mark("Japanese (Shift-JIS)"), message("Text decoded as Shift-JIS, as chosen.")
    ),
    "ks-x-1001": TextEncoding(
        "euc_kr", mark("Korean (KS X 1001)"), message("Text decoded as KS X 1001, as chosen.")
    ),
    "windows-1251": TextEncoding(
        "cp1251", mark("Cyrillic (Windows-1251)"), message("Text decoded as Windows-1251, as chosen.")
    ),
}
"""What the user may choose, by the name that requests carry."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Characters, and in which set they were read where it is not the stated one."""

    text: str
    read_as: str = ""  # a key of READ_AS_NOTES


def decode(raw: bytes, stated: Sequence[str], *, is_name: bool = False) -> Decoded:
    """Return the text of an element's bytes, all its values with the backslashes between them.

    Parameters
    ----------
    stated : sequence of str
        The values of Specific Character Set; () where the file has none.
    is_name : bool
        For a PN, whose component and group delimiters end a code extension, too.
    """
    has_escapes = ESCAPE in raw
    if not has_escapes and raw.isascii():
        return Decoded(raw.decode("ascii"))
    codecs = _codecs(stated)
    if has_escapes:
        extended = _decode_extensions(raw, codecs[0], NAME_DELIMITER if is_name else TEXT_DELIMITER)
        if extended is not None:
            return Decoded(extended)
    if codecs in GUESSABLE:
        return _guessed(raw, codecs[0])
    for codec in codecs:  # a set that needs an escape sequence may have been written without it
        text = _strictly(raw, codec)
        if text is not None:
            return Decoded(text)
    return _guessed(raw, "")


def decode_as(raw: bytes, choice: str) -> str:
    """Return text in an encoding that the user chose, a key of TEXT_ENCODINGS."""
    return raw.decode(TEXT_ENCODINGS[choice].codec, "replace")


def _codecs(stated: Sequence[str]) -> tuple[str, ...]:
    """Return a codec for each stated set; what no table knows counts as not stated."""
    found = []
    for position, term in enumerate(stated):
        number = TERM_NUMBER.search(term.upper())
        codec = CODECS.get(number[1] if number else term.upper().replace("-", "").strip())
        if codec is not None:
            found.append(codec)
        elif position == 0:
            found.append("ascii")  # PS3.3 C.12.1.1.2: an empty first value means ISO 646
    return tuple(found) or ("ascii",)


def _decode_extensions(raw: bytes, initial: str, delimiter: re.Pattern[bytes]) -> str | None:
    """Return text with ISO 2022 escape sequences; None where it makes no sense.

    References
    ----------
    DICOM PS3.5 6.1.2.5.3: the initial set is active again after each delimiter.
    """
    pieces: list[str | None] = []
    place, lower, upper = 0, "", ""  # the sets of 7-bit and of 8-bit bytes; "": the initial one
    for sequence in (*ESCAPE_SEQUENCE.finditer(raw), None):
        piece = raw[place : sequence.start() if sequence else len(raw)]
        codec = lower if lower in TWO_BYTE_G0 else upper or lower or initial
        border = None if codec in TWO_BYTE_G0 else delimiter.search(piece)
        if border is None:
            pieces.append(_one_set(piece, codec))
        else:
            pieces += [_one_set(piece[: border.start()], codec), _one_set(piece[border.start() :], initial)]
            lower = upper = ""
        if sequence is not None:
            place, switch = sequence.end(), ESCAPED.get(sequence[1], "?")
            if sequence[1][:1] in b")-" or sequence[1][:2] == b"$)":
                upper = switch
            else:
                lower = switch
    whole = [piece for piece in pieces if piece is not None]
    return "".join(whole) if len(whole) == len(pieces) else None


def _one_set(piece: bytes, codec: str) -> str | None:
    if codec == "iso2022_jp":
        return _strictly(ESCAPE + b"$B" + piece, codec)
    if codec == "iso2022_jp_2":
        return _strictly(ESCAPE + b"$(D" + piece, codec)
    return _strictly(piece, codec)


def _strictly(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return None


def _guessed(raw: bytes, stated: str) -> Decoded:
    """Return text with 8-bit bytes of a set that is not stated, or stated by habit."""
    text = _strictly(raw, "utf_8")
    if text is not None:  # other bytes are hardly ever valid UTF-8
        return Decoded(text, "UTF-8")
    text = _chinese(raw)
    if text is not None:
        return Decoded(text, "GB18030")
    return Decoded(raw.decode("latin_1"), "" if stated == "latin_1" else "Latin-1")


def _chinese(raw: bytes) -> str | None:
    """Return text that is Chinese beyond reasonable doubt; None for anything else.

    Two accented capitals of Latin-1 in a row are a valid pair of GB 2312, too. So all 8-bit bytes have to
    give ideographs or Chinese punctuation, two ideographs at least and half of them common, and none may
    stand alone against a Latin letter, as in "CONCEIÇÃO".
    """
    text = _strictly(raw, "gb18030")
    if text is None:
        return None
    ideographs = re.findall(IDEOGRAPH, text)
    common = [one for one in ideographs if COMMON_HANZI.fullmatch(one.encode("gb18030"))]
    is_chinese = re.fullmatch(CHINESE, text) and len(ideographs) >= 2 and 2 * len(common) >= len(ideographs)
    return text if is_chinese and not re.search(STRAY_IDEOGRAPH, text) else None
