"""The directory of a medium (DICOMDIR).

Which files it names, and where they lie. The order and the tree of its records are not trusted: every
record that names a file counts, once.

References
----------
DICOM PS3.3 F.3 (Basic Directory IOD), PS3.10 8.2 to 8.5 (File-set, File ID).
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from medviewer.dicom.header import Header

DIRECTORY_NAME: Final = "DICOMDIR"
INACTIVE: Final = 0  # Record In-use Flag

Listing = Callable[[Path], Mapping[str, bool]]
"""Gives the names in a folder, without links, and whether each is a file."""


class FileId(NamedTuple):
    """File referenced by a directory record."""

    names: tuple[str, ...]  # folder, ..., file name
    uid: str = ""  # its SOP Instance UID, "" where the record does not say


@dataclass(frozen=True, slots=True)
class DirectoryFiles:
    """The files that a DICOMDIR names.

    Parameters
    ----------
    files : list of Path
        Those that are there.
    missing : dict
        The others: where they should be -> SOP Instance UID, "" where it is not stated.
    outside : list of Path
        Names that lead out of its folder.
    """

    files: list[Path]
    missing: dict[Path, str]
    outside: list[Path]

    @property
    def total(self) -> int:
        """Number of named files."""
        return len(self.files) + len(self.missing) + len(self.outside)


def file_ids(dataset: Header) -> list[FileId]:
    """Return the File IDs that the records of a DICOMDIR name, as they are."""
    found: dict[tuple[str, ...], FileId] = {}
    for item in dataset.items("DirectoryRecordSequence"):
        names = item.texts("ReferencedFileID")
        if any(names) and item.integer("RecordInUseFlag") != INACTIVE:
            found.setdefault(names, FileId(names, item.text("ReferencedSOPInstanceUIDInFile")))
    return list(found.values())


def listed_names(folder: Path) -> dict[str, bool]:
    """Return the names in a folder, and whether each is a file.

    Links may lead anywhere and are left out.
    """
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
    """Return a folder listing of an archive from its members' paths."""
    names: dict[Path, dict[str, bool]] = {}
    for path in members:
        names.setdefault(path.parent, {})[path.name] = True
        for folder in path.parents:
            names.setdefault(folder.parent, {}).setdefault(folder.name, False)
    return lambda folder: names.get(folder, {})


def named_files(directory: Path, ids: Iterable[FileId], listing: Listing = listed_names) -> DirectoryFiles:
    """Return the existing files that a DICOMDIR names.

    Nothing outside the folder of the DICOMDIR is looked at. Names are compared without case, a version
    number (";1") and a last dot, which the file systems of discs add.

    Parameters
    ----------
    ids : iterable of FileId
        As `file_ids` gives them.
    """
    known: dict[Path, dict[tuple[str, bool], str]] = {}

    def below(folder: Path, name: str, *, is_file: bool) -> Path | None:
        if folder not in known:
            known[folder] = {(_comparable(one), kind): one for one, kind in listing(folder).items()}
        found = known[folder].get((_comparable(name), is_file))
        return None if found is None else folder / found

    files: dict[Path, None] = {}
    missing: dict[Path, str] = {}
    outside: dict[Path, None] = {}
    for names, uid in ids:
        parts = [part for name in names for part in name.split("/")]
        if any(part in ("", ".", "..") for part in parts):
            outside[directory.parent / "\\".join(parts)] = None
            continue
        path: Path | None = directory.parent
        for number, part in enumerate(parts, start=1):
            path = below(path, part, is_file=number == len(parts)) if path is not None else None
        if path is not None:
            files[path] = None
        else:
            missing[directory.parent.joinpath(*parts)] = uid
    return DirectoryFiles(list(files), missing, list(outside))


def files_in_folders_of(missing: Iterable[Path], listing: Listing = listed_names) -> list[Path]:
    """Return the files in the folders that missing ones should be in.

    They may have other names now.
    """
    folders = dict.fromkeys(path.parent for path in missing)
    return [folder / name for folder in folders for name, is_file in listing(folder).items() if is_file]


def _comparable(name: str) -> str:
    return name.casefold().partition(";")[0].rstrip(".")
