"""Paths of bundled resources and of the user's own folders."""

import os
from pathlib import Path
from typing import Final

from medviewer.plain_text import printable

ARCHIVE_SUFFIX: Final = ".zip"

SYSTEM_FILES: Final = frozenset({".ds_store", "thumbs.db", "desktop.ini", ".directory"})
"""What file managers put into folders that they show, in lower case."""

_archives: set[str] = set()
_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """Return the path of a bundled resource, in a wheel or a checkout."""
    inside = _PACKAGE / "resources"
    root = inside if inside.is_dir() else _PACKAGE.parent / "resources"
    return root.joinpath(*parts)


def changelog() -> Path:
    """Return the path of the list of changes, in a wheel or a checkout."""
    inside = _PACKAGE / "resources" / "CHANGELOG.md"
    return inside if inside.is_file() else _PACKAGE.parent / "CHANGELOG.md"


def user_folder(kind: str) -> Path:
    """Return the user's folder of a kind; it may not exist.

    "config", "data", "cache" or "log". `MEDVIEWER_HOME` puts all of them below one folder, for tests and
    for portable use.
    """
    if portable := os.environ.get("MEDVIEWER_HOME"):
        return Path(portable) / kind
    import platformdirs  # every process names files, few of them look for these folders

    return {
        "config": platformdirs.user_config_path,
        "data": platformdirs.user_data_path,
        "cache": platformdirs.user_cache_path,
        "log": platformdirs.user_log_path,
    }[kind](appname="medviewer", appauthor=False)


def is_system_file(name: str) -> bool:
    """Return whether a system writes files of a name by itself.

    "._" begins the files in which macOS keeps what a disk of another system cannot.
    """
    return name.casefold() in SYSTEM_FILES or name.startswith("._")


def is_archive_name(name: str) -> bool:
    """Return whether a file or folder has the name of a zip archive.

    Asked for each file that is found.
    """
    return name[-len(ARCHIVE_SUFFIX) :].lower() == ARCHIVE_SUFFIX and len(name) > len(ARCHIVE_SUFFIX)


def note_archive(path: Path) -> None:
    """Remember that a file, whatever its name, is an archive.

    What lies below its name lies in it.
    """
    if not is_archive_name(path.name):
        _archives.add(str(path))


def archive_of(path: Path) -> Path | None:
    """Return the archive that a path leads into, as if it were a folder.

    None for other paths. Archives have the suffix of a zip archive, or were noted. The disk is asked for
    the former only: this is used for every message about a file, and its disk may be gone.
    """
    if _archives:
        noted = next((one for one in path.parents if str(one) in _archives), None)
        if noted is not None:
            return noted
    if ARCHIVE_SUFFIX not in str(path).lower():
        return None
    return next(filter(_is_archive, path.parents), None)


def _is_archive(path: Path) -> bool:
    try:
        return path.suffix.lower() == ARCHIVE_SUFFIX and path.is_file()
    except (OSError, ValueError):  # a name that no disk takes, or a folder of somebody else
        return False


def shown_name(path: Path) -> str:
    """Return the name of a file as people are told it.

    "IM1", or "archive.zip » FOLDER/IM1".
    """
    archive = archive_of(path)
    name = (
        path.name or str(path)
        if archive is None
        else f"{archive.name} » {path.relative_to(archive).as_posix()}"
    )
    return printable(name)
