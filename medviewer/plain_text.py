"""Text from outside, written so that it stays text: on a terminal, in a list, in a message.

A file may be called anything, also a sequence that recolours a terminal or turns the reading direction.
"""

import re
import unicodedata
from typing import Final

JOINERS: Final = frozenset("\u200c\u200d")  # they shape letters of names, and do nothing else
ESCAPED: Final = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
LONE_SURROGATE: Final = re.compile(r"(?<!\\ud[89ab][0-9a-f]{2})\\udc([89a-f][0-9a-f])")


def printable(text: str, *, keep_lines: bool = False) -> str:
    r"""Return text with control, invisible and direction-changing characters as \xNN or \uNNNN.

    Parameters
    ----------
    keep_lines : bool
        Leave ends of lines as they are.
    """
    if text.isprintable():
        return text
    return "".join(
        character if character == "\n" and keep_lines else _escaped(character) for character in text
    )


def valid_json(dumped: str) -> str:
    r"""Return JSON in ASCII whose texts are Unicode: bytes of names that are not stand in it as \xNN."""
    return LONE_SURROGATE.sub(r"\\\\x\1", dumped)


def _escaped(character: str) -> str:
    if character in JOINERS or unicodedata.category(character) not in ESCAPED:
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file's name that is no text
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
