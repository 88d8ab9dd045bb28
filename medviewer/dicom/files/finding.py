"""Finding files in folders, and the one to open with.

The middle one of a series, by name.
"""

import os
import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Final

from medviewer import limits
from medviewer.errors import LimitError, MissingFileError, UnreadableFile
from medviewer.paths import archive_of
from medviewer.translation import mark

NOT_REGULAR: Final = mark("not a regular file")
NUMBERS: Final = re.compile(r"(\d+)", re.ASCII)
NO_DIGITS: Final = str.maketrans("0123456789", "0" * 10)
NEAREST: Final = 16  # files around the middle in which an image is looked for

FoundFile = str | UnreadableFile
"""The absolute name of a file (to make a path of it takes longer than to find it), or why it is none."""
SeriesOf = Callable[[Sequence[int]], Sequence[Hashable | None]]


class Finder(Iterator[FoundFile]):
    """Walks files, members of archives and folders.

    Gives names of files, and errors for what is none. The files of a folder come before its subfolders,
    both sorted by name, IM2 before IM10.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        # texts: paths are slow to compare; resolve() would follow links
        self._pending = [os.path.abspath(path) for path in reversed(paths)]  # noqa: PTH100
        self._files: set[str] = set()  # of the pending ones, those that are known to be regular files
        self._yielded: set[str] = set()
        self._count = 0
        self.total: int | None = None  # None while folders are still being listed

    def __next__(self) -> FoundFile:
        while self._pending:
            name = self._pending.pop()
            if name in self._yielded:
                continue
            self._yielded.add(name)
            item = self._visit(name)
            if item is None:
                continue
            self._count += 1
            if self._count > limits.FILES_PER_SCAN:
                self._pending.clear()
                return LimitError(
                    path=Path(name), what=mark("files"), asked=self._count, allowed=limits.FILES_PER_SCAN
                )
            return item
        self.total = self._count
        raise StopIteration

    def add(self, paths: Sequence[Path], *, are_files: bool = True) -> None:
        """Take more paths, as absolute as those of the search.

        They come next, each once.

        Parameters
        ----------
        are_files : bool
            They are known to be regular files, or members of an archive.
        """
        names = [name for path in paths if (name := str(path)) not in self._yielded]
        names.sort(key=natural_order, reverse=True)
        self._pending += names
        if are_files:
            self._files.update(names)
        if self.total is not None:
            self.total += len(names)

    def next_folder(self) -> list[FoundFile]:
        """Return the next file and all that follow it in its folder.

        [] at the end.
        """
        found = list(islice(self, 1))
        while found and self._pending and self._pending[-1] in self._files:
            found += islice(self, 1)
        return found

    def _visit(self, name: str) -> FoundFile | None:
        if name in self._files:
            return name
        path = Path(name)
        try:
            if path.is_dir():
                self._list(name)
                return None
            if path.is_file() or archive_of(path) is not None:
                return name
            detail = NOT_REGULAR if path.exists() else os.strerror(2)
        except OSError as error:
            detail = error.strerror or ""
        return MissingFileError(path=path, detail=detail)

    def _list(self, folder: str) -> None:
        files, folders = [], []
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_file(follow_symlinks=False):  # as most are
                    files.append(entry)
                    self._files.add(entry.path)
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(entry)
                elif not entry.is_dir():  # links to folders are not followed
                    files.append(entry)
        for found in (folders, files):
            self._pending += [entry.path for entry in _sorted_by_name(found)]


def _sorted_by_name(entries: list[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
    """Return entries of a folder in natural order, the last one first."""
    if len({entry.name.translate(NO_DIGITS) for entry in entries}) == 1:  # as in F0001, F0002, F0003 ...
        return sorted(entries, key=attrgetter("name"), reverse=True)
    return sorted(entries, key=lambda entry: natural_order(entry.name), reverse=True)


def natural_order(name: str) -> str:
    """Return a key that sorts names as people count: IM2 before IM10.

    Each number in it follows its length, and a sign that is lower than any that names contain.
    """
    parts = NUMBERS.split(name)
    numbers = [number.lstrip("0") for number in parts[1::2]]
    parts[1::2] = [f"\0{chr(1 + len(number))}{number}" for number in numbers]
    return f"{''.join(parts)}\0\0{name}"


def middle_file(count: int, series_of: SeriesOf) -> int | None:
    """Return the index of the middle file of a series, reading few of them.

    Names usually follow the slices, and the files of a series usually stand together. Where they do, this
    is the middle slice; where not, it is some slice of a series.

    Parameters
    ----------
    count : int
        Of the files, which are sorted by name; at least 1.
    series_of : callable
        Tells of some files, by index, to which series they belong; None: no image to open with.

    Returns
    -------
    int or None
        None where there is no image around the middle of the files.
    """
    known: dict[int, Hashable | None] = {}

    def ask(*indexes: int) -> Hashable | None:
        wanted = [index for index in dict.fromkeys(indexes) if index not in known]
        if wanted:
            known.update(zip(wanted, series_of(wanted), strict=True))
        return known[indexes[0]]

    def end_towards(inside: int, outside: int) -> int:
        if ask(outside) == series:
            return outside
        while abs(outside - inside) > 1:
            probe = (inside + outside) // 2
            inside, outside = (probe, outside) if ask(probe) == series else (inside, probe)
        return inside

    middle = (count - 1) // 2
    if ask(middle, 0, count - 1) is None:
        near = sorted(range(count), key=lambda index: abs(index - middle))[:NEAREST]
        ask(*near)
        middle = next((index for index in near if known[index] is not None), -1)
        if middle < 0:
            return None
    series = known[middle]
    between = (end_towards(middle, 0) + end_towards(middle, count - 1)) // 2
    return between if ask(between) == series else middle
