"""The folder of kept annotations and key images.

One file for each study, named by a digest; what could not be read stands beside it.
"""

import time
from pathlib import Path
from typing import Final

from medviewer import paths
from medviewer.errors import MemoryAccessError
from medviewer.storage import is_folder, remove, remove_folder, try_writer_lock
from medviewer.translation import mark

FOLDER: Final = "annotations"
LOCK: Final = ".lock"
LAST_SECONDS: Final = 1.0  # that other windows which write are waited for
ENDING_SECONDS: Final = 3.0  # the same where the program ends; then they lie beside the file
BUSY_SECONDS: Final = 0.02

_BUSY_REASON: Final = mark("another window is writing")


def annotations_folder() -> Path:
    """Return the folder, which need not be there."""
    return paths.user_folder("data") / FOLDER


def count_annotated_studies() -> int:
    """Count the studies with kept annotations.

    Files that could not be read count: they hold somebody's work, too.
    """
    try:
        names = [path.name for path in annotations_folder().iterdir()]
    except OSError:
        return 0
    return len({name.partition(".")[0] for name in names if not name.startswith(".")})


def forget_annotations() -> None:
    """Remove all annotations and key images with their folder.

    Raises
    ------
    MemoryAccessError
        Something stays.
    """
    folder = annotations_folder()
    if not is_folder(folder):
        return
    until = time.monotonic() + LAST_SECONDS
    try:
        while not _has_removed_files(folder):
            if time.monotonic() > until:
                raise MemoryAccessError(reason=_BUSY_REASON)
            time.sleep(BUSY_SECONDS)
        remove_folder(folder)
    except OSError as error:
        raise MemoryAccessError(reason=error.strerror or str(error)) from error


def _has_removed_files(folder: Path) -> bool:
    """Remove the files; return False while another window writes."""
    with try_writer_lock(folder) as is_alone:
        # guard(test): no annotation is removed while a window writes it
        if not is_alone:
            return False
        for path in folder.iterdir():
            if path.name != LOCK:
                remove(path)
    return True
