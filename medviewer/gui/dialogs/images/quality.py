"""Signal, noise, contrast and uniformity of the shown image."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medviewer.gui.widgets import LEAST_SIZE, ChoiceBox, plain_label, tabular
from medviewer.imaging.annotation import Annotation
from medviewer.imaging.frame import Frame
from medviewer.plain_text import pasted_rows, side_by_side
from medviewer.translation import translate
from medviewer.viewer.annotations import AnnotationRow, QualityRow, quality_rows, regions_of
from medviewer.viewer.state import PaneState
from medviewer.viewer.texts import number_text, series_title

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.gui.tasks import Task

REST_MS: Final = 60
FIRST_SIZE: Final = QSize(820, 560)
WIDEST_VALUE_PX: Final = 220
VALUE_SHARE: Final = 0.28  # of a narrow table: how a number is found is the longer text
TITLE, VALUE, METHOD = range(3)

_PADDING_PX: Final = 8
_STYLE: Final = f"QTableView::item {{ padding: 3px {_PADDING_PX}px; }}"

Chosen = tuple[str, str]
"""The identifiers of the region and of its background."""

Index = QModelIndex | QPersistentModelIndex

Computed = tuple[PaneState, Chosen, tuple[QualityRow, ...]]


class QualityDialog(QDialog):
    """Follows the focused pane and its regions while it is open."""

    def __init__(self, session: "ViewerSession", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rest = session.workers.timer(REST_MS, self._compute)
        self.rows: tuple[QualityRow, ...] = ()
        self._frame: Frame | None = None  # whose numbers are shown, or on their way
        self._task: Task | None = None
        self._regions: tuple[Annotation, ...] = ()
        self._selected = ""
        self.setWindowTitle(translate("Image quality"))
        self.place = plain_label(role="strong", wraps=True)
        self.region, self.other = ChoiceBox(), ChoiceBox()
        self.region.setAccessibleName(translate("Region"))
        self.other.setAccessibleName(translate("Background"))
        for box in (self.region, self.other):
            box.setMinimumContentsLength(20)
            box.currentIndexChanged.connect(self._compute)
        self.table = self._make_table()
        self.hint = plain_label(role="quiet", wraps=True)
        self.copy_button = QPushButton(translate("Copy"))
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(self._copy)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        head, foot, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        for words, box in ((translate("Region"), self.region), (translate("Background"), self.other)):
            head.addWidget(plain_label(words))
            head.addWidget(box, 1)
        purpose = plain_label(translate("Research and education, not for diagnosis."), "quiet", wraps=True)
        foot.addWidget(purpose, 1)
        foot.addWidget(buttons)
        column.setSpacing(6)
        column.addWidget(self.place)
        column.addLayout(head)
        column.addWidget(self.hint)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize() * 0.9))
        self.setMinimumSize(LEAST_SIZE * 0.6)
        session.viewer_changed.connect(self._follow)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 3)
        table.setHorizontalHeaderLabels(
            [translate("Quantity"), translate("Value"), translate("How it is found")]
        )
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setStyleSheet(_STYLE)
        table.setWordWrap(True)
        table.setItemDelegate(_Wrapping(table))
        table.verticalHeader().hide()
        table.setAccessibleName(translate("Image quality"))
        header = table.horizontalHeader()
        header.setSectionResizeMode(TITLE, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(VALUE, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(METHOD, QHeaderView.ResizeMode.Stretch)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        return table

    @Slot(object, object)
    def _follow(self, _before: object = None, _after: object = None) -> None:
        if not self.isVisible():
            return
        pane = self._session.focused
        if pane is None or pane.frame is None:
            self._clear()
            self.place.setText("" if pane is not None else translate("Open a study first."))
            return
        regions = regions_of(pane)
        is_new = pane.frame is not self._frame
        if is_new:
            self._clear()
            self._frame = pane.frame
        if is_new or regions != self._regions or pane.selected != self._selected:
            self._regions, self._selected = regions, pane.selected
            self._offer(pane)
            self._rest.start()

    def _clear(self) -> None:
        """Take every number away before another image's title comes."""
        self._rest.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._frame = None
        self.place.setText("")
        # guard(statement): numbers leave with their image
        self._show(())

    def _offer(self, pane: PaneState) -> None:
        """Offer the regions of the image; the selected one is looked at."""
        regions = regions_of(pane)
        offered = [(_title(one, number), one.id) for number, one in enumerate(regions, start=1)]
        selected = pane.selected if any(one.id == pane.selected for one in regions) else None
        _fill(self.region, offered or [(translate("none"), "")], selected)
        others = [(translate("none"), ""), *offered]
        _fill(self.other, others, None)
        self.hint.setText(
            "" if regions else translate("Draw a region on this image (E); another one is its background.")
        )
        self.hint.setVisible(not regions)

    @Slot()
    def _compute(self) -> None:
        pane = self._session.focused
        if pane is None or pane.frame is None or not self.isVisible():
            return
        by_id = {one.id: one for one in regions_of(pane)}
        chosen = self._chosen
        region, other = (by_id.get(one) for one in chosen)
        if self._task is not None:
            self._task.cancel()

        def compute() -> Generator[Computed, None, None]:
            yield pane, chosen, quality_rows(pane, region, other)

        self._task = self._session.task(compute, "quality", {pane.identity.study_key})
        self._task.yielded.connect(self._take)
        self._task.submit()

    @property
    def _chosen(self) -> Chosen:
        return self.region.currentData() or "", self.other.currentData() or ""

    @Slot(object)
    def _take(self, computed: Computed) -> None:
        asked, chosen, rows = computed
        pane = self._session.focused
        if pane is None or pane.frame is not asked.frame or not self.isVisible():
            return
        if chosen != self._chosen:  # numbers of a region that was chosen before
            return
        title = series_title(pane.stack, hidden=self._session.hide_identity)
        parts = (pane.stack.identity.modality, title, number_text(pane.stack, pane.index))
        self.place.setText(side_by_side(dict.fromkeys(parts)))
        self._show(rows)

    def _show(self, rows: tuple[QualityRow, ...]) -> None:
        self.rows = rows
        self.table.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, said in ((TITLE, row.title), (VALUE, row.value), (METHOD, row.method)):
                item = QTableWidgetItem(said.for_user())
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                if column == VALUE and row.is_number:
                    item.setFont(tabular(self.table.font()))
                self.table.setItem(number, column, item)
        self.copy_button.setEnabled(bool(rows))

    @Slot()
    def _copy(self) -> None:
        """Put the table on the clipboard, columns parted by tabulators."""
        rows = [[said.for_user() for said in (row.title, row.value, row.method)] for row in self.rows]
        QGuiApplication.clipboard().setText(pasted_rows(rows))

    # Qt's events

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to follow."""
        super().showEvent(event)
        self._follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the explanations the larger part of a narrow table."""
        super().resizeEvent(event)
        self.table.setColumnWidth(VALUE, min(WIDEST_VALUE_PX, int(self.table.width() * VALUE_SHARE)))

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop computing while hidden."""
        super().hideEvent(event)
        self._clear()


class _Wrapping(QStyledItemDelegate):
    """Makes rows as high as their texts, broken inside the padding."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size of a cell for the width of its column."""
        narrower = QStyleOptionViewItem(option)
        narrower.rect = option.rect.adjusted(0, 0, -2 * _PADDING_PX, 0)
        return super().sizeHint(narrower, index)


def _title(one: Annotation, number: int) -> str:
    return f"{number} · {AnnotationRow(one).title.for_user()}"


def _fill(box: ChoiceBox, offered: list[tuple[str, str]], chosen: str | None) -> None:
    """Offer regions; keep the chosen one where it is still there."""
    known = [data for _, data in offered]
    wanted = chosen if chosen is not None else box.currentData()
    with QSignalBlocker(box):
        if [(box.itemText(at), box.itemData(at)) for at in range(box.count())] != offered:
            box.clear()
            for title, data in offered:
                box.addItem(title, data)
        box.setCurrentIndex(known.index(wanted) if wanted in known else min(0, len(known) - 1))
