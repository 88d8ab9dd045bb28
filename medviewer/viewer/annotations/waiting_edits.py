"""Edits of a window that wait to join a study's file.

Another window held that file's lock until this one ended. Its last edits lie in a file of their own then,
which nobody else writes; whoever reads the study's file replays them, and whoever writes it removes them.
"""

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from medviewer.imaging.annotation import Annotations, as_json, from_json, known_base, merged
from medviewer.storage import read_kept, remove, set_aside, write_private

ENDING: Final = "late"
MOST_BYTES: Final = 256 << 20
MOST_FILES: Final = 100


@dataclass(frozen=True, slots=True)
class WaitingEdits:
    """The edits of one window.

    Parameters
    ----------
    base, ours : tuple of Annotation
        In the study's file when it was read last, and in the window at its end.
    given : tuple of tuples of Annotation
        Of which the window did not hear whether they were written.
    """

    base: Annotations
    given: tuple[Annotations, ...]
    ours: Annotations

    def on(self, theirs: Annotations | None) -> Annotations:
        """Return a file's annotations with these edits; None: there is no file.

        Edits that are in it already change nothing.
        """
        there = base = self.base
        if theirs is not None:
            there = theirs
            for one in (*self.given, self.ours):
                base = known_base(base, one, there)
        return merged(base, self.ours, there).annotations


def write_waiting(path: Path, edits: WaitingEdits) -> None:
    """Write the edits beside a study's file.

    Raises
    ------
    WriteError
        The operating system refused.
    """
    name = f"{path.stem}.{os.getpid()}-{secrets.token_hex(4)}.{ENDING}"
    content = json.dumps([as_json(one) for one in (edits.base, *edits.given, edits.ours)])
    write_private(path.with_name(name), content.encode("ascii"))


def waiting_files(path: Path) -> tuple[Path, ...]:
    """Return the files of waiting edits of a study's file, oldest first."""
    try:
        found = [(one.stat().st_mtime_ns, one) for one in path.parent.glob(f"{path.stem}.*.{ENDING}")]
    except OSError:
        return ()
    return tuple(one for _, one in sorted(found)[:MOST_FILES])


def with_waiting(
    theirs: Annotations | None, files: Sequence[Path]
) -> tuple[Annotations | None, list[Path], list[Path]]:
    """Return a file's annotations with waiting edits, and the files read.

    Returns
    -------
    annotations : tuple of Annotation or None
        None: there are none, neither in the file nor in waiting edits.
    read : list of Path
        Files whose edits are among the annotations.
    kept : list of Path
        Where files that are damaged, or of a newer version, are kept now.
    """
    read, kept = [], []
    for file in files:
        try:
            texts = json.loads(read_kept(file, MOST_BYTES).decode("ascii"))
            base, *given, ours = (from_json(text) for text in texts)
        except (ValueError, TypeError):
            kept += [aside] if (aside := set_aside(file)) is not None else []
        except OSError:
            continue  # it is read another time
        else:
            theirs = WaitingEdits(base, tuple(given), ours).on(theirs)
            read.append(file)
    return theirs, read, kept


def remove_waiting(files: Sequence[Path]) -> None:
    """Remove files whose edits are in the study's file now."""
    for file in files:
        try:
            remove(file)
        except OSError:
            continue
