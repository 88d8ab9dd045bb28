"""The names of files that the program keeps below its home."""

from pathlib import Path

LOCK = ".lock"
"""Stands empty beside the settings, so that two windows do not write them at once."""


def kept_names(home: Path) -> list[str]:
    """Return the names of kept files and of empty folders.

    The empty lock of the settings is left out.
    """
    found = []
    for path in sorted(home.rglob("*")):
        if path.name == LOCK and path.parent == home / "config":
            assert path.read_bytes() == b""
        elif path.is_file() or not any(path.iterdir()):
            found.append(path.name)
    return sorted(found)
