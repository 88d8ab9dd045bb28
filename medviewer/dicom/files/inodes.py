"""Reliability of inode numbers for recognizing changed files.

On FAT, and on much that is reached over a network, Linux makes up the numbers and makes up others when memory
was short meanwhile: there a file is told by what is in it.
"""

import os
import sys
from pathlib import Path
from typing import Final

MADE_UP: Final = frozenset({"vfat", "msdos", "exfat", "cifs", "smb3", "vboxsf"})
FUSE: Final = "fuse"
MOUNTS: Final = Path("/proc/self/mountinfo")


def are_lasting(device: int) -> bool:
    """Return whether a device keeps its inode numbers while in use."""
    if sys.platform == "win32":
        return True  # where it has them at all
    kind = _kinds().get(f"{os.major(device)}:{os.minor(device)}", "")
    return kind not in MADE_UP and not kind.startswith(FUSE)


def _kinds() -> dict[str, str]:
    """Return the file system type of each device, "major:minor" (proc(5)).

    Empty where the system does not tell.
    """
    try:
        lines = MOUNTS.read_text("utf-8", "replace").splitlines()
    except OSError:
        return {}
    halves = [(before.split(), after.split()) for before, _, after in (one.partition(" - ") for one in lines)]
    return {before[2]: after[0] for before, after in halves if len(before) > 2 and after}
