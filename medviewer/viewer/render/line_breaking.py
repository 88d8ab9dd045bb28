"""Breaks a text into lines, after spaces and between Chinese characters.

Panes and exports use it alike.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Final

Width = Callable[[str], float]
"""Gives how wide a text is, in any unit."""

_CLOSING: Final = "、。，．：；？！）］｝」』】》〉”’"


def first_line(text: str, room: float, width: Width) -> tuple[str, str]:
    """Return the pieces of a text that fit into a line, and the rest.

    At least one piece.
    """
    if width(text) <= room:
        return text.strip(), ""
    line = ""
    for piece in _pieces().findall(text):
        if line and width((line + piece).rstrip()) > room:
            break
        line += piece
    return line.strip(), text[len(line) :].strip()


def break_lines(text: str, room: float, width: Width) -> list[str]:
    """Return the lines of a text, none wider than the room.

    A word that is wider is cut where it must be.
    """
    lines: list[str] = []
    rest = text
    while rest and width(rest) > room:
        line, after = first_line(rest, room, width)
        if width(line) > room:
            whole = rest.lstrip()
            end = _most_that_fits(whole, room, width)
            line, after = whole[:end].rstrip(), whole[end:].lstrip()
        lines.append(line)
        rest = after
    return [*lines, rest] if rest or not lines else lines


def _most_that_fits(text: str, room: float, width: Width) -> int:
    """Return the number of characters that fit into a line, at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(text[:middle]) <= room else (low, middle - 1)
    return low


@cache
def _pieces() -> re.Pattern[str]:
    """Return the pattern of pieces that are never broken.

    A word or a Chinese character, with closing marks and spaces behind it. Compiled with the first text that
    is broken, for its ranges of characters take 3 ms.
    """
    return re.compile(rf"[^\s\u2e80-\uffef]+[{_CLOSING}]*\s*|[\u2e80-\uffef][{_CLOSING}]*\s*|\s+")
