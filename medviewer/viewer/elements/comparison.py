"""Two headers beside each other."""

from collections.abc import Sequence
from dataclasses import replace

from medviewer.dicom.elements import Element, ElementKind
from medviewer.viewer.elements.rows import Difference, ElementRow


def compared(rows: Sequence[ElementRow], others: Sequence[ElementRow]) -> tuple[ElementRow, ...]:
    """Return the rows of two headers as one list, in the order of their tags.

    An element of one belongs to the element of the other at the same place: the same tag in the item of the
    same number of the same sequence.
    """
    here = {row.path: row for row in rows}
    there = {row.path: row for row in others}
    return tuple(_pair(here.get(path), there.get(path)) for path in sorted(here.keys() | there.keys()))


def _pair(one: ElementRow | None, other: ElementRow | None) -> ElementRow:
    if one is None:
        assert other is not None  # the path is of one of them
        return replace(other, value="", other=other.value, difference=Difference.ONLY_THERE)
    if other is None:
        return replace(one, difference=Difference.ONLY_HERE)
    difference = _difference(one.element, other.element)
    searched = one.searched if one.searched == other.searched else f"{one.searched} {other.searched}"
    return replace(one, other=other.value, difference=difference, searched=searched)


def _difference(one: Element, other: Element) -> Difference:
    """Return whether two elements hold the same.

    Sequences are the same where they have as many items.
    """
    if one.kind is ElementKind.ITEM:
        return Difference.SAME
    alike = (one.kind, one.value, one.count, one.length if one.digest else 0, one.digest) == (
        *(other.kind, other.value, other.count),
        *(other.length if other.digest else 0, other.digest),
    )
    if not alike:
        return Difference.OTHER
    is_unread = one.kind is ElementKind.BINARY and not one.digest and one.length > 0
    if is_unread:
        return Difference.UNKNOWN if one.length == other.length else Difference.OTHER
    return Difference.UNKNOWN if one.kind is ElementKind.UNREADABLE else Difference.SAME
