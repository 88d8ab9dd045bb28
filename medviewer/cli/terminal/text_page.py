"""A page for the terminal.

A title and sections, their lines wrapped at words to the width of the screen.
"""

import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from medviewer.plain_text import printable

WIDTHS: Final = (40, 100)  # of a line that is read with ease
FALLBACK_SIZE: Final = (80, 24)
INDENT: Final = "  "
NO_LINE_START: Final = "，。、；：！？）》」』】％°…,.;:!?)%"
"""Characters that never begin a line."""


def terminal_width() -> int:
    """Return the width of output lines, in columns."""
    low, high = WIDTHS
    return min(max(shutil.get_terminal_size(FALLBACK_SIZE).columns - 1, low), high)


def page(head: Sequence[str], sections: Sequence[tuple[str, Sequence[str]]], width: int) -> str:
    """Return a page: its head, then each section with its lines indented.

    Parameters
    ----------
    sections : sequence of (title, lines)
    width : int
        Columns; a Chinese character takes two. A word that is longer is cut.
    """
    written = [line for text in head for line in wrapped(printable(text), width)]
    for title, lines in sections:
        written += ["", title]
        for text in lines:
            first, *rest = wrapped(printable(text), width - 2 * len(INDENT))
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
    second_columns = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return second_columns + sum(unicodedata.combining(character) == 0 for character in text)


def _pieces(text: str, width: int) -> Iterator[str]:
    """Yield the pieces that a line can be broken between.

    Words with the space behind them, and single wide characters.
    """
    piece = ""
    for character in text:
        is_wide = unicodedata.east_asian_width(character) in "WF"
        ends = (
            piece.endswith(" ")
            or columns(piece + character) > width
            or (is_wide and character not in NO_LINE_START)
        )
        ends = ends or (
            bool(piece) and unicodedata.east_asian_width(piece[-1]) in "WF" and character not in NO_LINE_START
        )
        if piece and ends and character != " ":
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece
