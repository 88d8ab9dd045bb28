"""Dialog that finds a study among all that were opened before."""

from collections.abc import Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medviewer.gui.widgets import add_clear_button, plain_label, plain_tooltip
from medviewer.translation import translate
from medviewer.viewer.start import EARLIER_STUDY_COLUMNS, earlier_study_texts

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.viewer.memory import StudyRecord

FIRST_SIZE: Final = QSize(920, 560)
ROW_PX: Final = 28
LANE: Final = "study search"
WIDTHS: Final = {0: 200, 1: 120}
"""Of name and ID, in logical pixels; the description takes what the others leave."""

DESCRIPTION: Final = 4  # its column
_MOVES: Final = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class EarlierStudiesDialog(QDialog):
    """Lists the studies opened before and opens the chosen ones.

    What is typed is looked for in names, IDs, dates, modalities and descriptions. While the identity is
    hidden no row names anybody.
    """

    def __init__(self, session: "ViewerSession", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._asked = 0  # so many searches; only the last one's answer is shown
        self.records: tuple[StudyRecord, ...] = ()  # that are listed
        self.setWindowTitle(translate("Earlier studies"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(translate("Name, ID, date, modality or description"))
        self.search.setAccessibleName(translate("Search earlier studies"))
        add_clear_button(self.search)
        self.search.installEventFilter(self)
        self.list = self._make_list()
        self.count = plain_label(role="quiet", wraps=True)
        self.open_button = QPushButton(translate("Open"))
        self.open_button.setDefault(True)
        self.remove_button = QPushButton(translate("Remove from list"))
        self._arrange()
        self.search.textChanged.connect(self._search)
        self.list.itemDoubleClicked.connect(self._open_chosen)
        self.list.itemSelectionChanged.connect(self._show_chosen)
        self.open_button.clicked.connect(self._open_chosen)
        self.remove_button.clicked.connect(self._remove_chosen)
        session.identity_hidden_changed.connect(self._show_rows)
        self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize() * 0.9))
        self.search.setFocus()
        self._search()

    def _make_list(self) -> QTreeWidget:
        rows = QTreeWidget()
        rows.setHeaderLabels([translate(title) for title in EARLIER_STUDY_COLUMNS])
        rows.setRootIsDecorated(False)
        rows.setUniformRowHeights(True)
        rows.setAllColumnsShowFocus(True)
        rows.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        rows.setStyleSheet(f"QTreeView::item {{ min-height: {ROW_PX}px; padding: 0 4px; }}")
        rows.setAccessibleName(translate("Earlier studies"))
        header = rows.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(DESCRIPTION, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        for column, width in WIDTHS.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            rows.setColumnWidth(column, width)
        return rows

    def _arrange(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.open_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.remove_button.setAutoDefault(False)
        buttons.addButton(self.remove_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self.count, 1)
        foot.addWidget(buttons)
        column = QVBoxLayout(self)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addLayout(foot)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys go through the list while something is typed."""
        is_key = watched is self.search and event.type() == QEvent.Type.KeyPress
        if is_key and isinstance(event, QKeyEvent) and Qt.Key(event.key()) in _MOVES:
            QCoreApplication.sendEvent(self.list, event)
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Remove the chosen rows by Del."""
        if event.key() == Qt.Key.Key_Delete and self.list.hasFocus():
            self._remove_chosen()
        else:
            super().keyPressEvent(event)

    # searching

    @Slot()
    def _search(self) -> None:
        self._ask(partial(self._session.viewer.memory.find_studies, self.search.text()))

    def _ask(self, work: "Callable[[], Generator[Any, None, None]]") -> None:
        """Ask the memory, in a worker's thread."""
        self._asked += 1
        task = self._session.task(work, LANE)
        task.yielded.connect(partial(self._take, self._asked))
        task.submit()

    def _take(self, number: int, records: "tuple[StudyRecord, ...]") -> None:
        if number == self._asked:  # another search was begun since
            self.records = records
            self._show_rows()

    @Slot()
    def _show_rows(self) -> None:
        hidden = self._session.hide_identity
        self.list.clear()
        for record in self.records:
            texts = earlier_study_texts(record, hidden=hidden)
            item = QTreeWidgetItem(list(texts))
            for column, text in enumerate(texts):
                item.setToolTip(column, plain_tooltip(text))
            self.list.addTopLevelItem(item)
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)
        self._show_chosen()
        self.count.setText(self._counted())

    def _counted(self) -> str:
        if not self._session.viewer.memory.remember:
            return translate("Memory is switched off in the preferences. No study is remembered.")
        if self.records:
            return translate("1 study", "{count} studies", count=len(self.records))
        if self.search.text().strip():
            return translate("Nothing found.")
        return translate("No study has been opened yet.")

    # what is chosen

    def _chosen(self) -> "list[StudyRecord]":
        rows = sorted(self.list.indexOfTopLevelItem(item) for item in self.list.selectedItems())
        return [self.records[row] for row in rows]

    @Slot()
    def _show_chosen(self) -> None:
        is_chosen = bool(self.list.selectedItems())
        self.open_button.setEnabled(is_chosen)
        self.remove_button.setEnabled(is_chosen)

    @Slot()
    def _open_chosen(self) -> None:
        paths = [path for record in self._chosen() for path in record.paths]
        if paths:
            self.accept()
            self._session.viewer.open_paths(paths)

    @Slot()
    def _remove_chosen(self) -> None:
        """Take the chosen studies off the list; files and annotations stay."""
        chosen, viewer = self._chosen(), self._session.viewer
        if chosen:
            keys, cards = [record.key for record in chosen], {record.card for record in chosen}
            self._ask(partial(self._removed, keys, self.search.text()))
            kept = tuple(card for card in viewer.state.recent_studies if card not in cards)
            viewer.change(recent_studies=kept)

    def _removed(self, keys: list[str], words: str) -> "Generator[Any, None, None]":
        """Remove studies and search anew; called in a worker's thread."""
        memory = self._session.viewer.memory
        memory.remove_studies(keys)
        yield from memory.find_studies(words)
