"""Lines of text as they are drawn.

Broken where they must be, as high as what stands in them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QFontMetricsF, QPainterPath, QTextLayout, QTextOption

LINES_KEPT: Final = 4096
LONGEST: Final = 120  # characters; what is longer keeps its ends and where it differs from others
DOT: Final = " · "  # between parts of a text
ENDLESS: Final = 1e6  # of a line that is not broken, in pixels
BREAK: Final = "\u200b"  # where a line may end, without a sign
AROUND: Final = 12  # characters kept on either side of a difference
_ANYWHERE: Final = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line, with its ascent and descent in device-independent pixels.

    A script that the font does not have is drawn with another one, which may be higher and deeper.
    """

    text: str
    ascent: int
    descent: int

    @property
    def height(self) -> int:
        """From its highest to its lowest pixel."""
        return self.ascent + self.descent


def wrapped_lines(text: str, font: QFont, width: int) -> tuple[TextLine, ...]:
    """Return a text broken into lines of a width.

    It breaks at dots, between words, after underscores, and within a word that is wider.
    """
    return _lines(text, font.key(), max(1, width), _Font(font))


def line_extent(text: str, font: QFont) -> tuple[int, int]:
    """Return ascent and descent of a line of text."""
    line = _broken(text, font.key(), 0, _Font(font))[0]
    return line.ascent, line.descent


class _Font:
    """A font, left out of the comparison of cache keys."""

    def __init__(self, font: QFont) -> None:
        self.font = font

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Font)


@lru_cache(LINES_KEPT)
def _lines(text: str, key: str, width: int, of: _Font) -> tuple[TextLine, ...]:
    metrics = QFontMetricsF(of.font)
    if text.replace(DOT, "").isascii() and metrics.horizontalAdvance(text) <= width:  # nearly all texts
        return (TextLine(text, math.ceil(metrics.ascent()), math.ceil(metrics.descent())),)
    parts = text.split(DOT)
    joined = parts[:1]
    for part in parts[1:]:
        longer = f"{joined[-1]}{DOT}{part}"
        if metrics.horizontalAdvance(longer) <= width:
            joined[-1] = longer
        else:
            joined.append(part)
    return tuple(line for piece in joined for line in _broken(piece, key, width, of))


@lru_cache(LINES_KEPT)
def _broken(text: str, _key: str, width: int, of: _Font) -> tuple[TextLine, ...]:
    """Return the lines of a text; of width 0 all of it in one."""
    text = text.replace("_", f"_{BREAK}") if width else text
    layout = QTextLayout(text, of.font)
    option = QTextOption()
    option.setWrapMode(_ANYWHERE if width else QTextOption.WrapMode.NoWrap)
    layout.setTextOption(option)
    least = QFontMetricsF(of.font)
    found = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width or ENDLESS)
        piece = text[line.textStart() : line.textStart() + line.textLength()].replace(BREAK, "").rstrip()
        above, below = (0.0, 0.0) if piece.isascii() else _ink(piece, of.font)
        ascent = max(least.ascent(), line.ascent(), above)
        descent = max(least.descent(), line.descent(), below)
        found.append(TextLine(piece, math.ceil(ascent), math.ceil(descent)))
    layout.endLayout()
    return tuple(found) or (TextLine("", math.ceil(least.ascent()), math.ceil(least.descent())),)


def _ink(text: str, font: QFont) -> tuple[float, float]:
    """Return the extent of a text's outlines, with a pixel for smoothing.

    What fonts state of their height leaves out marks above and below marks, as in Arabic and Thai.
    """
    outlines = QPainterPath()
    outlines.addText(QPointF(0, 0), font, text)
    box = outlines.boundingRect() | QFontMetricsF(font).tightBoundingRect(text)
    return 1 - box.top(), 1 + box.bottom()


def is_long(text: str) -> bool:
    """Return whether a text is too long to be read in a list."""
    return len(text) > LONGEST


def told_apart(texts: Sequence[str]) -> list[str]:
    """Return texts shortened by the part that they have in common.

    Only those too long to be read. A long one keeps its beginning, its end, and what stands where it first
    differs from each other one.
    """
    return [_shortened(text, texts) if is_long(text) else text for text in texts]


def _alike(text: str, other: str) -> int:
    """Return the length of two texts' common beginning."""
    pairs = enumerate(zip(text, other, strict=False))
    return next((at for at, (one, two) in pairs if one != two), min(len(text), len(other)))


def _shortened(text: str, others: Sequence[str]) -> str:
    kept = {0, len(text)}
    for other in others:
        if other != text:
            kept |= {_alike(text, other), len(text) - _alike(text[::-1], other[::-1])}
    shown: list[tuple[int, int]] = []
    for place in sorted(kept):
        start, end = max(0, place - AROUND), min(len(text), place + AROUND)
        if shown and start <= shown[-1][1]:
            shown[-1] = (shown[-1][0], end)
        else:
            shown.append((start, end))
    return "…".join(text[start:end] for start, end in shown)
