"""Asks where an annotated image goes, and whether it may name the patient."""

import contextlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from medviewer.gui.dialogs.file_dialog import FileDialog
from medviewer.gui.widgets import plain_label
from medviewer.storage import is_folder, is_there
from medviewer.translation import translate
from medviewer.viewer.state import PaneState
from medviewer.viewer.texts import known

LONGEST_NAME: Final = 255  # bytes, on nearly all disks
IMAGES: Final = QStandardPaths.StandardLocation.PicturesLocation


@dataclass(frozen=True, slots=True, eq=False)
class ExportChoice:
    """What the user decided."""

    pane: PaneState
    path: Path
    with_identity: bool
    with_uids: bool
    overwrite: bool


def suggested_name(pane: PaneState, content: str = "", suffix: str = ".png") -> str:
    """Return a file name that names nobody: modality, plane, slice, and processing or another content."""
    parts = (
        known(pane.identity.modality),
        pane.stack.plane,
        f"{pane.index + 1:04d}",
        content or pane.processing,
    )
    return (
        re.sub(r"[^A-Za-z0-9-]+", "-", "-".join(part for part in parts if part)).strip("-").lower() + suffix
    )


def suggested_folder(place: QStandardPaths.StandardLocation = IMAGES) -> Path:
    """Return the user's folder for images, or for others; the home folder where there is none."""
    folder = QStandardPaths.writableLocation(place)
    return Path(folder) if folder and Path(folder).is_dir() else Path.home()


class ExportDialog(QDialog):
    """File name and identity; emits `chosen` (an ExportChoice) when the user saves."""

    chosen = Signal(object)

    def __init__(self, pane: PaneState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pane = pane
        self.setWindowTitle(translate("Export picture"))
        self.setMinimumWidth(560)
        self.file_name = QLineEdit(str(suggested_folder() / suggested_name(pane)))
        self.file_name.setAccessibleName(translate("File"))
        self.file_name.textChanged.connect(self._check)
        self.browse_button = QPushButton(translate("Browse…"))
        self.browse_button.clicked.connect(self._browse)
        self.identity = QCheckBox(translate("Write patient name, ID and dates into the picture"))
        self.uids = QCheckBox(
            translate("Write the image's UID into the file, by which it can be found again")
        )
        self.note = plain_label(role="attention", wraps=True)
        self.buttons = QDialogButtonBox()
        self.save_button = QPushButton(translate("Save"))
        self.save_button.setProperty("role", "primary")
        self.buttons.addButton(self.save_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QPushButton(translate("Cancel")), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self._save)
        self.buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.file_name, 1)
        row.addWidget(self.browse_button)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addWidget(
            plain_label(
                translate("The picture is saved at its stored resolution, with result, scale and captions."),
                "quiet",
                wraps=True,
            )
        )
        column.addLayout(row)
        column.addWidget(self.identity)
        column.addWidget(self.uids)
        column.addWidget(self.note)
        column.addWidget(self.buttons)
        for button in self.findChildren(QPushButton):  # or Enter would take the first of them
            button.setAutoDefault(False)
        self.save_button.setDefault(True)  # only a button that stands in the dialog already can be
        self.uids.toggled.connect(self._check)
        self.identity.toggled.connect(self._check)
        self._check()

    def take_over(self, before: "ExportDialog") -> None:
        """Take what was typed and chosen in another dialog."""
        self.file_name.setText(before.file_name.text())
        self.identity.setChecked(before.identity.isChecked())

    @property
    def path(self) -> Path:
        """The file as typed, with ".png" where no suffix was given."""
        path = Path(self.file_name.text().strip())
        with contextlib.suppress(RuntimeError):  # there is no such user: it is a name like others
            path = path.expanduser()
        return path if path.suffix.lower() == ".png" or not path.name else path.with_name(f"{path.name}.png")

    @Slot()
    def _check(self) -> None:
        name = self.file_name.text().strip()
        notes = []
        path = self.path
        usable = bool(path.name) and not name.endswith(("/", "\\")) and is_folder(path.parent)
        if not usable:
            notes.append(translate("Choose a file in a folder that exists."))
        elif len(os.fsencode(path.name)) > LONGEST_NAME:
            usable = False
            notes.append(translate("The name is too long: disks allow 255 bytes."))
        exists = usable and is_there(path)
        if exists:
            notes.append(translate("{name} exists already.", name=path.name))
        if self.identity.isChecked():
            notes.append(translate("Whoever gets the picture can read who it is."))
        elif self.uids.isChecked():
            notes.append(translate("Whoever has the study can tell whose picture it is."))
        self.save_button.setEnabled(usable and not is_folder(path))
        self.save_button.setText(translate("Replace") if exists else translate("Save"))
        self.note.setText("\n".join(notes))
        self.note.setVisible(bool(notes))

    @Slot()
    def _browse(self) -> None:
        dialog = FileDialog(self, translate("Export picture"), str(self.path.parent))
        dialog.setAcceptMode(FileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("PNG (*.png)")
        dialog.setDefaultSuffix("png")
        dialog.selectFile(self.path.name)
        dialog.fileSelected.connect(self.file_name.setText)
        dialog.open()

    @Slot()
    def _save(self) -> None:
        path = self.path
        self.chosen.emit(
            ExportChoice(self._pane, path, self.identity.isChecked(), self.uids.isChecked(), is_there(path))
        )
        self.accept()
