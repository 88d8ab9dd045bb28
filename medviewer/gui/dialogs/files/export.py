"""Dialog for saving a slice: form, place and patient's name."""

import contextlib
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Signal, Slot
from PySide6.QtGui import QStandardItemModel
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

from medviewer.export import EXPORTERS, WITHOUT, Exporter, Extent
from medviewer.gui.dialogs.files.file_dialog import FileDialog
from medviewer.gui.dialogs.files.range_row import PlayedRange, RangeRow
from medviewer.gui.widgets import ChoiceBox, plain_label, plain_tooltip
from medviewer.storage import is_folder, is_there
from medviewer.translation import translate
from medviewer.viewer.state import PaneState
from medviewer.viewer.texts import known_text, note_without_identity, number_in_name

FEWEST: Final = {
    Extent.KEY_IMAGES: 1,
    Extent.DRAWN: 1,
    Extent.LAYOUT: 2,
    Extent.FLAGGED: 1,
    Extent.ASKED: 1,
}  # images, or it is not offered
LONGEST_NAME: Final = 255  # bytes, on nearly all disks
IMAGES: Final = QStandardPaths.StandardLocation.PicturesLocation


@dataclass(frozen=True, slots=True, eq=False)
class ExportChoice:
    """Choice of the user.

    `part` is that of a film, `as_seen` whether what a pane does not show of its image is left out.
    """

    pane: PaneState
    exporter: Exporter
    path: Path
    with_identity: bool
    with_uids: bool
    overwrite: bool
    part: tuple[int, int] | None = None
    as_seen: bool = False


def suggested_name(pane: PaneState, exporter: Exporter) -> str:
    """Return a file name without identity.

    Modality, plane, series and image number as the pane says them, and processing or another content.
    """
    parts = (
        known_text(pane.identity.modality),
        pane.stack.plane,
        number_in_name(pane.stack, pane.index) if exporter.extent is Extent.SLICE else "",
        exporter.content or pane.processing,
    )
    name = re.sub(r"[^A-Za-z0-9-]+", "-", "-".join(part for part in parts if part)).strip("-").lower()
    return name + exporter.suffix


def suggested_folder(place: QStandardPaths.StandardLocation = IMAGES) -> Path:
    """Return the user's folder for images, or for others.

    The home folder where there is none.
    """
    folder = QStandardPaths.writableLocation(place)
    return Path(folder) if folder and is_folder(Path(folder)) else Path.home()


class ExportDialog(QDialog):
    """Form, file name and identity.

    Emits `chosen` (an ExportChoice) when the user saves. The forms are the rows of EXPORTERS; one that is
    not offered for what is shown says why not.

    Parameters
    ----------
    played : PlayedRange, optional
        As the stack is played; by default all of it.
    counts : mapping of Extent to int, optional
        How many key images are marked, and how many panes are shown.
    cut : collection of Extent, optional
        Forms of these extents have a pane that shows a part of its image.
    """

    chosen = Signal(object)

    def __init__(
        self,
        pane: PaneState,
        parent: QWidget | None = None,
        *,
        played: PlayedRange | None = None,
        counts: Mapping[Extent, int] | None = None,
        cut: Collection[Extent] = (),
    ) -> None:
        super().__init__(parent)
        self._pane, self._counts, self._cut = pane, counts or {}, cut
        self.setWindowTitle(translate("Export picture"))
        self.setMinimumWidth(560)
        self.form = self._make_forms()
        self.file_name = QLineEdit(str(suggested_folder() / suggested_name(pane, self.exporter)))
        self.file_name.setAccessibleName(translate("File"))
        self.file_name.textChanged.connect(self._check)
        self.browse_button = QPushButton(translate("Browse…"))
        self.browse_button.clicked.connect(self._browse)
        self.identity = QCheckBox(translate("Write patient name, ID and dates into the picture"))
        self.uids = QCheckBox(
            translate("Write the image's UID into the file, by which it can be found again")
        )
        self.as_seen = QCheckBox(translate("As seen: only the part of the image that is on the screen"))
        self.as_seen.setChecked(True)
        self.range = RangeRow(played or PlayedRange((0, len(pane.stack) - 1), len(pane.stack), ""))
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
        self.description = plain_label(role="quiet", wraps=True)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addLayout(_labeled(translate("Saved as"), self.form))
        column.addWidget(self.description)
        column.addWidget(self.as_seen)
        column.addWidget(self.range)
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
        self._suggested = self.file_name.text()
        self.form.currentIndexChanged.connect(self._change_form)
        self._change_form()
        self.file_name.setFocus()

    def take_over(self, before: "ExportDialog") -> None:
        """Take over the input of another dialog."""
        self.form.setCurrentIndex(before.form.currentIndex())
        self.range.first.setValue(before.range.first.value())
        self.range.last.setValue(before.range.last.value())
        self.file_name.setText(before.file_name.text())
        self.as_seen.setChecked(before.as_seen.isChecked())
        self.identity.setChecked(before.identity.isChecked())
        self.uids.setChecked(before.uids.isChecked())

    @property
    def exporter(self) -> Exporter:
        """The form that is chosen."""
        return EXPORTERS[str(self.form.currentData())]

    @property
    def path(self) -> Path:
        """The typed file path, with the suffix of the form."""
        path = Path(self.file_name.text().strip())
        with contextlib.suppress(RuntimeError):  # there is no such user: it is a name like others
            path = path.expanduser()
        return self.exporter.with_suffix(path)

    def _make_forms(self) -> ChoiceBox:
        forms = ChoiceBox()
        forms.setAccessibleName(translate("Saved as"))
        model = forms.model()
        for exporter in EXPORTERS.values():
            forms.addItem(exporter.file_filter, exporter.name)
            reason = exporter.refusal(self._pane)
            if self._counts.get(exporter.extent, 0) < FEWEST.get(exporter.extent, 0):
                reason = WITHOUT[exporter.extent]
            if reason is not None and isinstance(model, QStandardItemModel):
                item = model.item(forms.count() - 1)
                item.setEnabled(False)
                item.setToolTip(plain_tooltip(reason.for_user()))
        return forms

    @Slot()
    def _change_form(self) -> None:
        """Follow the chosen form: suffix, texts, and identity options."""
        exporter, path = self.exporter, Path(self.file_name.text())
        if self.file_name.text() == self._suggested:
            path = path.with_name(suggested_name(self._pane, exporter))
            self._suggested = str(path)
        elif path.suffix.lower() in {one.suffix for one in EXPORTERS.values()}:
            path = path.with_suffix(exporter.suffix)
        if str(path) != "." and self.file_name.text():
            self.file_name.setText(str(path))
        self.description.setText(translate(exporter.description))
        self.as_seen.setVisible(self._can_be_cut)
        self.range.setVisible(exporter.extent is Extent.RANGE)
        self.identity.setVisible(exporter.names_patient)
        self.uids.setVisible(exporter.names_uids)
        self._check()

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
        if self._with_identity:
            notes.append(translate("Whoever gets the picture can read who it is."))
        elif self._with_uids:
            notes.append(translate("Whoever has the study can tell whose picture it is."))
        if not self._with_identity and self._may_leave_out:
            notes.append(
                translate("Typed texts that may name somebody are left out; “(text left out)” stands there.")
            )
        frame = self._pane.frame
        if self.exporter.shows_pixels and frame is not None and frame.attributes.may_show_identity:
            notes.append(translate("The pixels themselves may name the patient."))
        self.save_button.setEnabled(usable and not is_folder(path))
        self.save_button.setText(translate("Replace") if exists else translate("Save"))
        self.note.setText("\n".join(notes))
        self.note.setVisible(bool(notes))

    @property
    def _can_be_cut(self) -> bool:
        return self.exporter.takes_part and self.exporter.extent in self._cut

    @property
    def _with_identity(self) -> bool:
        return self.exporter.names_patient and self.identity.isChecked()

    @property
    def _may_leave_out(self) -> bool:
        """Whether a note or label that the reader typed may be left out."""
        if self.exporter.extent in (Extent.KEY_IMAGES, Extent.DRAWN):
            return True
        return any(note_without_identity(one.text) != one.text for one in self._pane.annotations)

    @property
    def _with_uids(self) -> bool:
        return self.exporter.names_uids and self.uids.isChecked()

    @Slot()
    def _browse(self) -> None:
        dialog = FileDialog(self, translate("Export picture"), str(self.path.parent))
        dialog.setAcceptMode(FileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([one.file_filter for one in EXPORTERS.values() if one.offers(self._pane)])
        dialog.selectNameFilter(self.exporter.file_filter)
        dialog.setDefaultSuffix(self.exporter.suffix.removeprefix("."))
        dialog.filterSelected.connect(self._choose_form)
        dialog.selectFile(self.path.name)
        dialog.fileSelected.connect(self.file_name.setText)
        dialog.open()

    @Slot(str)
    def _choose_form(self, file_filter: str) -> None:
        self.form.setCurrentIndex(self.form.findText(file_filter))

    @Slot()
    def _save(self) -> None:
        path = self.path
        self.chosen.emit(
            ExportChoice(
                self._pane,
                self.exporter,
                path,
                self._with_identity,
                self._with_uids,
                is_there(path),
                self.range.part if self.exporter.extent is Extent.RANGE else None,
                self._can_be_cut and self.as_seen.isChecked(),
            )
        )
        self.accept()


def _labeled(text: str, field: QWidget) -> QHBoxLayout:
    """Return a row of a label and its field."""
    label = plain_label(text, "quiet")
    label.setBuddy(field)
    row = QHBoxLayout()
    row.addWidget(label)
    row.addWidget(field, 1)
    return row
