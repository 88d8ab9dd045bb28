"""The system's dialog for files, which by itself would write down where patients' files lie.

Qt keeps the folders that such a dialog was in, and the last one, in the settings of all Qt programs.
"""

import sys
from typing import Final

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog, QWidget

from medviewer import paths

GROUP: Final = "FileDialog"
ABOUT_PLACES: Final = ("history", "lastVisited", "shortcuts")


class FileDialog(QFileDialog):
    """Asks for a file or a folder and leaves no note of the places that it was in."""

    def __init__(self, parent: QWidget, title: str, folder: str = "") -> None:
        if sys.platform not in ("win32", "darwin"):  # there it is the system's own store, not a file
            own = str(paths.user_folder("config"))
            QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, own)
        kept = _kept()
        super().__init__(parent, title, folder)
        self.destroyed.connect(lambda: _restore(kept))  # Qt notes them when the dialog goes


def _kept() -> dict[str, object]:
    settings = _settings()
    return {name: settings.value(name) for name in ABOUT_PLACES if settings.contains(name)}


def _restore(kept: dict[str, object]) -> None:
    """Put back what stood there of places before."""
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
