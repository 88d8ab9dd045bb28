"""The page of the reader's own verdicts, with rates and their counts."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QVBoxLayout,
    QWidget,
)

from medviewer import export
from medviewer.errors import MedviewerError
from medviewer.gui.dialogs.files.file_dialog import FileDialog, chosen_path
from medviewer.gui.dialogs.models.table_dialog import TableDialog, command_button, in_row
from medviewer.gui.dialogs.models.verdict_cases import VerdictCases
from medviewer.gui.widgets import plain_label
from medviewer.inference import verdicts as kept
from medviewer.storage import atomic_write, refuse_source
from medviewer.translation import mark, translate
from medviewer.viewer import texts, verdicts

if TYPE_CHECKING:
    from medviewer.inference.verdicts import ReaderRates, VerdictRow
    from medviewer.viewer.viewer import Viewer

COLUMNS: Final = (
    mark("Model"),
    mark("You agree"),
    mark("Agreed before seeing it"),
    mark("Changed your mind"),
    mark("On uncertain answers"),
    mark("Own calibration"),
)
AROUND_PX: Final = 64  # the margins at both sides, and a bar for scrolling
HEIGHT_PX: Final = 120


class VerdictsDialog(TableDialog):
    """Shows rates by model; exports, deletes and calibrates."""

    calibrations_changed = Signal()

    def __init__(self, viewer: "Viewer", parent: QWidget | None = None) -> None:
        columns = [translate(title) for title in COLUMNS]
        super().__init__(translate("My verdicts"), columns, (), parent)
        self._viewer = viewer
        self._rows: tuple[VerdictRow, ...] = ()
        self._rates: tuple[ReaderRates, ...] = ()
        self.resize(960, 620)
        self._made()
        self.refresh()

    def _made(self) -> None:
        self.said = plain_label(
            translate(
                "Your verdicts stay on this computer and name no patient. Fewer than 20 are too few for a "
                "rate. Where the model was uncertain you neither agree nor differ. A calibration is made "
                "from your verdicts, so it repeats their mistakes."
            ),
            "quiet",
            wraps=True,
        )
        self.cases = VerdictCases(self._viewer)
        self.cases.shown.connect(self.accept)
        self.table.setMinimumHeight(HEIGHT_PX)
        self.export_button = command_button(translate("&Export as CSV…"), self._ask_path)
        self.calibrate_button = command_button(translate("&Calibrate from my verdicts"), self._calibrate)
        self.forget_button = command_button(translate("&Remove the calibration"), self._remove_calibration)
        self.delete_button = command_button(translate("&Delete all…"), self._ask_to_delete)
        actions = (self.export_button, self.calibrate_button, self.forget_button, self.delete_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self.said)
        column.addWidget(self.cases, 2)
        column.addWidget(plain_label(translate("Rates by model"), "strong"))
        column.addWidget(self.table, 1)
        column.addWidget(self.trouble)
        column.addLayout(in_row(actions))
        column.addWidget(self.close_buttons)
        self.table.itemSelectionChanged.connect(self._follow)

    @property
    def chosen(self) -> "ReaderRates | None":
        """The rates of the chosen row."""
        row = self.table.currentRow()
        return self._rates[row] if 0 <= row < len(self._rates) else None

    def refresh(self) -> None:
        """Read the table anew."""
        try:
            self._rows = kept.read_verdicts()
        except MedviewerError as error:
            self.refuse(error)
            self._rows = ()
        self._list_cases()
        self._rates = kept.rates_of(self._rows)
        self.table.setRowCount(len(self._rates))
        for row, rates in enumerate(self._rates):
            source = texts.source_text(rates.model_version, rates.model_sha256)
            cells = (
                f"{rates.model} {source}",
                *(texts.rate_words(rate) for rate in (rates.agreed, rates.blind_agreed, rates.switched)),
                str(rates.not_compared),
                texts.calibration_words(self._calibration(rates)),
            )
            self.show_row(row, cells)
        needed = max(self.table.horizontalHeader().length(), self.cases.needed_px) + AROUND_PX
        self.resize(min(max(self.width(), needed), self.screen().availableSize().width()), self.height())
        if self._rates and self.table.currentRow() < 0:
            self.table.selectRow(0)
        self._follow()

    def _list_cases(self) -> None:
        try:
            self.cases.show_verdicts(self._rows)
        except MedviewerError as error:
            self.refuse(error)

    @staticmethod
    def _calibration(rates: "ReaderRates") -> "kept.LocalCalibration | None":
        found = (one for one in kept.read_calibrations() if one.model_sha256 == rates.model_sha256)
        return next(found, None)

    @Slot()
    def _follow(self) -> None:
        rates, is_kept = self.chosen, self._viewer.memory.remember
        if not is_kept:
            self.trouble.setText(translate("Memory is off: no verdict is kept."))
        self.export_button.setEnabled(bool(self._rates))
        self.delete_button.setEnabled(bool(self._rows))
        self.calibrate_button.setEnabled(rates is not None and is_kept)
        self.forget_button.setEnabled(rates is not None and self._calibration(rates) is not None)

    @Slot()
    def _ask_path(self) -> None:
        dialog = FileDialog(self, translate("Export verdicts"))
        dialog.setAcceptMode(FileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.setNameFilter("CSV (*.csv)")
        dialog.selectFile("verdicts.csv")
        dialog.fileSelected.connect(lambda name: self.export(chosen_path(name)))
        self.show_over(dialog)

    def export(self, path: Path) -> None:
        """Write the present verdicts as CSV.

        The dialog has asked before it replaces a file.
        """
        self.trouble.setText("")
        try:
            refuse_source(path, self._viewer.state.library.originals)
            atomic_write(path, export.csv_table(kept.as_table(kept.last_verdicts(self._rows))), private=True)
        except MedviewerError as error:
            self.refuse(error)
            return
        said = translate("{name} is written.", name=path.name)
        self.trouble.setText(said)

    @Slot()
    def _calibrate(self) -> None:
        rates = self.chosen
        if rates is None:
            return
        self._changed(
            lambda: kept.keep_calibration(
                kept.calibrate(self._rows, rates.model, rates.model_sha256, verdicts.now())
            )
        )

    @Slot()
    def _remove_calibration(self) -> None:
        rates = self.chosen
        if rates is not None:
            self._changed(partial(kept.remove_calibration, rates.model))

    @Slot()
    def _ask_to_delete(self) -> None:
        said = translate(
            "1 verdict and own calibrations are deleted for good.",
            "{count} verdicts and own calibrations are deleted for good.",
            count=len(kept.last_verdicts(self._rows)),
        )
        self.ask(translate("Delete all verdicts?"), said, "", translate("Delete"), self.delete_all)

    @Slot()
    def delete_all(self) -> None:
        """Delete the table and the calibrations from it."""
        verdicts.forget_earlier(self._viewer)
        self._changed(kept.forget_verdicts)

    def _changed(self, change: Callable[[], object]) -> None:
        self.trouble.setText("")
        try:
            change()
        except MedviewerError as error:
            self.refuse(error)
        self.refresh()
        self.calibrations_changed.emit()
