"""The list of the reader's verdicts, each with the slice that it is on."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from medviewer.gui.dialogs.models.table_dialog import command_button, in_row, show_rows, table_of_rows
from medviewer.gui.widgets import plain_label
from medviewer.translation import mark, translate
from medviewer.viewer.texts import verdict_case_words
from medviewer.viewer.verdict_cases import show_case, verdict_cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from medviewer.inference.verdicts import VerdictRow
    from medviewer.viewer.texts import VerdictCase
    from medviewer.viewer.viewer import Viewer

COLUMNS: Final = (
    mark("Date"),
    mark("Model"),
    mark("Your answer"),
    mark("The model's answer"),
    mark("Compared"),
    mark("Slice"),
)


class VerdictCases(QWidget):
    """Lists verdicts, the newest first; Enter or a double click goes there."""

    shown = Signal()
    """A slice is shown now."""

    def __init__(self, viewer: "Viewer", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._all: tuple[VerdictCase, ...] = ()
        self._listed: tuple[VerdictCase, ...] = ()
        title = translate("Cases")
        self.table = table_of_rows(title, [translate(column) for column in COLUMNS])
        self.only_differing = QCheckBox(translate("Only those where you &differ from the model"))
        self.go_button = command_button(translate("&Show the slice"), self._go)
        self.hint = plain_label(role="quiet", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(plain_label(title, "strong"))
        column.addWidget(self.table, 1)
        row = in_row((self.go_button,))
        row.insertWidget(0, self.only_differing)
        row.insertWidget(2, self.hint, 1)
        column.addLayout(row)
        self.only_differing.toggled.connect(self._fill)
        self.table.itemSelectionChanged.connect(self._follow)
        self.table.itemActivated.connect(self._go)

    def show_verdicts(self, rows: "Sequence[VerdictRow]") -> None:
        """List the verdicts that hold."""
        self._all = verdict_cases(self._viewer.state, rows)
        self._fill()

    @property
    def needed_px(self) -> int:
        """The width in which no cell is broken into lines."""
        header = self.table.horizontalHeader()
        return sum(
            max(header.sectionSizeHint(column), self.table.sizeHintForColumn(column))
            for column in range(len(COLUMNS))
        )

    @property
    def chosen(self) -> "VerdictCase | None":
        """The case of the chosen row."""
        row = self.table.currentRow()
        return self._listed[row] if 0 <= row < len(self._listed) else None

    @Slot()
    def _fill(self) -> None:
        only = self.only_differing.isChecked()
        self._listed = tuple(one for one in self._all if not only or (one.differs and not one.is_hidden))
        show_rows(self.table, [verdict_case_words(one) for one in self._listed])
        if self._listed:
            self.table.selectRow(0)
        self.setVisible(bool(self._all))
        self._follow()

    @Slot()
    def _follow(self) -> None:
        case = self.chosen
        self.go_button.setEnabled(case is not None and case.stack is not None)
        is_closed = case is not None and case.stack is None
        self.hint.setText(translate("Open its study to go there.") if is_closed else "")

    @Slot()
    def _go(self) -> None:
        case = self.chosen
        if case is not None and case.stack is not None:
            show_case(self._viewer, case)
            self.shown.emit()
