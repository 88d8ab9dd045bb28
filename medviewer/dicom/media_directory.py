"""The directory of a medium (DICOMDIR): which files it names, and where they lie.

The order and the tree of its records are not trusted: every record that names a file counts, once.

References
----------
DICOM PS3.3 F.3 (Basic Directory IOD), PS3.10 8.2 to 8.5 (File-set, File ID).
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from medviewer.dicom.header import Header
from medviewer.errors import MissingFileError
from medviewer.translation import mark

DIRECTORY_NAME: Final = "DICOMDIR"
INACTIVE: Final = 0  # Record In-use Flag
NOT_THERE: Final = mark("named in DICOMDIR, not there")
LEADS_OUT: Final = mark("named in DICOMDIR, but outside its folder")

Listing = Callable[[Path], Mapping[str, bool]]
"""Gives the names in a folder, without links, and whether each is a file."""


def file_ids(top: Header) -> list[tuple[str, ...]]:
    """Return the File IDs that the records of a DICOMDIR name, as they are: folder, ..., file name."""
    found = (
        item.texts("ReferencedFileID")
        for item in top.items("DirectoryRecordSequence")
        if item.integer("RecordInUseFlag") != INACTIVE
    )
    return list(dict.fromkeys(names for names in found if any(names)))


def listed_names(folder: Path) -> dict[str, bool]:
    """Return the names in a folder, and whether each is a file; links may lead anywhere and are left out."""
    try:
        with os.scandir(folder) as entries:
            return {
                entry.name: is_file
                for entry in entries
                if (is_file := entry.is_file(follow_symlinks=False)) or entry.is_dir(follow_symlinks=False)
            }
    except OSError:
        return {}


def member_names(members: Iterable[Path]) -> Listing:
    """Return a listing of the folders in an archive, from the paths of its members."""
    names: dict[Path, dict[str, bool]] = {}
    for path in members:
        names.setdefault(path.parent, {})[path.name] = True
        for folder in path.parents:
            names.setdefault(folder.parent, {}).setdefault(folder.name, False)
    return lambda folder: names.get(folder, {})


def named_files(
    directory: Path, ids: Iterable[Sequence[str]], listing: Listing = listed_names
) -> tuple[list[Path], list[MissingFileError]]:
    """Return the files that a DICOMDIR names, and an error for each that is not there.

    Nothing outside the folder of the DICOMDIR is looked at. Names are compared without case, a version
    number (";1") and a last dot, which the file systems of discs add.

    Parameters
    ----------
    ids : iterable of File IDs
        As `file_ids` gives them.
    """
    known: dict[Path, dict[tuple[str, bool], str]] = {}

    def below(folder: Path, name: str, *, is_file: bool) -> Path | None:
        if folder not in known:
            known[folder] = {(_comparable(one), kind): one for one, kind in listing(folder).items()}
        found = known[folder].get((_comparable(name), is_file))
        return None if found is None else folder / found

    files: dict[Path, None] = {}
    errors: dict[Path, MissingFileError] = {}
    for file_id in ids:
        parts = [part for name in file_id for part in name.split("/")]
        if any(part in ("", ".", "..") for part in parts):
            stated = directory.parent / "\\".join(parts)
            errors[stated] = MissingFileError(path=stated, detail=LEADS_OUT)
            continue
        path: Path | None = directory.parent
        for number, part in enumerate(parts, start=1):
            path = below(path, part, is_file=number == len(parts)) if path is not None else None
        if path is not None:
            files[path] = None
        else:
            stated = directory.parent.joinpath(*parts)
            errors[stated] = MissingFileError(path=stated, detail=NOT_THERE)
    return list(files), list(errors.values())


def _comparable(name: str) -> str:
    return name.casefold().partition(";")[0].rstrip(".")
