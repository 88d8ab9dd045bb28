"""Finding rows of a header."""

from collections.abc import Sequence

from medviewer.viewer.elements.rows import Difference, ElementRow

DIFFERENT = frozenset({Difference.OTHER, Difference.ONLY_HERE, Difference.ONLY_THERE})


def found_rows(
    rows: Sequence[ElementRow], text: str, *, only_differences: bool = False
) -> tuple[ElementRow, ...]:
    """Return the rows in which all words of a search stand.

    With those that they stand in; of a sequence that is found all that is in it. A word is looked for in tag
    number, name, keyword, owner and value; "0018,0050", "(0018,0050)" and "00180050" are the same.

    Parameters
    ----------
    only_differences : bool
        Leave out what two headers have in common.
    """
    words = [word.strip("()") or word for word in text.casefold().split()]
    if not words and not only_differences:
        return tuple(rows)
    kept: set[int] = set()
    parents: list[int] = []  # the rows that the present one stands in
    inside = -1  # depth of a found sequence, of which all is shown
    for place, row in enumerate(rows):
        del parents[row.depth :]
        if row.depth <= inside:
            inside = -1
        is_found = all(word in row.searched for word in words)
        if words and is_found and inside < 0 and row.vr == "SQ":
            inside = row.depth
        is_wanted = not only_differences or row.difference in DIFFERENT
        if (is_found or 0 <= inside < row.depth) and is_wanted:
            kept.update((place, *parents))
        parents.append(place)
    return tuple(rows[place] for place in sorted(kept))
