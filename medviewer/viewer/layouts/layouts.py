"""The arrangements of panes, which panes are to be seen, and where."""

import itertools
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows and columns of panes.

    With a film, one large pane stands beside a column of small ones.
    """

    rows: int
    columns: int
    has_film: bool = False


ONE: Final = "1"
FILM: Final = "film"
FOUR: Final = "2x2"

MOST_ROWS: Final = 4
"""Of panes, and as many columns."""

LAYOUTS: Final = {
    ONE: Layout(1, 1),
    FILM: Layout(1, 1, has_film=True),
    **{
        f"{rows}x{columns}": Layout(rows, columns)
        for rows in range(1, MOST_ROWS + 1)
        for columns in range(1, MOST_ROWS + 1)
        if rows * columns > 1
    },
}
"""By name."""

FILM_MODALITIES: Final = frozenset({"CT", "MR"})
GAP_PX: Final = 4
FILM_PX: Final = 184
NARROW_FILM_PX: Final = 136
FILM_SHARE: Final = 8  # of very wide panes the film has one part in so many
WIDE_AREA_PX: Final = 880  # of the room for panes; in less the film is narrow
LEAST_LARGE_PX: Final = 400  # beside a film; in less the small panes are tabs of the large one
FILM_STRIPS_PX: Final = 44  # title strip and caption of a small pane
FILM_PANES: Final = 4  # the large one counts

PaneBox = tuple[int, int, int, int]
"""Left, top, width and height in logical pixels."""


def visible_panes(
    layout: str, maximized: int | None, focus: int, *, film_folded: bool = False
) -> tuple[int, ...]:
    """Return the numbers of the panes that can be seen.

    Parameters
    ----------
    layout : str
        A key of LAYOUTS.
    maximized : int or None
        The pane that takes all the room for a while.
    focus : int
        The pane that commands act on; it is the one that a layout of one pane shows, and the large one
        beside a film.
    film_folded : bool
        There is no room for a film: its panes are tabs of the large one.
    """
    if maximized is not None:
        return (maximized,)
    chosen = LAYOUTS[layout]
    if chosen.has_film and not film_folded:
        return tuple(range(FILM_PANES))
    if chosen.has_film:
        return (min(focus, FILM_PANES - 1),)
    count = chosen.rows * chosen.columns
    return (focus,) if count == 1 else tuple(range(count))


def first_layout(modality: str) -> str:
    """Return the layout of a modality until the user chooses another.

    A film of processings helps where structures have edges and little noise; elsewhere one large image.
    """
    return FILM if modality in FILM_MODALITIES else ONE


def smallest_layout_with(pane: int) -> str:
    """Return the first layout of equal panes that shows a pane beside others."""
    return next(name for name in (FOUR, "2x3", "3x3", "3x4", "4x4") if pane < panes_of(name))


def panes_of(layout: str) -> int:
    """Return how many panes a layout needs at least."""
    chosen = LAYOUTS[layout]
    return FILM_PANES if chosen.has_film else chosen.rows * chosen.columns


def film_fits(width: int) -> bool:
    """Return whether a film leaves enough of a width to the large pane."""
    return width >= LEAST_LARGE_PX + GAP_PX + NARROW_FILM_PX


def pane_boxes(
    layout: str, shown: tuple[int, ...], large: int, width: int, height: int
) -> dict[int, PaneBox]:
    """Return the places of panes in a room of width x height.

    Parameters
    ----------
    shown : tuple of int
        What `visible_panes` gives; a single pane takes all the room.
    large : int
        The large pane beside a film. Pane 0 takes its place in the film.
    """
    if len(shown) == 1:
        return {shown[0]: (0, 0, width, height)}
    if LAYOUTS[layout].has_film:
        return _film_boxes(shown, large, width, height)
    columns = LAYOUTS[layout].columns
    rows = -(-len(shown) // columns)
    across, down = _shares(width, columns), _shares(height, rows)
    places = [(left, top, wide, high) for top, high in down for left, wide in across]
    return dict(zip(shown, places, strict=False))


def pane_cells(layout: str, shown: tuple[int, ...], large: int) -> dict[int, tuple[int, int, int]]:
    """Return rows and columns of panes, and their heights in rows.

    They lie as `pane_boxes` places them.
    """
    if LAYOUTS[layout].has_film and len(shown) > 1:
        cells = [number if number != large else shown[0] for number in shown[1:]]
        return {large: (0, 0, len(cells))} | {number: (row, 1, 1) for row, number in enumerate(cells)}
    return {number: (*divmod(place, LAYOUTS[layout].columns), 1) for place, number in enumerate(shown)}


def _film_boxes(shown: tuple[int, ...], large: int, width: int, height: int) -> dict[int, PaneBox]:
    film = max(FILM_PX, width // FILM_SHARE) if width >= WIDE_AREA_PX else NARROW_FILM_PX
    cells = [number if number != large else shown[0] for number in shown[1:]]
    share = (height - GAP_PX * (len(cells) - 1)) // max(1, len(cells))
    high = min(share, film + FILM_STRIPS_PX)
    boxes = {large: (0, 0, width - film - GAP_PX, height)}
    for place, number in enumerate(cells):
        boxes[number] = (width - film, place * (high + GAP_PX), film, high)
    return boxes


def _shares(length: int, count: int) -> list[tuple[int, int]]:
    """Return start and length of equal parts with gaps between them."""
    edges = [round(part * (length + GAP_PX) / count) for part in range(count + 1)]
    return [(start, end - start - GAP_PX) for start, end in itertools.pairwise(edges)]
