"""Files as one run of bytes, and facts as canonical JSON."""

import json
import re
import struct
from collections.abc import Mapping
from typing import Any, Final

from medviewer import limits

SIGNATURE: Final = "signature.json"
SEALED: Final = "model.sealed"

COUNT: Final = struct.Struct("<I")
NAME: Final = struct.Struct("<H")
SIZE: Final = struct.Struct("<Q")

PLAIN_NAME: Final = re.compile(r"(?!\.)[^/\\:\x00-\x1f\x7f]{1,100}(?<![. ])")


def is_plain_name(name: str) -> bool:
    """Return whether a name is that of a file in a folder, on every system."""
    return PLAIN_NAME.fullmatch(name) is not None


def canonical(facts: Mapping[str, Any]) -> bytes:
    """Return facts as JSON: sorted, in ASCII, without spaces."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"


def parsed_canonical(content: bytes) -> dict[str, Any]:
    """Return the facts of canonical JSON.

    Raises
    ------
    ValueError
        It is no JSON object, or written in another way.
    """
    try:
        facts = json.loads(content)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(facts, dict) or canonical(facts) != content:
        raise ValueError("not written as it has to be")
    return facts


def packed(contents: Mapping[str, bytes]) -> bytes:
    """Return files as one run of bytes, by name."""
    parts = [COUNT.pack(len(contents))]
    for name in sorted(contents):
        encoded = name.encode()
        parts += [NAME.pack(len(encoded)), encoded, SIZE.pack(len(contents[name])), contents[name]]
    return b"".join(parts)


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the files of `packed`.

    Raises
    ------
    ValueError
        It is no such run of bytes.
    """
    files: dict[str, bytes] = {}
    try:
        [count] = COUNT.unpack_from(content)
        place = COUNT.size
        if count > limits.MODEL_PACK_FILES:
            raise ValueError(f"{count} files")
        for _ in range(count):
            [length] = NAME.unpack_from(content, place)
            place += NAME.size
            name = content[place : place + length].decode()
            place += length
            [size] = SIZE.unpack_from(content, place)
            place += SIZE.size
            if not is_plain_name(name) or name in files or place + size > len(content):
                raise ValueError("a file of it")
            files[name] = content[place : place + size]
            place += size
    except struct.error as error:
        raise ValueError("it ends too early") from error
    if place != len(content):
        raise ValueError("more follows")
    return files
