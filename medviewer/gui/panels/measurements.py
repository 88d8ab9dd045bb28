"""The list of the drawings in the focused pane's study."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from medviewer.gui.look import icon
from medviewer.gui.panels.section import BAR_PX, MARGIN_PX
from medviewer.gui.widgets import plain_tooltip
from medviewer.translation import language, translate
from medviewer.viewer import annotations
from medviewer.viewer.commands import command_by_id
from medviewer.viewer.texts import series_number_text, short_number_text

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.imaging.measurement import Measurement
    from medviewer.imaging.source import ImageSource
    from medviewer.viewer.annotations import AnnotationRow, OutlineVolume
    from medviewer.viewer.state import DisplayState

ROW_PX: Final = 28
TWO_LINES_PX: Final = 44


class MeasurementsPanel(QWidget):
    """Lists drawings with value and place; a click goes there.

    It follows the session, and says by `filled` whether there is anything to list.
    """

    filled = Signal(bool)
    menu_asked = Signal(object)  # QPoint on the screen

    def __init__(self, session: "ViewerSession", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: tuple[object, ...] = ()
        self._rows: tuple[AnnotationRow, ...] = ()
        self._volumes: tuple[tuple[ImageSource, OutlineVolume], ...] = ()
        self.list = AnnotationRows()
        self.list.setAccessibleName(translate("Measurements"))
        self.list.itemClicked.connect(self._go)
        self.list.itemActivated.connect(self._go)
        self.list.removed.connect(self._remove)
        self.list.customContextMenuRequested.connect(self._ask_for_menu)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX - 6, 0, BAR_PX, 8)
        column.addWidget(self.list)
        session.state_changed.connect(self.show_state)
        self.show_state(session.state)

    @property
    def is_filled(self) -> bool:
        """Whether anything is drawn or outlined in the study."""
        return bool(self._rows or self._volumes)

    @Slot(object)
    def show_state(self, state: "DisplayState") -> None:
        """List the drawings anew where any of them has changed."""
        pane, histories = state.focused, self._session.viewer.state.annotations
        is_asked = pane is not None and bool(state.result_slices)  # the first image waits for no measuring
        volumes = annotations.outline_volumes(self._session.viewer.state) if is_asked else ()
        if not histories and not self.is_filled and not volumes:
            return
        study = None if pane is None else pane.identity.study_instance_uid
        frames = tuple(one.frame for one in state.panes if one is not None)  # they bring values
        seen = state.results, state.verdicts, state.series_verdicts, state.reader_first  # of models' answers
        shown = None if pane is None else pane.stack.key
        wanted = (histories, study, frames, volumes, *seen, shown if volumes else None, language())
        if len(wanted) != len(self._shown) or any(
            new is not old and new != old for new, old in zip(wanted, self._shown, strict=True)
        ):
            self._shown = wanted
            self._fill(volumes, shown)
        self._mark(state.selected)

    def _fill(self, volumes: "tuple[tuple[ImageSource, OutlineVolume], ...]", shown: str | None) -> None:
        """List all drawings, and the volumes of series by name.

        That of the shown one needs none.
        """
        viewer, was_filled = self._session.viewer, self.is_filled
        self._rows, self._volumes = annotations.annotation_rows(viewer.state), volumes
        with QSignalBlocker(self.list):
            self.list.clear()
            for row in self._rows:
                found = annotations.measurement_of(viewer, row)
                value = found.lines[0].for_user() if found is not None and found.lines else ""
                place = "" if row.stack is None else short_number_text(row.stack, row.index)
                parts = (row.title.for_user(), value, place)
                mean = _mean_text(found)
                item = QListWidgetItem("\n".join(filter(None, ("   ".join(filter(None, parts)), mean))))
                item.setSizeHint(QSize(0, TWO_LINES_PX if mean else ROW_PX))
                lines = [] if found is None else [line.for_user() for line in (*found.lines, *found.notes)]
                item.setToolTip(plain_tooltip("\n".join((parts[0], *lines, place)).strip()))
                if row.annotation.is_locked:
                    item.setIcon(icon("lock", "text_2"))
                self.list.addItem(item)
            for stack, volume in volumes:
                series = "" if stack.key == shown else series_number_text(stack)
                self.list.addItem(_volume_item(volume, series))
        if self.is_filled != was_filled:
            self.filled.emit(self.is_filled)

    def _mark(self, selected: str) -> None:
        number = next((n for n, row in enumerate(self._rows) if row.annotation.id == selected), -1)
        with QSignalBlocker(self.list):
            if number < 0:
                self.list.clearSelection()
            elif number != self.list.currentRow() or not self.list.selectedItems():
                self.list.setCurrentRow(number)

    @Slot(QListWidgetItem)
    def _go(self, item: QListWidgetItem) -> None:
        number = self.list.row(item)
        if 0 <= number < len(self._rows):
            annotations.go_to(self._session.viewer, self._rows[number])

    @Slot()
    def _remove(self) -> None:
        command_by_id("annotation.remove").perform(self._session.viewer)

    @Slot(QPoint)
    def _ask_for_menu(self, place: QPoint) -> None:
        item = self.list.itemAt(place)
        if item is not None:
            self._go(item)
            self.menu_asked.emit(self.list.viewport().mapToGlobal(place))


def _mean_text(found: "Measurement | None") -> str:
    """Return the mean of a region where its row does not say it already."""
    said = None if found is None else next((one.text for one in found.quantities if one.name == "mean"), None)
    return "" if found is None or said is None or found.lines[:1] == (said,) else said.for_user()


def _volume_item(volume: "OutlineVolume", series: str) -> QListWidgetItem:
    """Return the row of the volume of all outlines of a series.

    It is on no single slice, so that nothing goes there.
    """
    value = translate("{ml} ml", ml=volume.text) if volume.text else translate("not known")
    # guard(volume.is_part and volume.text -> ""): a volume of a part is not quoted as that of the finding
    part = translate("part of the slices only") if volume.is_part and volume.text else ""
    title = translate("Volume outlined so far") if part else translate("Volume of all outlines")
    said = title, value, series
    lines = "   ".join(filter(None, said)), part  # on a line of its own, which no narrow list cuts
    item = QListWidgetItem("\n".join(filter(None, lines)))
    item.setSizeHint(QSize(0, TWO_LINES_PX if part else ROW_PX))
    item.setToolTip(plain_tooltip(volume.message.for_user()))
    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    return item


class AnnotationRows(QListWidget):
    """Rows that Del removes and Enter goes to."""

    removed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Remove the chosen row by Del; leave other keys to the list."""
        if event.key() == Qt.Key.Key_Delete:
            self.removed.emit()
        else:
            super().keyPressEvent(event)
