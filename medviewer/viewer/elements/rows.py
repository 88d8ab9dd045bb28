"""The elements of a header as rows of a table, in the language in use."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from medviewer.dicom.elements import Element, ElementKind, FileElements
from medviewer.plain_text import as_cell, printable
from medviewer.translation import mark, translate
from medviewer.viewer.elements.hiding import is_hidden

Path = tuple[tuple[int, int], ...]
"""Where an element stands: (tag, item number or 0) of each step from the top."""

LINE_END: Final = " ↵ "
PRIVATE: Final = mark("Private")
INDENT: Final = "> "


class Difference(StrEnum):
    """Difference of an element from that of another image."""

    NOT_COMPARED = ""
    SAME = "same"
    OTHER = "differs"
    ONLY_HERE = "only here"
    ONLY_THERE = "only there"
    UNKNOWN = "not compared"  # pixels are not read


DIFFERENCE_WORDS: Final = {
    Difference.NOT_COMPARED: "",
    Difference.SAME: "",
    Difference.OTHER: mark("≠ differs"),
    Difference.ONLY_HERE: mark("+ only here"),
    Difference.ONLY_THERE: mark("− only there"),
    Difference.UNKNOWN: mark("? not compared"),
}


@dataclass(frozen=True, slots=True)
class ElementRow:
    """One row.

    Parameters
    ----------
    path : Path
        The same for the same element of another file.
    tag : str
        "(0018,0050)"; "" of an item.
    value, other : str
        As shown, in one line; `other` is that of the image that is compared with.
    searched : str
        What a search looks at, in lower case: never more than is shown.
    element : Element
        Of the image, or of the other one where only that has it.
    """

    path: Path
    tag: str
    name: str
    vr: str
    value: str
    element: Element
    is_hidden: bool = False
    other: str = ""
    difference: Difference = Difference.NOT_COMPARED
    searched: str = ""

    @property
    def depth(self) -> int:
        """Steps from the top."""
        return self.element.depth

    @property
    def difference_text(self) -> str:
        """The difference in words with a sign; "" where there is none."""
        words = DIFFERENCE_WORDS[self.difference]
        return translate(words) if words else ""


def element_rows(found: FileElements, *, hides: bool) -> tuple[ElementRow, ...]:
    """Return the rows of a header.

    Parameters
    ----------
    hides : bool
        Whether the identity is hidden.
    """
    return tuple(_rows(found.elements, hides=hides))


def _rows(elements: Sequence[Element], *, hides: bool) -> Iterator[ElementRow]:
    steps: list[tuple[int, int]] = []
    for element in elements:
        is_item = element.kind is ElementKind.ITEM
        del steps[element.depth :]
        steps.append((element.tag, element.count if is_item else 0))
        hidden = hides and is_hidden(element)
        tag = "" if is_item else f"({element.tag >> 16:04X},{element.tag & 0xFFFF:04X})"
        name, value = _name(element, hides=hides), translate("hidden") if hidden else _value(element)
        digits = tag.strip("()")
        looked_at = (tag, digits, digits.replace(",", ""), name, element.keyword, value)
        yield ElementRow(
            tuple(steps),
            tag,
            name,
            element.vr,
            value,
            element,
            is_hidden=hidden,
            searched=" ".join(looked_at).casefold(),
        )


def _name(element: Element, *, hides: bool) -> str:
    if element.kind is ElementKind.ITEM:
        return translate("Item {number}", number=element.count)
    if not element.is_private:
        return element.name or translate("Unknown")
    names_owner = element.creator and (element.name or not hides)  # a known one, or anyone's words
    owner = f"{translate(PRIVATE)} · {printable(element.creator)}" if names_owner else translate(PRIVATE)
    return f"{owner}: {element.name}" if element.name else owner


def _value(element: Element) -> str:
    if element.kind is ElementKind.SEQUENCE:
        return translate("1 item", "{count} items", count=element.count)
    if element.kind is ElementKind.ITEM:
        return ""
    if element.kind is ElementKind.UNREADABLE:
        return translate("cannot be read")
    if element.kind is ElementKind.BINARY:
        return _bytes(element.length)
    text = LINE_END.join(printable(line) for line in element.value.splitlines())
    if element.is_truncated:
        size = translate("1 value", "{count} values", count=element.count)
        text = f"{text}… " + translate(
            "(shortened: {size}, {bytes})", size=size, bytes=_bytes(element.length)
        )
    return f"{text} = {element.meaning}" if element.meaning else text


def _bytes(count: int) -> str:
    return translate("1 byte", "{count} bytes", count=count)


def rows_text(rows: Sequence[ElementRow]) -> str:
    """Return rows as text, a line each.

    Columns are parted by tabulators; what is hidden stays hidden.
    """
    is_compared = any(row.difference is not Difference.NOT_COMPARED for row in rows)
    lines = []
    for row in rows:
        cells = [INDENT * row.depth + (row.tag or row.name), row.name if row.tag else "", row.vr]
        shown = (row.value, row.other) if is_compared else (row.value,)
        cells += (as_cell(text.replace("\t", " ")) for text in shown)  # it may go into a spread-sheet
        cells += [row.difference_text] if is_compared else []
        lines.append("\t".join(cell.replace("\t", " ") for cell in cells))
    return "\n".join(lines)
