"""Decoding of DICOM text by Specific Character Set, noting guesses.

Real files hold Chinese, UTF-8 or Latin-1 bytes under a character set that says otherwise, or under none.
A set that was used in place of the stated one is named in `DecodedText.read_as`. Where nothing decides
between several sets, no character is made of their bytes.

References
----------
DICOM PS3.3 C.12.1.1.2 (defined terms), PS3.5 6.1.2 and annexes H to K (code extensions, resetting).
"""

import codecs
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
    "GB2312": "gb18030",
    "CP936": "gb18030",
    "UTF8": "utf_8",
    "BIG5": "big5",
    "SHIFTJIS": "shift_jis",
    "SJIS": "shift_jis",
    "EUCJP": "euc_jp",
    "EUCKR": "euc_kr",
    "KSC5601": "euc_kr",
    "TIS620": "tis_620",
    "KOI8R": "koi8_r",
    "ASCII": "ascii",
    **{f"ISO8859{number}": f"iso8859_{number}" for number in (2, 3, 4, 5, 6, 7, 8, 9, 15)},
    **{f"WINDOWS{number}": f"cp{number}" for number in range(1250, 1259)},
    **{f"CP{number}": f"cp{number}" for number in range(1250, 1259)},
    "ISO88591": "latin_1",
    "LATIN1": "latin_1",
    "LATIN2": "iso8859_2",
}
"""Codec by the ISO registration number in a defined term, or by the term; other terms are common mistakes."""
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
THREE_BYTES: Final = "\u0800"  # the first character that takes so many in UTF-8
TWO_BYTES: Final = frozenset({"gb18030", "gb2312", "euc_kr", "shift_jis", "big5", "euc_jp"})
TWO_BYTE_G0: Final = frozenset({"iso2022_jp", "iso2022_jp_2"})  # their bytes look like ASCII delimiters
NAME_DELIMITER: Final = re.compile(rb"[\\^=\t\n\f\r]")
TEXT_DELIMITER: Final = re.compile(rb"[\\\t\n\f\r]")
HABITUAL: Final = ("latin_1",)  # what programs that think of no set write
MOST_WEIGHED: Final = 4096  # bytes; a longer text is no name
BARE_ESCAPE: Final = "\udc1b"
"""An escape sign before what cannot be read: a byte of which nobody knows what it means."""
UNDECIDED_BYTES: Final = re.compile("[\udc1b\udc80-\udcff]")
ODD_CAPITALS: Final = re.compile("[а-яё][А-ЯЁ]{2}|[α-ώ][Α-Ω]{2}")  # as where the halves of a set are swapped
C1_CONTROLS: Final = re.compile("[\x80-\x9f]")
WORD_OF_ITS_OWN: Final = re.compile("(?<![A-Za-z\u00c0-\u00ff])[\u00c0-\u00ff]{2,}(?![A-Za-z\u00c0-\u00ff])")
SIGN_AMID_LETTERS: Final = re.compile("[\u00c0-\u00ff][\u00a1-\u00bf]|[\u00a1-\u00bf][\u00c0-\u00ff]")


GUESSED: Final = mark("Text decoded as {set}: the file states another character set, or none.")
UNKNOWN_SET: Final = mark(
    "Some text is in an unknown character set: its bytes are shown. Choose a set under View > Text "
    "encoding (--text-encoding)."
)
UNDECIDED: Final = mark(
    "The file does not state whether its text is in {sets}: bytes are shown. Choose a set under View > "
    "Text encoding (--text-encoding)."
)


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """A character set that texts may be read in, whatever their file states."""

    codec: str
    title: str  # marked

    @property
    def chosen_note(self) -> Message:
        """Note on stacks that were read in a chosen encoding."""
        return message("Text decoded as {set}, as chosen.", set=Message(self.title))

    @property
    def guess_note(self) -> Message:
        """Note on stacks of files that do not state this encoding."""
        return message(GUESSED, set=Message(self.title))


TEXT_ENCODINGS: Final = {
    "utf-8": TextEncoding("utf_8", mark("Unicode (UTF-8)")),
    "latin-1": TextEncoding("cp1252", mark("Western European (Latin-1)")),
    "latin-9": TextEncoding("iso8859_15", mark("Western European (Latin-9)")),
    "latin-2": TextEncoding("iso8859_2", mark("Central European (Latin-2)")),
    "windows-1250": TextEncoding("cp1250", mark("Central European (Windows-1250)")),
    "latin-3": TextEncoding("iso8859_3", mark("South European (Latin-3)")),
    "latin-4": TextEncoding("iso8859_4", mark("North European (Latin-4)")),
    "latin-5": TextEncoding("cp1254", mark("Turkish (Latin-5)")),
    "windows-1257": TextEncoding("cp1257", mark("Baltic (Windows-1257)")),
    "windows-1258": TextEncoding("cp1258", mark("Vietnamese (Windows-1258)")),
    "cyrillic": TextEncoding("iso8859_5", mark("Cyrillic (ISO 8859-5)")),
    "windows-1251": TextEncoding("cp1251", mark("Cyrillic (Windows-1251)")),
    "koi8-r": TextEncoding("koi8_u", mark("Cyrillic (KOI8)")),
    "greek": TextEncoding("iso8859_7", mark("Greek (ISO 8859-7)")),
    "windows-1253": TextEncoding("cp1253", mark("Greek (Windows-1253)")),
    "hebrew": TextEncoding("cp1255", mark("Hebrew (ISO 8859-8)")),
    "arabic": TextEncoding("iso8859_6", mark("Arabic (ISO 8859-6)")),
    "windows-1256": TextEncoding("cp1256", mark("Arabic (Windows-1256)")),
    "thai": TextEncoding("cp874", mark("Thai (TIS 620)")),
    "gb18030": TextEncoding("gb18030", mark("Chinese (GB18030)")),
    "big5": TextEncoding("big5hkscs", mark("Chinese (Big5)")),
    "shift-jis": TextEncoding("cp932", mark("Japanese (Shift-JIS)")),
    "euc-jp": TextEncoding("euc_jp", mark("Japanese (EUC-JP)")),
    "ks-x-1001": TextEncoding("cp949", mark("Korean (KS X 1001)")),
}
"""What the user may choose, by the name that requests carry; sets of the standard and others in use.

Where Windows has a set of its own that holds all letters of the standard's, it is taken.
"""


def undecided_note(may_be: Sequence[str]) -> Message:
    """Return the note on stacks whose text was left undecoded.

    Nothing decides between sets.
    """
    if not may_be:
        return message(UNKNOWN_SET)
    sets = Message(TEXT_ENCODINGS[may_be[0]].title)
    for one in may_be[1:]:
        sets = message("{list} or {next}", list=sets, next=Message(TEXT_ENCODINGS[one].title))
    return message(UNDECIDED, sets=sets)


def doubts_text(note: Message) -> bool:
    """Return whether a note says that text may not be read as it was meant."""
    inner = (fact for _, fact in note.facts if isinstance(fact, Message))
    return note.text in (GUESSED, UNKNOWN_SET, UNDECIDED) or any(map(doubts_text, inner))


@dataclass(frozen=True, slots=True)
class DecodedText:
    """Decoded characters and their notes.

    Parameters
    ----------
    text : str
        Bytes of which nobody knows what they mean stand in it as surrogate escapes (PEP 383).
    read_as : str
        The set, a key of TEXT_ENCODINGS, where it is not the stated one.
    may_be : tuple of str
        The sets between which nothing decides, the likeliest first.
    """

    text: str
    read_as: str = ""
    may_be: tuple[str, ...] = ()

    @property
    def is_certain(self) -> bool:
        """Whether it is the stated set, or the only one that makes sense."""
        return UNDECIDED_BYTES.search(self.text) is None


def decode_text(
    raw: bytes, stated: Sequence[str], *, is_name: bool = False, favored: str = ""
) -> DecodedText:
    """Return the text of an element's bytes, backslashes between its values.

    Parameters
    ----------
    stated : sequence of str
        The values of Specific Character Set; () where the file has none.
    is_name : bool
        For a PN, whose component and group delimiters end a code extension, too.
    favored : str
        The set that the patient's name is read in, where the file does not state one.
    """
    has_escapes = ESCAPE in raw
    if not has_escapes and raw.isascii():
        return DecodedText(raw.decode("ascii"))
    codecs = _codecs(stated)
    if has_escapes:
        initial = "ascii" if codecs[0] in TWO_BYTE_G0 else codecs[0]  # named first by mistake
        extended = _decode_extensions(raw, initial, NAME_DELIMITER if is_name else TEXT_DELIMITER)
        if extended is not None:
            return DecodedText(extended)
        if raw.isascii():  # no set but that of its escape sequences, which make no sense, is meant
            return DecodedText(raw.decode("ascii").replace("\x1b", BARE_ESCAPE))
    if codecs == ("ascii",):
        return _undeclared(raw, is_name, favored)
    if codecs == HABITUAL:
        return _western_by_habit(raw, is_name, favored)
    for codec in codecs:  # a set that needs an escape sequence may have been written without it
        text = _strictly(raw, codec)
        if text is not None and _is_believable(text, codec, is_name) and not _is_really_utf_8(raw, codec):
            return DecodedText(text)
    if "utf_8" in codecs or "gb18030" in codecs:
        text = _cut_short(raw, codecs[0])
        if text is not None:
            return DecodedText(text)
    return _undeclared(raw, is_name, favored)


def file_name_text(raw: bytes) -> str:
    """Return a file's name in a guessed character set, else ""."""
    decoded = decode_text(raw, ())
    is_told = decoded.read_as in ("utf-8", "gb18030", "big5", "shift-jis", "euc-jp", "ks-x-1001")
    return decoded.text if is_told and decoded.is_certain else ""


def decode_text_as(raw: bytes, choice: str, *, is_name: bool = False) -> str:
    """Return text in an encoding that the user chose, a key of TEXT_ENCODINGS.

    Escape sequences say themselves what they mean; the choice is for all else.
    """
    codec = TEXT_ENCODINGS[choice].codec
    if ESCAPE in raw:
        extended = _decode_extensions(raw, codec, NAME_DELIMITER if is_name else TEXT_DELIMITER)
        if extended is not None:
            return extended
    return raw.decode(codec, "replace")


def _undeclared(raw: bytes, is_name: bool, favored: str, stated: str = "") -> DecodedText:
    """Return 8-bit text whose set is not stated or cannot be the stated one."""
    from medviewer.dicom.text.undeclared_text import (  # here: it takes long, most text is ASCII
        makes_sense,
        weigh,
    )

    if len(raw) > MOST_WEIGHED:
        return DecodedText(raw.decode("ascii", "surrogateescape"))
    text = _strictly(raw, "utf_8") or _cut_short(raw, "utf_8")
    if text is not None and max(text) >= THREE_BYTES and makes_sense(text):
        return DecodedText(text, "utf-8")  # bytes of other sets are hardly ever valid UTF-8 of three bytes
    weighed = weigh(raw, is_name=is_name, favored=favored, stated=stated)
    return DecodedText(weighed.text, "" if weighed.read_as == stated else weighed.read_as, weighed.may_be)


def _western_by_habit(raw: bytes, is_name: bool, favored: str) -> DecodedText:
    """Return text under Latin-1, which many programs state by habit."""
    text = raw.decode("latin_1")
    is_odd = (
        C1_CONTROLS.search(text) or WORD_OF_ITS_OWN.search(text) or SIGN_AMID_LETTERS.search(text) is not None
    )
    if not is_odd and not _is_really_utf_8(raw, "latin_1"):
        return DecodedText(text)
    weighed = _undeclared(raw, is_name, favored, "latin-1")
    return weighed if weighed.read_as or weighed.may_be or weighed.is_certain else DecodedText(text)


def _is_believable(text: str, codec: str, is_name: bool) -> bool:
    """Return whether text in the stated set may be meant.

    No controls, and no capitals amid small letters.
    """
    if codec == "utf_8" or codec in TWO_BYTES:
        return True
    return not C1_CONTROLS.search(text) and not (is_name and ODD_CAPITALS.search(text))


def _is_really_utf_8(raw: bytes, codec: str) -> bool:
    """Return whether text under another set is UTF-8.

    Bytes of other sets hardly ever are.
    """
    if codec == "utf_8":
        return False
    text = _strictly(raw, "utf_8")
    if text is None or (codec in TWO_BYTES and max(text) < THREE_BYTES):
        return False
    from medviewer.dicom.text.undeclared_text import makes_sense

    return makes_sense(text)


def _codecs(stated: Sequence[str]) -> tuple[str, ...]:
    """Return a codec for each stated set.

    What no table knows counts as not stated.
    """
    found = []
    for position, term in enumerate(stated):
        number = TERM_NUMBER.search(term.upper())
        codec = CODECS.get(number[1] if number else re.sub("[ _.-]", "", term.upper()))
        if codec is not None:
            found.append(codec)
        elif position == 0:
            found.append("ascii")  # PS3.3 C.12.1.1.2: an empty first value means ISO 646
    return tuple(found) or ("ascii",)


def _decode_extensions(raw: bytes, initial: str, delimiter: re.Pattern[bytes]) -> str | None:
    """Return text with ISO 2022 escape sequences.

    None where it makes no sense.

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


def _cut_short(raw: bytes, codec: str) -> str | None:
    """Return text without its truncated last character, else None.

    A limit of 64 bytes may cut one off.
    """
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        text = decoder.decode(raw)
    except UnicodeDecodeError:
        return None
    is_cut = bool(decoder.getstate()[0]) and not text.isascii()
    return f"{text}\ufffd" if is_cut else None
