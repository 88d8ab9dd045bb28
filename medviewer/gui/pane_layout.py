"""Where each text of a pane goes, whatever the pane's size: pure geometry, without painting.

Texts keep to the upper and the lower 38 % of a pane, so that its centre is never covered, and no two of
them overlap. What does not fit is shortened or left out, the least important first.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

NARROW_PX: Final = 350
"""A pane narrower than this keeps only its essential lines."""

EDGE_SHARE: Final = 0.38
"""The part of the height, at the top and at the bottom, that texts may use."""

LEAST_RIGHT: Final = 0.38
"""The part of the width that a text at the right keeps beside a long one at the left."""

MARGIN: Final = 7
GAP: Final = 14
STRIP_PADDING: Final = 5
SCALE_PX: Final = 64
LOWER_ROWS: Final = 3
BLOCKS_KEPT: Final = 64
ARRANGEMENTS_KEPT: Final = 16  # what four panes show, and are going to show
MUST: Final = 1
"""Lines of the strip up to this rank are shown all, or the strip is not shown."""

_PIECES: Final = r"[^\s\u2e80-\uffef]+\s*|[\u2e80-\uffef]\s*|\s+"
"""Where a text may be broken: after a space, and between Chinese characters."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text in a corner or in the strip.

    Parameters
    ----------
    role : str
        How it is painted: "text", "quiet" or "attention".
    rank : int
        What goes first where there is no room: the highest rank.
    essential : bool
        Kept in a narrow pane.
    short : str
        What is said instead where the text is too wide.
    wraps : bool
        In the strip: too wide a text takes two rows where they are free, before it is said shortly.
    """

    text: str
    role: str = "text"
    rank: int = 1
    essential: bool = False
    short: str = ""
    wraps: bool = False


@dataclass(frozen=True, slots=True)
class PaneText:
    """All that is written on a pane; plain text, already in the user's language."""

    top_left: tuple[Line, ...] = ()
    top_right: tuple[Line, ...] = ()
    bottom_left: tuple[Line, ...] = ()
    strip: tuple[Line, ...] = ()
    letters: tuple[str, str, str, str] = ("", "", "", "")  # top, right, bottom, left
    middle: str = ""  # why nothing is shown
    identity_bar: str = ""  # whose picture it is, when two patients are on the screen
    identity_color: str = ""
    says_zoom: bool = False  # in the lower right corner, where only the view knows it


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in logical pixels of the pane."""

    x: int
    y: int
    width: int
    height: int

    def overlaps(self, other: "Box") -> bool:
        """Whether the two share any pixel."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """One line at its place, perhaps shortened; `full` is what it would say with enough room."""

    text: str
    role: str
    box: Box
    full: str
    right_aligned: bool = False


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Everything at its place; `scale` is where a scale bar with its label may stand."""

    lines: tuple[Placed, ...] = ()
    strip: Box | None = None
    identity_bar: Box | None = None
    scale: Box | None = None


@dataclass(frozen=True, slots=True)
class Ruler:
    """How wide a text is, how it is shortened at its end or in its middle, and how high a line is."""

    width: Callable[[str], int]
    shorten: Callable[[str, int], str]
    shorten_middle: Callable[[str, int], str]  # at the right, where the date stands last
    line_height: int


@lru_cache(ARRANGEMENTS_KEPT)
def arrange(
    text: PaneText, width: int, height: int, ruler: Ruler, *, bottom_right: tuple[Line, ...] = ()
) -> Arrangement:
    """Give each text its place in a pane of width x height logical pixels."""
    line_height = ruler.line_height
    bar = None
    if text.identity_bar and height >= 4 * line_height:
        bar = Box(0, 0, width, line_height + 2)
    top = (bar.height if bar else 0) + MARGIN
    narrow = width < NARROW_PX
    share = int(EDGE_SHARE * (height - (bar.height if bar else 0)))
    upper_rows = max(0, (share - MARGIN) // line_height)
    lower_rows = upper_rows

    left = _fitting(text.top_left, upper_rows, narrow)
    right = _fitting(text.top_right, upper_rows, narrow)
    upper = _block(left, right, top, width, ruler)

    low_left = _fitting(text.bottom_left, lower_rows, narrow)
    low_right = _fitting(bottom_right, len(low_left) or min(1, lower_rows), narrow)
    first = height - MARGIN - max(len(low_left), len(low_right)) * line_height
    pad = len(low_left) - len(low_right)  # the right block stands on the last row
    lower = _block(low_left, (*([Line("")] * max(0, pad)), *low_right), first, width, ruler)

    strip_rows = lower_rows - max(len(low_left), len(low_right))
    beside = width if narrow else width - SCALE_PX - MARGIN  # the scale stays where it is
    strip, strip_lines = _strip(text.strip, strip_rows, first, beside, ruler, narrow=narrow)
    taken = [placed.box for placed in (*upper, *lower)] + ([strip] if strip else [])
    letters = _letters(text.letters, taken, Room(top, upper_rows, width, height), ruler)
    return Arrangement(
        lines=(*upper, *lower, *strip_lines, *letters),
        strip=strip,
        identity_bar=bar,
        scale=None if narrow else _scale_room(letters, _lowest(lower, height, ruler), width, height, ruler),
    )


def _fitting(lines: Sequence[Line], rows: int, narrow: bool) -> tuple[Line, ...]:
    kept = [line for line in lines if line.text and (line.essential or not narrow)]
    while len(kept) > rows:
        kept.remove(max(reversed(kept), key=lambda line: line.rank))
    return tuple(kept)


@lru_cache(BLOCKS_KEPT)
def _block(
    left: tuple[Line, ...], right: tuple[Line, ...], top: int, width: int, ruler: Ruler
) -> tuple[Placed, ...]:
    placed: list[Placed] = []
    for row in range(max(len(left), len(right))):
        first = left[row] if row < len(left) else None
        second = right[row] if row < len(right) else None
        y = top + row * ruler.line_height
        room = width - 2 * MARGIN
        wanted = ruler.width(second.text) if second else 0
        if first and second and wanted:
            needed = ruler.width(first.text)
            room -= GAP
            least = max(int(LEAST_RIGHT * room), ruler.width(second.short) if second else 0)
            wanted = min(wanted, max(least, room - needed))  # who goes before what
        if second and second.text:
            placed.append(_at_right(second, width - MARGIN, y, min(wanted, room), ruler))
        if first and first.text:
            placed.append(_at_left(first, MARGIN, y, room - wanted, ruler))
    return tuple(line for line in placed if line.text)


def _shown(line: Line, room: int, ruler: Ruler) -> str:
    for text in (line.text, line.short):
        if text and ruler.width(text) <= room:
            return text
    return ruler.shorten(line.short or line.text, max(0, room))


def _at_left(line: Line, x: int, y: int, room: int, ruler: Ruler) -> Placed:
    shown = _shown(line, room, ruler)
    return Placed(shown, line.role, Box(x, y, ruler.width(shown), ruler.line_height), line.text)


def _at_right(line: Line, right: int, y: int, room: int, ruler: Ruler) -> Placed:
    shown = next((text for text in (line.text, line.short) if text and ruler.width(text) <= room), "")
    shown = shown or ruler.shorten_middle(line.short or line.text, max(0, room))
    wide = ruler.width(shown)
    return Placed(shown, line.role, Box(right - wide, y, wide, ruler.line_height), line.text, True)


def _strip(
    lines: Sequence[Line], rows: int, below: int, width: int, ruler: Ruler, *, narrow: bool
) -> tuple[Box | None, tuple[Placed, ...]]:
    """Place the result above the lower corner texts, so that it never hides the window."""
    kept = _fitting(lines, rows, narrow)
    if not kept or any(line.rank <= MUST and line not in kept for line in lines):
        return None, ()  # a result without its warning is worse than none
    room = width - 2 * MARGIN - 2 * STRIP_PADDING
    kept = _wrapped(kept, rows - len(kept), room, ruler)
    high = len(kept) * ruler.line_height + 2 * STRIP_PADDING - 4
    y = below - high - 3
    x = MARGIN + STRIP_PADDING
    first = y + STRIP_PADDING - 2
    placed = tuple(
        _at_left(line, x, first + row * ruler.line_height, room, ruler) for row, line in enumerate(kept)
    )
    wide = max(line.box.width for line in placed) + 2 * STRIP_PADDING
    return Box(MARGIN, y, wide, high), placed


def _wrapped(lines: Sequence[Line], free: int, room: int, ruler: Ruler) -> tuple[Line, ...]:
    """Break lines that may wrap and are too wide, as long as there are free rows."""
    broken: list[Line] = []
    for line in lines:
        if not line.wraps or free < 1 or ruler.width(line.text) <= room:
            broken.append(line)
            continue
        free -= 1
        upper = ""
        for piece in re.findall(_PIECES, line.text):
            if upper and ruler.width((upper + piece).rstrip()) > room:
                break
            upper += piece
        pieces = (upper.strip(), line.text[len(upper) :].strip())
        broken.extend(replace(line, text=text, short="") for text in pieces if text)
    return tuple(broken)


@dataclass(frozen=True, slots=True)
class Room:
    """What orientation letters may use: rows of text from `top` down, as many from the bottom up."""

    top: int
    rows: int
    width: int
    height: int


def _letters(
    letters: tuple[str, str, str, str], taken: Sequence[Box], room: Room, ruler: Ruler
) -> tuple[Placed, ...]:
    """Place the orientation letters at the middle of the edges, where nothing else stands."""
    line_height = ruler.line_height
    placed: list[Placed] = []

    def place(letter: str, x: int, rows: Sequence[int]) -> None:
        wide = ruler.width(letter)
        for y in rows:
            box = Box(x, y, wide, line_height)
            apart = Box(x - GAP, y, wide + 2 * GAP, line_height)
            if not any(apart.overlaps(other) for other in (*taken, *(line.box for line in placed))):
                placed.append(Placed(letter, "text", box, letter))
                return

    above, right, below, left = letters
    if above:
        x = (room.width - ruler.width(above)) // 2
        place(above, x, [room.top + row * line_height for row in range(room.rows)])
    if below:
        x = (room.width - ruler.width(below)) // 2
        last = room.height - MARGIN - line_height
        # above the usual two rows first, so that it stays where it is when they come and go
        rows = [*range(2, room.rows), *range(min(2, room.rows))]
        place(below, x, [last - row * line_height for row in rows])
    middle = (room.height - line_height) // 2
    if left:
        place(left, MARGIN, [middle])
    if right:
        place(right, room.width - MARGIN - ruler.width(right), [middle])
    return tuple(placed)


def _lowest(lower: Sequence[Placed], height: int, ruler: Ruler) -> Box:
    """Return where the lower texts begin; so many rows are reserved that the scale stays when they go."""
    reserved = height - MARGIN - LOWER_ROWS * ruler.line_height
    return Box(0, min((reserved, *(line.box.y for line in lower))), 0, 0)


def _scale_room(letters: Sequence[Placed], below: Box, width: int, height: int, ruler: Ruler) -> Box | None:
    """Return the room for a scale bar at the right edge: under the letter, above the lower texts."""
    top = height // 2 + ruler.line_height
    bottom = below.y - 4
    for letter in letters:
        if letter.box.x > width * 0.6:
            bottom = bottom if letter.box.y < top else min(bottom, letter.box.y - 4)
    if bottom - top < 3 * ruler.line_height:
        return None
    return Box(width - MARGIN - SCALE_PX, top, SCALE_PX, bottom - top)
