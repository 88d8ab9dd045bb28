"""Layout of a pane's texts at any size.

Pure geometry, without painting. Texts keep to the upper and the lower 38 % of a pane, so that its center is
never covered, and no two of them overlap. What does not fit is shortened or left out, the least important
first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from medviewer.viewer.render.line_breaking import first_line

LARGE_PX: Final = 480
MIDDLE_PX: Final = 280
SMALL_PX: Final = 140
"""A pane says more from each of these widths on; below the last one only letters and marks."""

EDGE_SHARE: Final = 0.38
"""The part of the height, at the top and at the bottom, that texts may use."""

LEAST_RIGHT: Final = 0.38
"""The part of the width that a text at the right keeps beside a long one at the left."""

MARGIN: Final = 7
GAP: Final = 14
SCALE_PX: Final = 64
LETTER_PX: Final = 20  # wide and high; no other text enters it
LETTER_GAP: Final = 4
LOWER_ROWS: Final = 3
BLOCKS_KEPT: Final = 64
ARRANGEMENTS_KEPT: Final = 16  # what four panes show, and are going to show


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text in a corner.

    Parameters
    ----------
    role : str
        How it is painted: "text", "strong", "quiet" or "attention".
    rank : int
        What goes first where there is no room: the highest rank.
    short, shortest : str
        What is said instead where the text is too wide, and where that is too wide, too.
    wraps : bool
        Too wide a text takes further rows where they are free, before it is said shortly or cut.
    is_mark : bool
        Without it the image would be misread: it is never left out while an image is shown. Where
        rows are few, marks are said shortly and share them.
    from_px : int
        The narrowest pane that says it.
    by_size : bool
        A pane of middle width says the short text, a small one the shortest.
    trims_middle : bool
        At the right, too wide a text is cut in its middle, as its end counts; else at its end.
    reason : str
        What its tooltip says of it.
    """

    text: str
    role: str = "text"
    rank: int = 1
    short: str = ""
    wraps: bool = False
    is_mark: bool = False
    shortest: str = ""
    from_px: int = LARGE_PX
    by_size: bool = False
    trims_middle: bool = True
    reason: str = ""

    @property
    def least(self) -> str:
        """The shortest that it says; "" where it has only its text."""
        return self.shortest or self.short

    def at(self, width: int) -> "Line":
        """Return the line as a pane of this width says it."""
        if not self.by_size or width >= LARGE_PX:
            return self
        if width >= MIDDLE_PX:
            return replace(self, text=self.short or self.text, short=self.shortest)
        return replace(self, text=self.least or self.text, short="", shortest="")


@dataclass(frozen=True, slots=True)
class ResultChip:
    """A model's result in the title strip.

    `lines` are all its sentences, the last of them its source and use. `kind` is the call by its value, and
    "not judged" of what is no valid answer.
    """

    text: str
    lines: tuple[str, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class PaneText:
    """All that is written on a pane.

    Plain text, already in the user's language.
    """

    top_left: tuple[Line, ...] = ()
    top_right: tuple[Line, ...] = ()
    bottom_left: tuple[Line, ...] = ()
    bottom_right: tuple[Line, ...] = ()
    letters: tuple[str, str, str, str] = ("", "", "", "")  # top, right, bottom, left
    result: ResultChip | None = None  # above the image, never on it
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
    reason: str = ""

    @property
    def tooltip(self) -> str:
        """Whole of a shortened text, and its reason."""
        return "\n".join(part for part in (self.full if self.text != self.full else "", self.reason) if part)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Everything at its place.

    `scale` is where a scale bar with its label may stand.
    """

    lines: tuple[Placed, ...] = ()
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
    """Give each text its place in a pane of width x height logical pixels.

    `bottom_right` comes above the text's own lines there.
    """
    line_height = ruler.line_height
    bar = None
    if text.identity_bar and height >= max(4 * line_height, 3 * line_height + 2 + 2 * MARGIN):
        bar = Box(0, 0, width, line_height + 2)
    top = (bar.height if bar else 0) + MARGIN
    share = int(EDGE_SHARE * (height - (bar.height if bar else 0)))
    rows = max(0, (share - MARGIN) // line_height)
    above, _, below, _ = text.letters

    right = _fitting(text.top_right, rows, width)
    has_marks = any(line.is_mark for line in text.top_left)
    room = _Rooms(width, above, ruler)
    rooms = [room.of_row(row) for row in range(max(rows, int(has_marks)))]  # beside what stands right
    for row, line in enumerate(right):
        rooms[row] = min(rooms[row], width - 2 * MARGIN - ruler.width(line.least or line.text) - GAP)
    left = _fitting(text.top_left, len(rooms), width, rooms, ruler)
    left = _below_letter(
        left, rooms, ruler, most=max(len(rooms), ((height - line_height) // 2 - top) // line_height)
    )
    left = _spread(left, right, rows, room, ruler)
    upper = _block(left, right, top, room)

    low_left = _fitting(text.bottom_left, rows, width)
    low_right = _fitting((*bottom_right, *text.bottom_right), rows, width)
    low_left = _above_letter(low_left, rows, _Rooms(width, below, ruler))
    count = max(len(low_left), len(low_right))
    first = height - MARGIN - count * line_height
    low_left = (*([Line("")] * (count - len(low_left))), *low_left)  # both stand on the last row
    low_right = (*([Line("")] * (count - len(low_right))), *low_right)
    lower = _block(low_left, low_right, first, _Rooms(width, below, ruler, count - 1))

    letters = _letters(text.letters, top, width, height, ruler)
    upper, lower = _giving_way(upper, letters, ruler), _giving_way(lower, letters, ruler)
    has_scale = width >= LARGE_PX
    return Arrangement(
        lines=(*upper, *lower, *letters),
        identity_bar=bar,
        scale=_scale_room(letters, _lowest(lower, height, ruler), width, height, ruler)
        if has_scale
        else None,
    )


def unsaid_marks(text: PaneText, placed: Arrangement) -> tuple[Line, ...]:
    """Return the marks that a pane has no room for, not even shortly.

    They have to be said elsewhere.
    """
    lines = [line.text for line in placed.lines]
    return tuple(
        mark
        for mark in text.top_left
        if mark.is_mark
        and mark.text
        and not any(said in line for line in lines for said in {mark.text, mark.least or mark.text})
    )


@dataclass(frozen=True, slots=True)
class _Rooms:
    """Widths of rows.

    In the letter's row a place in the middle is the letter's alone.
    """

    width: int
    letter: str
    ruler: Ruler
    letter_row: int = 0

    def of_row(self, row: int) -> int:
        """Return how wide a text at the left may be, where nothing stands right."""
        return self.half if row == self.letter_row and self.letter else self.width - 2 * MARGIN

    @property
    def half(self) -> int:
        """Room at each side of the letter."""
        kept = max(LETTER_PX, self.ruler.width(self.letter)) + 2 * LETTER_GAP
        return max(0, (self.width - kept) // 2 - MARGIN)


def _fitting(
    lines: Sequence[Line], rows: int, width: int, rooms: Sequence[int] = (), ruler: Ruler | None = None
) -> tuple[Line, ...]:
    """Return the lines that a pane of this width says in a number of rows.

    Marks stay, and share a row before others go.

    Parameters
    ----------
    rooms : sequence of int
        How wide marks may be in each row.
    """
    kept = [line.at(width) for line in lines if line.text and (line.is_mark or width >= line.from_px)]
    while len(kept) > rows:
        others = [line for line in kept if not line.is_mark]
        least = max(reversed(others), key=lambda line: line.rank, default=None)
        if ruler is not None and len(others) < len(kept) and (least is None or least.rank == 0):
            return _with_shared_rows(kept, rows, rooms, ruler)
        if least is None:
            return ()
        kept.remove(least)
    return tuple(kept)


def _above_letter(lines: tuple[Line, ...], rows: int, rooms: _Rooms) -> tuple[Line, ...]:
    """End above the letter's row where a text has no room beside it."""
    if len(lines) != 1 or rows < 2 or not rooms.letter:
        return lines
    last = lines[0]
    return lines if rooms.ruler.width(last.least or last.text) <= rooms.half else (last, Line(""))


def _below_letter(
    lines: tuple[Line, ...], rooms: Sequence[int], ruler: Ruler, *, most: int
) -> tuple[Line, ...]:
    """Begin below the letter's row where a mark is too wide beside the letter.

    Parameters
    ----------
    most : int
        So many rows end above the letters at the sides.
    """
    if not lines or not lines[0].is_mark or len(lines) >= most:
        return lines
    first = lines[0]
    return lines if ruler.width(first.short or first.text) <= rooms[0] else (Line(""), *lines)


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
def _block(left: tuple[Line, ...], right: tuple[Line, ...], top: int, rooms: _Rooms) -> tuple[Placed, ...]:
    placed: list[Placed] = []
    ruler, width = rooms.ruler, rooms.width
    for row in range(max(len(left), len(right))):
        first = left[row] if row < len(left) else None
        second = right[row] if row < len(right) else None
        y = top + row * ruler.line_height
        room = width - 2 * MARGIN
        most = rooms.of_row(row)
        wanted = min(most, ruler.width(second.text)) if second else 0
        if first and first.text and second and wanted and most == room:
            needed = ruler.width(first.text)
            room -= GAP
            least = max(int(LEAST_RIGHT * room), ruler.width(second.least))
            wanted = min(wanted, max(least, room - needed))  # who goes before what
        if second and second.text:
            placed.append(_at_right(second, width - MARGIN, y, wanted, ruler))
        if first and first.text:
            placed.append(_at_left(first, MARGIN, y, min(most, room - wanted), ruler))
    return tuple(line for line in placed if line.text)


def _shown(line: Line, room: int, ruler: Ruler) -> str:
    for text in (line.text, line.short, line.shortest):
        if text and ruler.width(text) <= room:
            return text
    return ruler.shorten(line.least or line.text, max(0, room))


def _at_left(line: Line, x: int, y: int, room: int, ruler: Ruler) -> Placed:
    shown = _shown(line, room, ruler)
    return Placed(
        shown, line.role, Box(x, y, ruler.width(shown), ruler.line_height), line.text, reason=line.reason
    )


def _at_right(line: Line, right: int, y: int, room: int, ruler: Ruler) -> Placed:
    texts = (line.text, line.short, line.shortest)
    shown = next((text for text in texts if text and ruler.width(text) <= room), "")
    cut = ruler.shorten_middle if line.trims_middle else ruler.shorten
    shown = shown or cut(line.least or line.text, max(0, room))
    wide = ruler.width(shown)
    return Placed(
        shown,
        line.role,
        Box(right - wide, y, wide, ruler.line_height),
        line.text,
        True,
        line.least,
        line.reason,
    )


def _spread(
    left: Sequence[Line], right: Sequence[Line], rows: int, rooms: _Rooms, ruler: Ruler
) -> tuple[Line, ...]:
    """Break wrappable lines too wide beside the right text of their row."""
    free = rows - len(left)
    spread: list[Line] = []
    for line in left:
        rest = line.text
        while line.wraps and free > 0:
            row = len(spread)
            whole = rooms.width - 2 * MARGIN
            right_width = _kept_at_right(right[row], whole, ruler) if row < len(right) else 0
            room = min(rooms.of_row(row), whole - right_width)
            if ruler.width(rest) <= room:
                break
            upper, rest = first_line(rest, room, ruler.width)
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


def _letters(
    letters: tuple[str, str, str, str], top: int, width: int, height: int, ruler: Ruler
) -> tuple[Placed, ...]:
    """Place the orientation letters at the middles of the edges.

    A letter is always placed; in a very small pane only the main one of several.
    """
    line_height = ruler.line_height
    placed: list[Placed] = []

    def place(letter: str, center: float, y: int) -> None:
        for text in (letter, letter[:1]):
            wide = ruler.width(text)
            x = max(MARGIN, min(round(center - wide / 2), width - MARGIN - wide))
            box = Box(x, y, wide, line_height)
            apart = Box(x - 1, y, wide + 2, line_height)
            if not any(apart.overlaps(other.box) for other in placed):
                placed.append(Placed(text, "strong", box, letter))
                return

    above, right, below, left = letters
    middle = (height - line_height) // 2
    for letter, center, y in (
        (above, width / 2, top),
        (below, width / 2, height - MARGIN - line_height),
        (left, 0, middle),
        (right, width, middle),
    ):
        if letter:
            place(letter, center, y)
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
