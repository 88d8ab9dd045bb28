"""One data element of a file, as a value that crosses the process border."""

from dataclasses import dataclass
from enum import StrEnum

from medviewer.translation import Message

PRIVATE_BLOCK = 0x1000
"""Elements of an odd group from here on belong to a creator (PS3.5 7.8.1)."""


class ElementKind(StrEnum):
    """Kind of the content of an element."""

    VALUE = "value"
    SEQUENCE = "sequence"
    ITEM = "item"
    BINARY = "binary"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Element:
    r"""One element, or one item of a sequence.

    Parameters
    ----------
    tag : int
        Group and element number, 0x00100010; of an item that of its sequence.
    depth : int
        0 on top, 1 for the items of a sequence, 2 for their elements ...
    vr : str
        Value representation, as stated or as the dictionary has it.
    name, keyword : str
        Of the dictionary; of a private element what is known of its creator's. "" where nothing is known.
    creator : str
        Private Creator (gggg,00xx) of a private element; "" of one of the standard.
    value : str
        Several are separated by a backslash, as they are stored; "" of sequences and binary values.
    meaning : str
        What the dictionary calls a UID or a tag that is the value.
    length : int
        Of the value, in bytes.
    count : int
        Number of values, of the items of a sequence; of an item its number, from 1.
    is_truncated : bool
        The value is longer than what is kept of it.
    digest : str
        Of binary and truncated values, to tell whether two are the same; "" of pixels, which are not read.
    """

    tag: int
    depth: int = 0
    vr: str = ""
    name: str = ""
    keyword: str = ""
    creator: str = ""
    value: str = ""
    meaning: str = ""
    length: int = 0
    count: int = 0
    kind: ElementKind = ElementKind.VALUE
    is_truncated: bool = False
    digest: str = ""

    @property
    def is_private(self) -> bool:
        """Whether it is no element of the standard (PS3.5 7.8)."""
        return bool(self.tag >> 16 & 1)


@dataclass(frozen=True, slots=True)
class FileElements:
    """The elements of a file, in the order of their tags.

    Parameters
    ----------
    elements : tuple of Element
        Those of an item follow it, one step deeper.
    notes : tuple of Message
        What is left out, and where the header cannot be read on.
    """

    elements: tuple[Element, ...] = ()
    notes: tuple[Message, ...] = ()
