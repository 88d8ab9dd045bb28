"""Text from outside, written so that it stays text.

It is meant for a terminal, a list, a message. A file may be called anything, also a sequence that recolours a
terminal or turns the reading direction.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

LEFT_TO_RIGHT_MARK: Final = "\u200e"  # nobody sees it; what stands behind it is read from left to right
RIGHT_TO_LEFT: Final = frozenset(("R", "AL", "AN"))  # classes of Unicode Standard Annex 9
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""With the wide ones, which spread-sheets in Chinese take for the same (OWASP, CSV Injection)."""
NUMBER: Final = re.compile(r"[+-]?\d{1,20}([.,]\d{1,20})?([eE][+-]?\d{1,3})?")
JOINERS: Final = frozenset("\u200c\u200d")  # they shape letters of names, and do nothing else
ESCAPED: Final = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
LONE_SURROGATE: Final = re.compile(r"(?<!\\ud[89ab][0-9a-f]{2})\\udc([89a-f][0-9a-f])")


def printable(text: str, *, keep_lines: bool = False) -> str:
    r"""Return text with unprintable characters as \xNN or \uNNNN.

    Control, invisible and direction-changing ones.

    Parameters
    ----------
    keep_lines : bool
        Leave ends of lines as they are.
    """
    if text.isprintable() or (keep_lines and text.replace("\n", "").isprintable()):
        return text
    return "".join(
        character if character == "\n" and keep_lines else _escaped(character) for character in text
    )


def as_cell(text: str) -> str:
    """Return text for a cell of a spread-sheet, written or pasted.

    What would be taken for a formula gets an apostrophe before it, a number does not; what a terminal obeys
    is escaped.
    """
    starts = text.startswith(FORMULA_SIGNS) or text.lstrip().startswith(FORMULA_SIGNS)
    is_formula = starts and NUMBER.fullmatch(text) is None
    return ("'" if is_formula else "") + printable(text, keep_lines=True)


def pasted_rows(rows: Iterable[Iterable[str]]) -> str:
    """Return rows as text for the clipboard, columns parted by tabulators.

    Each cell is as `as_cell` has it, in one line.
    """
    return "\n".join("\t".join(as_cell(" ".join(cell.split())) for cell in row) for row in rows)


def as_line(text: str) -> str:
    """Return a text as a line of its own: its first letter is a capital."""
    # guard(-> text): lines begin with capitals, wherever the words stand in a sentence elsewhere
    return text[:1].upper() + text[1:]


def is_right_to_left(text: str) -> bool:
    """Return whether any of a text is read from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(sign) in RIGHT_TO_LEFT for sign in text)


def side_by_side(texts: Iterable[str], between: str = " · ") -> str:
    """Return texts in one line, each to be read as if it stood alone.

    Empty ones are left out. Digits behind Arabic letters are laid out by the rules of those: the date
    1960-03-12 beside an Arabic name would be seen as 12-03-1960.

    References
    ----------
    Unicode Standard Annex 9, rules P2 and W2.
    """
    said = [text for text in texts if text]
    if len(said) > 1:
        said = [_set_apart(text) if is_right_to_left(text) else text for text in said]
    return between.join(said)


def _set_apart(text: str) -> str:
    return f"{LEFT_TO_RIGHT_MARK}{text}{LEFT_TO_RIGHT_MARK}"


def valid_json(dumped: str) -> str:
    r"""Return JSON in ASCII with valid Unicode texts.

    Bytes of names that are not stand in it as \xNN.
    """
    return LONE_SURROGATE.sub(r"\\\\x\1", dumped)


def _escaped(character: str) -> str:
    if character in JOINERS or unicodedata.category(character) not in ESCAPED:
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file's name that is no text
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def size_text(count: float, rounded: Callable[[float], int] = round) -> str:
    """Return a number of bytes as "12 kB", "805 MB" or "4.2 GB"."""
    if count >= 1e9:
        return f"{rounded(count / 1e8) / 10:g} GB"
    return f"{rounded(count / 1e6)} MB" if count >= 1e6 else f"{rounded(count / 1e3)} kB"


MORE_DECIMALS: Final = 6
"""So many more are written at most to tell a figure from its limit."""


def told_apart(figure: float, limit: float, decimals: int) -> tuple[str, str]:
    """Return a figure and the limit that it was compared with, as text.

    Both have the same decimals, at least `decimals`, and as many as tell them apart where they differ: "30.3"
    and "30.0", not "30" and "30".
    """
    for places in range(decimals, decimals + MORE_DECIMALS + 1):
        shown = f"{figure:.{places}f}", f"{limit:.{places}f}"
        if shown[0] != shown[1]:
            return shown
    return f"{figure:.{decimals}f}", f"{limit:.{decimals}f}"
