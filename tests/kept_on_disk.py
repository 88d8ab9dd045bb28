"""Files that the program keeps below its home, for tests of what is gone or never written."""

from pathlib import Path

LOCK = ".lock"
"""Stands empty beside the settings, so that two windows do not write them at once."""


def kept_names(home: Path) -> list[str]:
    """Return the names of files and of folders without files, but for the empty lock of the settings."""
    found = []
    for path in sorted(home.rglob("*")):
        if path.name == LOCK and path.parent == home / "config":
            assert path.read_bytes() == b""
        elif path.is_file() or not any(path.iterdir()):
            found.append(path.name)
    return sorted(found)
