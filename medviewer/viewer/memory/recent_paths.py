"""Recently opened paths.

A file that holds paths in clear, private to the user, as the index of studies and the sessions do.
"""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from medviewer import paths
from medviewer.errors import WriteError
from medviewer.plain_json import read_json
from medviewer.storage import read_kept, write_private
from medviewer.viewer.memory.recent_studies import RecentStudy

MOST: Final = 10
FILE_NAME: Final = "recent.json"

_log = logging.getLogger(__name__)


class RecentPaths:
    """A short list of paths in a file that only the user may read (0600).

    Off unless `remember` says so.
    """

    def __init__(self, remember: bool = True) -> None:
        self.remember = remember
        self._file = paths.user_folder("data") / FILE_NAME

    def paths(self) -> tuple[Path, ...]:
        """Return the paths, the newest first; a damaged file counts as empty."""
        if not self.remember:
            return ()
        try:
            names = read_json(read_kept(self._file).decode("utf-8", "surrogateescape"))
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except (OSError, ValueError):
            _log.warning("the list of recent paths cannot be read")
            return ()
        if not isinstance(names, list):
            return ()
        return tuple(Path(name) for name in names[:MOST] if isinstance(name, str) and name)

    def studies(self) -> tuple[RecentStudy, ...]:
        """Return the studies opened last, the newest first."""
        return tuple(RecentStudy((path,)) for path in self.paths())

    def add(self, opened: Sequence[Path]) -> None:
        """Put paths at the head of the list."""
        if not self.remember:
            return
        newest = [path.absolute() for path in opened[:MOST]]
        kept = [path for path in self.paths() if path not in newest]
        self._write([*newest, *kept][:MOST])

    def forget(self) -> None:
        """Empty the list and remove its file."""
        self._file.unlink(missing_ok=True)

    def _write(self, newest: Sequence[Path]) -> None:
        content = json.dumps([str(path) for path in newest], indent=1)  # in ASCII: names may be no Unicode
        try:
            write_private(self._file, content.encode("ascii"))
        except WriteError:
            _log.warning("the list of recent paths cannot be written")
