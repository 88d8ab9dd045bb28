"""The header of an image, or of two beside each other, as one table."""

from collections.abc import Sequence
from dataclasses import dataclass

from medviewer.dicom.elements import FileElements
from medviewer.translation import Message
from medviewer.viewer.elements.comparison import compared
from medviewer.viewer.elements.rows import ElementRow, element_rows


@dataclass(frozen=True, slots=True)
class HeaderTable:
    """Rows of one header or of two compared ones, with their notes."""

    rows: tuple[ElementRow, ...] = ()
    notes: tuple[Message, ...] = ()


def header_table(found: Sequence[FileElements], *, hides: bool) -> HeaderTable:
    """Return the table of a header, or of two that are compared.

    That of thousands of elements takes long: in a worker's thread.

    Parameters
    ----------
    found : sequence of FileElements
        The header, and the one that it is compared with.
    hides : bool
        Whether the identity is hidden.
    """
    rows = element_rows(found[0], hides=hides)
    for other in found[1:]:
        rows = compared(rows, element_rows(other, hides=hides))
    return HeaderTable(rows, tuple(dict.fromkeys(note for one in found for note in one.notes)))
