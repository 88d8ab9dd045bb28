"""The arrangements of panes, and which panes are to be seen."""

from typing import Final

LAYOUTS: Final = {"1": (1, 1), "1x2": (1, 2), "2x2": (2, 2)}
"""Name -> rows, columns."""

ALL_PANES: Final = "2x2"


def visible_panes(layout: str, maximized: int | None, focus: int) -> tuple[int, ...]:
    """Return the numbers of the panes that can be seen.

    Parameters
    ----------
    layout : str
        A key of LAYOUTS.
    maximized : int or None
        The pane that takes all the room for a while.
    focus : int
        The pane that commands act on; it is the one that a layout of one pane shows.
    """
    if maximized is not None:
        return (maximized,)
    rows, columns = LAYOUTS[layout]
    return (focus,) if rows * columns == 1 else tuple(range(rows * columns))
