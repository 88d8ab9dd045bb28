"""Messages between the program and the process of a network.

A length, then so many bytes.
"""

import struct
from typing import BinaryIO, Final

from medviewer import limits

LENGTH: Final = struct.Struct("<Q")
MOST_BYTES: Final = 2 * limits.GIB


def write_part(stream: BinaryIO, content: bytes) -> None:
    """Send a part of a message."""
    stream.write(LENGTH.pack(len(content)))
    stream.write(content)
    stream.flush()


def read_part(stream: BinaryIO, most_bytes: int = MOST_BYTES) -> bytes:
    """Return the next part.

    Raises
    ------
    EOFError
        The other side is gone, or sends more than is allowed.
    """
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    [length] = LENGTH.unpack(head)
    if length > most_bytes:
        raise EOFError
    content = stream.read(length)
    if len(content) < length:
        raise EOFError
    return content
