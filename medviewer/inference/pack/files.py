"""Reads the files of a model pack.

Regular files inside its folder only, never more than is allowed.
"""

import os
import stat
from pathlib import Path

from medviewer import limits
from medviewer.errors import DamagedModelError
from medviewer.translation import mark, message


def read_pack_file(folder: Path, name: str, most_bytes: int | None = None) -> bytes:
    """Return the content of a file in the folder of a pack.

    Parameters
    ----------
    most_bytes : int, optional
        Without, `limits.MODEL_FILE_BYTES`.

    Raises
    ------
    DamagedModelError
        It is not there, too large, no regular file, or a link that leads out of the folder.
    """
    most_bytes = limits.MODEL_FILE_BYTES if most_bytes is None else most_bytes
    try:
        root = folder.resolve(strict=True)
        path = (folder / name).resolve(strict=True)
        if root not in path.parents:
            raise DamagedModelError(
                model=folder.name, detail=message("{file} lies outside the model's folder", file=name)
            )
        descriptor = os.open(path, os.O_RDONLY | _flags("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"))
        with os.fdopen(descriptor, "rb") as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode):
                raise DamagedModelError(model=folder.name, detail=message("{file} is no file", file=name))
            content = file.read(most_bytes + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in a name
        detail = message("{file} cannot be read", file=name)
        raise DamagedModelError(model=folder.name, detail=detail) from error
    except RuntimeError as error:  # links in a circle
        raise DamagedModelError(model=folder.name, detail=mark("its links lead in a circle")) from error
    if len(content) > most_bytes:
        raise DamagedModelError(model=folder.name, detail=message("{file} is too large", file=name))
    return content


def is_pack_folder(folder: Path, *names: str) -> bool:
    """Return whether a folder holds a file of one of these names.

    Never raises.
    """
    try:
        return any((folder / name).exists() for name in names)
    except (OSError, ValueError, RuntimeError):
        return False


def sub_folders(root: Path) -> list[Path]:
    """Return the entries of a folder by name.

    At most `limits.USER_PACKS`; nothing where it is unreadable.
    """
    try:
        return sorted(root.iterdir())[: limits.USER_PACKS]
    except (OSError, ValueError):
        return []


def _flags(*names: str) -> int:
    """Return the flags that this system has."""
    found = 0
    for name in names:
        found |= getattr(os, name, 0)
    return found
