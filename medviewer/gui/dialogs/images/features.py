"""Texture and edge features of the slice that has the focus.

A table beside the window, and its CSV.
"""

from collections.abc import Generator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, QStandardPaths, Qt, Slot
from PySide6.QtGui import QFont, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medviewer.errors import MedviewerError
from medviewer.export import (
    EXPORTERS,
    SliceFeatures,
    feature_rows,
    gray_statement,
    save_csv,
    slice_features,
    value_text,
)
from medviewer.gui.dialogs.files.export import suggested_folder, suggested_name
from medviewer.gui.dialogs.files.file_dialog import FileDialog
from medviewer.gui.tasks import Task
from medviewer.gui.widgets import LEAST_SIZE, plain_label, plain_tooltip, tabular
from medviewer.imaging.frame import Frame
from medviewer.imaging.processing import ORIGINAL
from medviewer.plain_text import pasted_rows, side_by_side
from medviewer.storage import is_there, refuse_source
from medviewer.translation import message, translate
from medviewer.viewer.notice import Notice
from medviewer.viewer.state import PaneState
from medviewer.viewer.texts import cautions, place_record, series_title, slice_text

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.viewer.state import DisplayState

REST_MS: Final = 60
"""Nothing is computed of slices that fly past."""

FIRST_SIZE: Final = QSize(760, 680)
FORM: Final = EXPORTERS["features"]
DOCUMENTS: Final = QStandardPaths.StandardLocation.DocumentsLocation
FEATURE, VALUE, MEANING = range(3)
ROW_HEIGHT: Final = 24

_STYLE: Final = "QTableView::item { padding: 1px 8px; }"


def slice_title(pane: PaneState, *, hide_identity: bool) -> str:
    """Return modality, stack and slice.

    "CT · Axial 5 mm · #5 / 10 · −63.5 mm". With `hide_identity` without the series description, in which
    people may have typed a name.
    """
    title = series_title(pane.stack, hidden=hide_identity)
    parts = (pane.stack.identity.modality, title, slice_text(pane))
    return side_by_side(dict.fromkeys(parts))


class FeatureDialog(QDialog):
    """Follows the focused pane while it is open.

    A result stands only under the title of its own slice.
    """

    def __init__(self, session: "ViewerSession", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._frame: Frame | None = None  # what the table is about, or will be
        self._features: SliceFeatures | None = None
        self._task: Task | None = None
        self._rest = session.workers.timer(REST_MS, self._compute)
        self._rows = feature_rows()
        self.dialog: FileDialog | QMessageBox | None = None
        self.setWindowTitle(translate("Texture and edge features"))
        self.place = plain_label(role="strong", wraps=True)
        self.place.setFont(tabular(self.place.font()))
        self.who = plain_label(role="quiet", wraps=True)
        for label in (self.place, self.who):  # a long name in a file must not widen the window
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.cautions = plain_label(role="attention")
        self.table = self._make_table()
        self.gray = plain_label(role="quiet", wraps=True)
        self.note = plain_label(wraps=True)
        self.copy_button = QPushButton(translate("Copy"))
        self.copy_button.clicked.connect(self._copy)
        self.save_button = QPushButton(translate("Save as CSV…"))
        self.save_button.clicked.connect(self._ask)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        for button in (self.copy_button, self.save_button):
            button.setAutoDefault(False)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        self.uid = QCheckBox(translate("CSV with the UID of the image"))
        purpose = plain_label(translate("Research and education, not for diagnosis."), "quiet", wraps=True)
        head, foot, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        head.addWidget(self.place, 1)
        head.addWidget(self.cautions)
        foot.addWidget(purpose, 1)
        foot.addWidget(self.uid)
        foot.addWidget(buttons)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.who)
        column.addWidget(self.note)
        column.addWidget(self.table, 1)
        column.addWidget(self.gray)
        column.addStretch()
        column.addLayout(foot)
        self._show(None)
        screen = self.screen().availableSize()
        self.resize(FIRST_SIZE.boundedTo(screen * 0.9))
        self.setMinimumSize(LEAST_SIZE * 0.6)
        session.state_changed.connect(self._follow)
        session.identity_hidden_changed.connect(self._follow_identity)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(len(self._rows), 3)
        table.setHorizontalHeaderLabels([translate("Feature"), translate("Value"), translate("Meaning")])
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.setAccessibleName(translate("Texture and edge features"))
        for number, row in enumerate(self._rows):
            for column, text in ((FEATURE, row.title), (VALUE, ""), (MEANING, row.meaning)):
                item = QTableWidgetItem(text)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                item.setToolTip(plain_tooltip(row.meaning))
                if column == VALUE:
                    item.setFont(tabular(QFont()))
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                table.setItem(number, column, item)
        header = table.horizontalHeader()
        header.setSectionResizeMode(FEATURE, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(MEANING, QHeaderView.ResizeMode.Stretch)
        table.setStyleSheet(_STYLE)
        table.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        return table

    # following the session

    @Slot(object)
    def _follow(self, state: "DisplayState") -> None:
        if not self.isVisible():
            return
        pane = state.focused
        frame = pane.frame if pane is not None else None
        if frame is not self._frame:
            self._forget()
            self._frame = frame
            if frame is not None:
                self._rest.start()
        self._say(pane)

    @Slot()
    def _follow_identity(self) -> None:
        self._follow(self._session.state)

    def _forget(self) -> None:
        """Take every number away before another slice's title comes."""
        self._rest.stop()
        self._frame = None
        if self._task is not None:
            self._task.withdraw()
            self._task = None
        # guard(statement): features leave with their slice
        self._show(None)
        self.note.setText("")

    def _say(self, pane: PaneState | None) -> None:
        """Show the slice, as far as allowed, and the gray values used."""
        hidden = self._session.hide_identity
        for widget in (self.who, self.table, self.gray):
            widget.setVisible(pane is not None)
        if pane is None:
            self.place.setText(translate("Open a study first."))
            self.cautions.hide()
            return
        self.place.setText(slice_title(pane, hide_identity=hidden))
        known = [pane.identity.shown_name, pane.identity.patient_id]
        who = translate("Identity hidden") if hidden else side_by_side(known, "  ")
        self.who.setText(who or translate("Patient without a name"))
        self.cautions.setText(" · ".join(cautions(replace(pane, processing=ORIGINAL))))
        self.cautions.setVisible(bool(self.cautions.text()))
        self.gray.setText(gray_statement(pane.frame) if pane.frame is not None else "")
        if pane.failure:
            self.note.setText(pane.failure.for_user())
        self.note.setVisible(bool(self.note.text()))

    @Slot()
    def _compute(self) -> None:
        frame = self._frame
        if frame is None:
            return

        pane = self._session.focused
        about = set() if pane is None else {pane.identity.study_key}
        is_shown = pane is not None and pane.frame is frame
        place = place_record(pane.stack, pane.index) if pane is not None and is_shown else {}

        def compute() -> Generator[SliceFeatures, None, None]:
            yield slice_features(frame, place)

        self._task = self._session.task(compute, "features", about)
        self._task.yielded.connect(self._take)
        self._task.failed.connect(self._on_failed)
        self._task.submit()

    @Slot(object)
    def _take(self, features: SliceFeatures) -> None:
        # guard(-> True): features stand under their own slice's title only
        if features.frame is self._frame:  # else it is about a slice that was left meanwhile
            self._show(features)

    @Slot(object)
    def _on_failed(self, error: MedviewerError) -> None:
        # guard(-> True): a failure of features is said of its own slice only
        if self.sender() is self._task:
            self._complain(error)

    @Slot(object)
    def _complain(self, error: MedviewerError) -> None:
        """Show the error that the window tells here, too."""
        self.note.setText(error.for_user())
        self.note.show()

    def _show(self, features: SliceFeatures | None) -> None:
        self._features = features
        for number, row in enumerate(self._rows):
            item = self.table.item(number, VALUE)
            if item is not None:
                item.setText(value_text(row, features) if features is not None else "…")
        for button in (self.copy_button, self.save_button):
            button.setEnabled(features is not None)

    # taking it along

    @Slot()
    def _copy(self) -> None:
        """Copy the table as it stands, columns parted by tabulators.

        No patient is named.
        """
        features, pane = self._features, self._session.focused
        if features is None or pane is None:
            return
        rows = [
            [slice_title(pane, hide_identity=True)],
            *([str(row.title), value_text(row, features), str(row.meaning)] for row in self._rows),
            [gray_statement(features.frame, named=False)],
            [translate("Research and education, not for diagnosis.")],
        ]
        QGuiApplication.clipboard().setText(pasted_rows(rows))

    @Slot()
    def _ask(self) -> None:
        """Ask where the table goes.

        It is the one that stood here when it was asked for.
        """
        features, pane = self._features, self._session.focused
        if features is None or pane is None:
            return
        dialog = FileDialog(self, translate("Save as CSV"), str(suggested_folder(DOCUMENTS)))
        dialog.setAcceptMode(FileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(FORM.file_filter)
        dialog.setDefaultSuffix(FORM.suffix.removeprefix("."))
        dialog.setOption(FileDialog.Option.DontConfirmOverwrite)  # it is asked below, on every system
        dialog.selectFile(suggested_name(pane, FORM))
        # guard(partial(self.save_as, features) -> lambda name: self.save_as(self._features, name)):
        #     saved features are those that were asked for
        dialog.fileSelected.connect(partial(self.save_as, features))
        self._open(dialog)

    def save_as(self, features: SliceFeatures, name: str) -> None:
        """Save a table under a name, with its suffix added to another one.

        Ask before one is replaced.
        """
        path = FORM.with_suffix(Path(name))
        if not is_there(path):
            self._save(features, path, overwrite=False)
            return
        box = QMessageBox(self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(translate("Save as CSV"))
        box.setText(translate("{name} exists already.", name=path.name))
        box.addButton(translate("Replace"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(translate("Cancel"), QMessageBox.ButtonRole.RejectRole))
        box.accepted.connect(partial(self._save, features, path, overwrite=True))
        self._open(box)

    def _save(self, features: SliceFeatures, path: Path, *, overwrite: bool) -> None:
        originals = self._session.library.originals
        with_uid = self.uid.isChecked()

        def save() -> Generator[Path, None, None]:
            refuse_source(path, originals)
            save_csv(path, features, with_uid=with_uid, overwrite=overwrite)
            yield path

        task = self._session.task(save, "export")
        task.yielded.connect(self._on_saved)
        task.failed.connect(self._complain)
        task.submit()

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        said = message("{name} is saved.", name=path.name)
        self.note.setText(said.for_user())
        self.note.show()
        self._session.notices.tell(Notice(said, severity="info"))

    def _open(self, dialog: FileDialog | QMessageBox) -> None:
        self.dialog = dialog
        dialog.open()

    # Qt's events

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to follow."""
        super().showEvent(event)
        figures = self.table.fontMetrics().horizontalAdvance("000.0000") + 32
        words = (
            self.table.fontMetrics().horizontalAdvance(translate("1 value", "{count} values", count=324)) + 32
        )
        self.table.setColumnWidth(VALUE, max(figures, words))
        self._follow(self._session.state)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop computing while hidden."""
        super().hideEvent(event)
        self._forget()
