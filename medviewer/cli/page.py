"""A page for the terminal.

A title and sections, their lines wrapped at words to the width of the screen.
"""

import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

WIDTHS: Final = (40, 100)  # of a line that is read with ease
DEFAULT: Final = (80, 24)
INDENT: Final = "  "
NEVER_FIRST: Final = "，。、；：！？）》」』】％°…,.;:!?)%"
"""Signs that stay with what stands before them."""


def terminal_width() -> int:
    """Return the width of output lines, in columns."""
    low, high = WIDTHS
    return min(max(shutil.get_terminal_size(DEFAULT).columns - 1, low), high)


def page(head: Sequence[str], sections: Sequence[tuple[str, Sequence[str]]], width: int) -> str:
    """Return a page: its head, then each section with its lines indented.

    Parameters
    ----------
    sections : sequence of (title, lines)
    width : int
        Columns; a Chinese character takes two. A word that is longer is cut.
    """
    written = [line for text in head for line in wrapped(text, width)]
    for title, lines in sections:
        written += ["", title]
        for text in lines:
            first, *rest = wrapped(text, width - 2 * len(INDENT))
            written += [INDENT + first, *(2 * INDENT + line for line in rest)]
    return "\n".join(written)


def wrapped(text: str, width: int) -> list[str]:
    """Return a text as lines within a width; at least one line."""
    lines, line = [], ""
    for piece in _pieces(text, width):
        if line and columns(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]


def columns(text: str) -> int:
    """Return the terminal columns of a text."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    narrow = sum(unicodedata.combining(sign) == 0 for sign in text)
    return wide + narrow


def _pieces(text: str, width: int) -> Iterator[str]:
    """Yield the pieces that a line can be broken between.

    Words with the space behind them, and single wide signs.
    """
    piece = ""
    for sign in text:
        is_wide = unicodedata.east_asian_width(sign) in "WF"
        ends = piece.endswith(" ") or columns(piece + sign) > width or (is_wide and sign not in NEVER_FIRST)
        ends = ends or (
            bool(piece) and unicodedata.east_asian_width(piece[-1]) in "WF" and sign not in NEVER_FIRST
        )
        if piece and ends and sign != " ":
            yield piece
            piece = ""
        piece += sign
    if piece:
        yield piece
