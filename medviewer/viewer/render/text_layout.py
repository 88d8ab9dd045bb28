"""Layout of a pane's texts at any size.

Pure geometry, without painting. Texts keep to the upper and the lower 38 % of a pane, so that its center is
never covered, and no two of them overlap. What does not fit is shortened or left out, the least important
first.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from medviewer.viewer.render.line_breaking import first_line

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
    short, shortest : str
        What is said instead where the text is too wide, and where that is too wide, too.
    wraps : bool
        Too wide a text takes further rows where they are free, before it is said shortly or cut: two rows in
        the strip, as many as it needs at the upper left.
    is_mark : bool
        Without it the image would be misread: it is never left out while an image is shown. Where
        rows are few, marks are said shortly and share them.
    """

    text: str
    role: str = "text"
    rank: int = 1
    essential: bool = False
    short: str = ""
    wraps: bool = False
    is_mark: bool = False
    shortest: str = ""

    @property
    def least(self) -> str:
        """The shortest that it says; "" where it has only its text."""
        return self.shortest or self.short


@dataclass(frozen=True, slots=True)
class PaneText:
    """All that is written on a pane.

    Plain text, already in the user's language.
    """

    top_left: tuple[Line, ...] = ()
    top_right: tuple[Line, ...] = ()
    bottom_left: tuple[Line, ...] = ()
    strip: tuple[Line, ...] = ()
    letters: tuple[str, str, str, str] = ("", "", "", "")  # top, right, bottom, left
    middle: str = ""  # why nothing is shown
    identity_bar: str = ""  # whose image it is, when two patients are on the screen
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
        """Return whether the two share any pixel."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """One line at its place.

    `full` is what it would say with enough room, `short` what with little.
    """

    text: str
    role: str
    box: Box
    full: str
    right_aligned: bool = False
    short: str = ""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Everything at its place.

    `scale` is where a scale bar with its label may stand.
    """

    lines: tuple[Placed, ...] = ()
    strip: Box | None = None
    identity_bar: Box | None = None
    scale: Box | None = None


@dataclass(frozen=True, slots=True)
class Ruler:
    """Measures, shortens and spaces lines of text."""

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
    if text.identity_bar and height >= max(4 * line_height, 3 * line_height + 2 + 2 * MARGIN):
        bar = Box(0, 0, width, line_height + 2)
    top = (bar.height if bar else 0) + MARGIN
    narrow = width < NARROW_PX
    share = int(EDGE_SHARE * (height - (bar.height if bar else 0)))
    upper_rows = lower_rows = max(0, (share - MARGIN) // line_height)

    right = _fitting(text.top_right, upper_rows, narrow)
    has_marks = any(line.is_mark for line in text.top_left)
    rooms = [width - 2 * MARGIN] * max(upper_rows, int(has_marks))  # of the rows, beside what stands right
    for row, line in enumerate(right):
        rooms[row] -= ruler.width(line.least or line.text) + GAP
    left = _fitting(text.top_left, len(rooms), narrow, rooms, ruler)
    left = _spread(left, right, upper_rows, width - 2 * MARGIN, ruler)
    upper = _block(left, right, top, width, ruler)

    low_left = _fitting(text.bottom_left, lower_rows, narrow)
    low_right = _fitting(bottom_right, len(low_left) or min(1, lower_rows), narrow)
    first = height - MARGIN - max(len(low_left), len(low_right)) * line_height
    pad = len(low_left) - len(low_right)  # the right block stands on the last row
    lower = _block(low_left, (*([Line("")] * max(0, pad)), *low_right), first, width, ruler)

    strip_rows = lower_rows - max(len(low_left), len(low_right))
    beside_scale = width if narrow else width - SCALE_PX - MARGIN  # the scale stays where it is
    strip, strip_lines = _strip(text.strip, strip_rows, first, beside_scale, ruler, narrow=narrow)
    taken = [placed.box for placed in (*upper, *lower)] + ([strip] if strip else [])
    room = Room(top, upper_rows, width, height)
    letters = _letters(text.letters, taken, room, ruler)
    upper, lower = _giving_way(upper, letters, ruler), _giving_way(lower, letters, ruler)
    if strip and any(letter.box.overlaps(strip) for letter in letters):
        strip, strip_lines = None, ()
    return Arrangement(
        lines=(*upper, *lower, *strip_lines, *letters),
        strip=strip,
        identity_bar=bar,
        scale=None if narrow else _scale_room(letters, _lowest(lower, height, ruler), width, height, ruler),
    )


def _fitting(
    lines: Sequence[Line], rows: int, narrow: bool, rooms: Sequence[int] = (), ruler: Ruler | None = None
) -> tuple[Line, ...]:
    """Return the lines that fit into a number of rows.

    Marks stay, and share a row before others go.

    Parameters
    ----------
    rooms : sequence of int
        How wide marks may be in each row.
    """
    kept = [line for line in lines if line.text and (line.essential or line.is_mark or not narrow)]
    while len(kept) > rows:
        others = [line for line in kept if not line.is_mark]
        least = max(reversed(others), key=lambda line: line.rank, default=None)
        if ruler is not None and len(others) < len(kept) and (least is None or least.rank == 0):
            return _with_shared_rows(kept, rows, rooms, ruler)
        if least is None:
            return ()
        kept.remove(least)
    return tuple(kept)


def _with_shared_rows(
    lines: Sequence[Line], rows: int, rooms: Sequence[int], ruler: Ruler
) -> tuple[Line, ...]:
    """Put short marks into shared rows behind the other lines."""
    others = [line for line in lines if not line.is_mark]
    marks = [line for line in lines if line.is_mark]
    for count in range(len(others), -1, -1):
        packed: list[Line] = []
        for mark in marks:
            said = mark.short or mark.text
            row = min(count + len(packed), len(rooms)) - 1
            if packed and ruler.width(longer := f"{packed[-1].text} · {said}") <= rooms[row]:
                role = "attention" if mark.role == "attention" else packed[-1].role
                packed[-1] = replace(packed[-1], text=longer, role=role)
            else:
                packed.append(replace(mark, text=said, short=""))
        if count + len(packed) <= rows:
            return (*others[:count], *packed)
    text = " · ".join(line.text for line in packed[max(0, rows - 1) :])  # cut at its end
    return (*packed[: max(0, rows - 1)], replace(packed[-1], text=text))


def _giving_way(lines: Sequence[Placed], letters: Sequence[Placed], ruler: Ruler) -> tuple[Placed, ...]:
    """Shorten texts that overlap orientation letters."""
    kept = []
    for line in lines:
        box = line.box
        for letter in letters:
            apart = Box(letter.box.x - GAP, letter.box.y, letter.box.width + 2 * GAP, letter.box.height)
            if not box.overlaps(apart):
                continue
            if line.right_aligned:
                room = max(0, box.x + box.width - apart.x - apart.width)
                shown = line.short or ruler.shorten_middle(line.text, room)
                shown = shown if ruler.width(shown) <= room else ""  # a number is left out, never cut
                wide = ruler.width(shown)
                box = Box(box.x + box.width - wide, box.y, wide, box.height)
            else:
                shown = ruler.shorten(line.text, max(0, apart.x - box.x))
                box = replace(box, width=ruler.width(shown))
            line = replace(line, text=shown, box=box)
        if line.text:
            kept.append(line)
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
            least = max(int(LEAST_RIGHT * room), ruler.width(second.least))
            wanted = min(wanted, max(least, room - needed))  # who goes before what
        if second and second.text:
            placed.append(_at_right(second, width - MARGIN, y, min(wanted, room), ruler))
        if first and first.text:
            placed.append(_at_left(first, MARGIN, y, room - wanted, ruler))
    return tuple(line for line in placed if line.text)


def _shown(line: Line, room: int, ruler: Ruler) -> str:
    for text in (line.text, line.short, line.shortest):
        if text and ruler.width(text) <= room:
            return text
    return ruler.shorten(line.least or line.text, max(0, room))


def _at_left(line: Line, x: int, y: int, room: int, ruler: Ruler) -> Placed:
    shown = _shown(line, room, ruler)
    return Placed(shown, line.role, Box(x, y, ruler.width(shown), ruler.line_height), line.text)


def _at_right(line: Line, right: int, y: int, room: int, ruler: Ruler) -> Placed:
    texts = (line.text, line.short, line.shortest)
    shown = next((text for text in texts if text and ruler.width(text) <= room), "")
    shown = shown or ruler.shorten_middle(line.least or line.text, max(0, room))
    wide = ruler.width(shown)
    return Placed(
        shown, line.role, Box(right - wide, y, wide, ruler.line_height), line.text, True, line.least
    )


def _strip(
    lines: Sequence[Line], rows: int, below: int, width: int, ruler: Ruler, *, narrow: bool
) -> tuple[Box | None, tuple[Placed, ...]]:
    """Place the result above the lower corner texts.

    It never hides the window.
    """
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


def _spread(
    left: Sequence[Line], right: Sequence[Line], rows: int, room: int, ruler: Ruler
) -> tuple[Line, ...]:
    """Break wrappable lines too wide beside the right text of their row."""
    free = rows - len(left)
    spread: list[Line] = []
    for line in left:
        rest = line.text
        while line.wraps and free > 0:
            row = len(spread)
            right_width = _kept_at_right(right[row], room, ruler) if row < len(right) else 0
            if ruler.width(rest) <= room - right_width:
                break
            upper, rest = first_line(rest, room - right_width, ruler.width)
            if not rest:
                rest = upper
                break
            spread.append(replace(line, text=upper))
            free -= 1
        spread.append(line if rest == line.text else replace(line, text=rest))
    return tuple(spread)


def _kept_at_right(line: Line, room: int, ruler: Ruler) -> int:
    """Return the width reserved for a right text, gap included."""
    if not line.text:
        return 0
    least = max(int(LEAST_RIGHT * (room - GAP)), ruler.width(line.least))
    return min(ruler.width(line.text), least) + GAP


def _wrapped(lines: Sequence[Line], free: int, room: int, ruler: Ruler) -> tuple[Line, ...]:
    """Break wrappable lines that are too wide while rows are free."""
    broken: list[Line] = []
    for line in lines:
        if not line.wraps or free < 1 or ruler.width(line.text) <= room:
            broken.append(line)
            continue
        free -= 1
        pieces = first_line(line.text, room, ruler.width)
        broken.extend(replace(line, text=text, short="") for text in pieces if text)
    return tuple(broken)


@dataclass(frozen=True, slots=True)
class Room:
    """Space available to orientation letters.

    Rows of text from `top` down, as many from the bottom up.
    """

    top: int
    rows: int
    width: int
    height: int


def _letters(
    letters: tuple[str, str, str, str], taken: Sequence[Box], room: Room, ruler: Ruler
) -> tuple[Placed, ...]:
    """Place the orientation letters at the edges' middles, if free.

    A letter is always placed; in a very small pane only the main one of several.
    """
    line_height = ruler.line_height
    placed: list[Placed] = []

    def place(letter: str, center: float, rows: Sequence[int], otherwise: int) -> None:
        def at(text: str, y: int) -> Box:
            wide = ruler.width(text)
            x = max(MARGIN, min(round(center - wide / 2), room.width - MARGIN - wide))
            return Box(x, y, wide, line_height)

        def is_free(box: Box, boxes: Iterable[Box], gap: int) -> bool:
            apart = Box(box.x - gap, box.y, box.width + 2 * gap, box.height)
            return not any(apart.overlaps(other) for other in boxes)

        others = [line.box for line in placed]
        for y in rows:
            if is_free(at(letter, y), (*taken, *others), GAP):
                placed.append(Placed(letter, "text", at(letter, y), letter))
                return
        for text in (letter, letter[:1]):  # without a free place: over others, which give way
            if is_free(at(text, otherwise), others, 1):
                placed.append(Placed(text, "text", at(text, otherwise), letter))
                return

    above, right, below, left = letters
    middle = (room.height - line_height) // 2
    if above:
        place(above, room.width / 2, [room.top + row * line_height for row in range(room.rows)], room.top)
    if below:
        last = room.height - MARGIN - line_height
        # above the usual two rows first, so that it stays where it is when they come and go
        rows = [*range(2, room.rows), *range(min(2, room.rows))]
        place(below, room.width / 2, [last - row * line_height for row in rows], last)
    if left:
        place(left, 0, [middle], middle)
    if right:
        place(right, room.width, [middle], middle)
    return tuple(placed)


def _lowest(lower: Sequence[Placed], height: int, ruler: Ruler) -> Box:
    """Return the top of the lower texts.

    So many rows are reserved that the scale stays when they go.
    """
    reserved = height - MARGIN - LOWER_ROWS * ruler.line_height
    return Box(0, min((reserved, *(line.box.y for line in lower))), 0, 0)


def _scale_room(letters: Sequence[Placed], below: Box, width: int, height: int, ruler: Ruler) -> Box | None:
    """Return the room for a scale bar at the right edge.

    Under the letter, above the lower texts.
    """
    top = height // 2 + ruler.line_height
    bottom = below.y - 4
    for letter in letters:
        if letter.box.x > width * 0.6:
            bottom = bottom if letter.box.y < top else min(bottom, letter.box.y - 4)
    if bottom - top < 3 * ruler.line_height:
        return None
    return Box(width - MARGIN - SCALE_PX, top, SCALE_PX, bottom - top)
