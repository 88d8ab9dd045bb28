"""File dialog of the system that keeps no record of patients' folders.

Qt keeps the folders that such a dialog was in, and the last one, in the settings of all Qt programs.
"""

import os
import re
import sys
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QSettings, QSize, QUrl
from PySide6.QtWidgets import QFileDialog, QHeaderView, QWidget

from medviewer import paths

REPLACED: Final = "\ufffd"
GROUP: Final = "FileDialog"
SIZE: Final = QSize(760, 480)
TYPE_COLUMN: Final = 2  # told by the ending, which files of a study often lack
ABOUT_PLACES: Final = ("history", "lastVisited", "shortcuts")


class FileDialog(QFileDialog):
    """Asks for a file or a folder and keeps no record of visited places."""

    def __init__(self, parent: QWidget, title: str, folder: str = "") -> None:
        if sys.platform not in ("win32", "darwin"):  # there it is the system's own store, not a file
            own = str(paths.user_folder("config"))
            QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, own)
        kept = _kept()
        super().__init__(parent, title, folder)
        self.destroyed.connect(lambda: _restore(kept))  # Qt notes them when the dialog goes
        header = self.findChild(QHeaderView)
        if header is not None:  # Qt's own dialog and not the system's
            self.resize(SIZE)
            header.hideSection(TYPE_COLUMN)
            header.setStretchLastSection(False)
            header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)


def chosen_path(name: str) -> Path:
    """Return the path of a name that a dialog gave.

    Of one that is no Unicode, Qt gives something else.
    """
    path = Path(name)
    if REPLACED not in name:
        return path
    found = Path(path.anchor)
    for part in path.parts[len(found.parts) :]:
        found /= _as_on_disk(found, part)
    return found


def _as_on_disk(folder: Path, part: str) -> str:
    if REPLACED not in part:
        return part
    try:
        names = os.listdir(folder)  # noqa: PTH208 - the names, not paths
    except OSError:
        return part
    return next((name for name in names if name == part or _as_qt_has_it(name) == _shortened(part)), part)


def _as_qt_has_it(name: str) -> str:
    return _shortened(os.fsencode(name).decode("utf-8", "replace"))


def _shortened(name: str) -> str:
    return re.sub(f"{REPLACED}+", REPLACED, name)


def dropped_path(url: QUrl) -> Path:
    """Return the path of a dropped file or folder, of any bytes."""
    if sys.platform == "win32":
        return Path(url.toLocalFile())
    encoded = url.path(QUrl.ComponentFormattingOption.FullyEncoded)
    return Path(os.fsdecode(unquote_to_bytes(encoded)))


def _kept() -> dict[str, object]:
    settings = _settings()
    return {name: settings.value(name) for name in ABOUT_PLACES if settings.contains(name)}


def _restore(kept: dict[str, object]) -> None:
    """Restore the earlier records of places."""
    settings = _settings()
    for name in ABOUT_PLACES:
        if name in kept:
            settings.setValue(name, kept[name])
        else:
            settings.remove(name)


def _settings() -> QSettings:
    settings = QSettings(QSettings.Scope.UserScope, "QtProject")
    settings.beginGroup(GROUP)
    return settings
