"""Study browser: search, studies, scan progress and unreadable files."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from medviewer.dicom.model import Library, StoredStack
from medviewer.gui.studies.key_images import KeyImages
from medviewer.gui.studies.row_painter import NARROW
from medviewer.gui.studies.skipped_files import SkippedFilesDialog
from medviewer.gui.studies.study_list import StudyList
from medviewer.gui.widgets import add_clear_button, native_key, plain_label
from medviewer.translation import translate
from medviewer.viewer.commands import SEARCH, show_series
from medviewer.viewer.texts import panes_text, skipped_files_text
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession

FOLLOW_MS: Final = 80  # so much later than the panes, whose first image comes with the first files
MARGIN_PX: Final = 12
KEYS_PX: Final = 6  # from the keys in the search to its edge
RAIL_PX: Final = 80  # thumbnails of 64 with their margins and a scroll bar
LIST_PX: Final = 240


class SearchField(QLineEdit):
    """Field of the search; the arrow keys lead into the list below it."""

    def __init__(self, rows: StudyList) -> None:
        super().__init__()
        self._rows = rows
        self.setPlaceholderText(translate("Name, ID, date, series"))
        self.setAccessibleName(translate("Search in the opened studies"))
        add_clear_button(self)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # by itself it would take the tools' letters
        self.keys = plain_label(role="key", parent=self)
        self.keys.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.textChanged.connect(self._place_keys)

    def show_keys(self, keys: str) -> None:
        """Show the keys that lead here, at the end of the empty field."""
        if keys != self.keys.text():
            self.keys.setText(keys)
            self._place_keys()

    @Slot()
    def _place_keys(self) -> None:
        label = self.keys
        label.adjustSize()
        label.move(self.width() - label.width() - KEYS_PX, (self.height() - label.height()) // 2)
        words = self.fontMetrics().horizontalAdvance(self.placeholderText())
        has_room = label.x() > words + 2 * KEYS_PX
        label.setVisible(bool(label.text()) and not self.text() and has_room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the keys at the end, where they leave room for the words."""
        super().resizeEvent(event)
        self._place_keys()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the list with the down key."""
        if event.key() == Qt.Key.Key_Down:
            self._rows.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        super().keyPressEvent(event)


class StudyBrowser(QWidget):
    """Follows the session's library.

    Below a width it is a rail of thumbnails.
    """

    def __init__(self, session: "ViewerSession", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._library = Library()
        self._dialog: SkippedFilesDialog | None = None
        self._late_library: Library | None = None
        self._late_progress: tuple[int, int | None] | None = None
        self._counts: Mapping[str, int] = {}  # images of each series, as of the last look
        self._place: tuple[object, ...] = ()
        self._soon = QTimer(self, singleShot=True, interval=FOLLOW_MS)
        self._soon.timeout.connect(self._catch_up)
        self.list = StudyList()
        self.search = SearchField(self.list)
        self.nothing_found = QPushButton()
        self.nothing_found.setToolTip(translate("Nothing found. Clear (Esc)"))
        self.nothing_found.setProperty("role", "link")
        self.scan_row = self._make_scan_row()
        self.key_images = KeyImages(session)
        self.left_out_button = QPushButton()
        self.left_out_button.setProperty("role", "link")
        self.setMinimumWidth(RAIL_PX)
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._lay_out()
        self._connect()
        self.list.set_identity_hidden(session.hide_identity)
        self.show_library(session.library)
        self._show_keys(session.viewer.state)
        self._follow(session.viewer.state, session.viewer.state)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, MARGIN_PX, 0, 6)
        column.setSpacing(6)
        self._padded = QVBoxLayout()
        self._padded.addWidget(self.search)
        self._padded.addWidget(self.nothing_found)
        column.addLayout(self._padded)
        column.addWidget(self.list, 1)
        self._foot = QVBoxLayout()
        for widget in (self.key_images, self.scan_row, self.left_out_button):
            self._foot.addWidget(widget)
        column.addLayout(self._foot)
        column.addStretch(0)
        self.nothing_found.hide()
        self.scan_row.hide()
        self._fit()

    def _connect(self) -> None:
        session = self._session
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self._show_first_found)
        self.nothing_found.clicked.connect(self.search.clear)
        self.left_out_button.clicked.connect(self.show_skipped_files)
        self.list.stack_chosen.connect(self._show_stack)
        self.list.thumbnail_wanted.connect(session.want_thumbnail)
        session.library_changed.connect(self._follow_library)
        session.viewer_changed.connect(self._follow)
        session.identity_hidden_changed.connect(self.list.set_identity_hidden)
        session.scan_progress.connect(self._follow_progress)
        session.scan_finished.connect(self.hide_progress)
        session.thumbnail_ready.connect(self.list.set_thumbnail)

    @Slot(object)
    def show_library(self, library: Library) -> None:
        """Show the library found so far."""
        self._library = library
        self.list.show_library(library)
        counts = {stack.key: len(stack.frames) for stack in library.stacks}
        before, self._counts = self._counts, counts
        grown = [key for key, count in counts.items() if count != before.get(key)]
        self.list.show_coming(grown if self._session.is_scanning else ())
        text = skipped_files_text(library)
        self.left_out_button.setText(f"{text} ▸")
        self._fit()
        self._search(self.search.text())

    @Slot(int, object)
    def show_progress(self, seen: int, total: int | None) -> None:
        """Show how far a scan is; `total` is None while it is not known."""
        self.progress.setRange(0, total or 0)
        self.progress.setValue(seen)
        self.progress_text.setText(
            translate("{seen} of 1 file", "{seen} of {count} files", seen=seen, count=total)
            if total
            else translate("1 file", "{count} files", count=seen)
        )
        self.scan_row.show()

    @Slot()
    def hide_progress(self) -> None:
        """Take the progress away: the scan has ended."""
        self._late_progress = None
        self._catch_up()
        self.list.show_coming(())
        self.scan_row.hide()

    def leave_search(self) -> bool:
        """List all series again; return whether some were left out."""
        is_searched = bool(self.search.text())
        self.search.clear()
        return is_searched

    def go_to_search(self) -> None:
        """Focus the search; a rail becomes a list for it."""
        around = self.parentWidget()
        if self.width() < NARROW and isinstance(around, QSplitter):
            rail, *rest = around.sizes()
            around.setSizes([LIST_PX, rest[0] + rail - LIST_PX, *rest[1:]])
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    @Slot()
    def show_skipped_files(self) -> None:
        """Open the list of files that are not shown."""
        self._dialog = SkippedFilesDialog(self._library, self)
        self._dialog.finished.connect(self._session.return_keyboard)
        self._dialog.open()

    @property
    def shows_skipped_files(self) -> bool:
        """Whether the list of files that are not shown is open."""
        return self._dialog is not None and self._dialog.isVisible()

    @Slot(object)
    def _follow_library(self, library: Library) -> None:
        self._late_library = library
        if not self._session.is_scanning:
            self._catch_up()
        elif not self._soon.isActive():
            self._soon.start()

    @Slot(int, object)
    def _follow_progress(self, seen: int, total: int | None) -> None:
        self._late_progress = (seen, total)
        if not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _catch_up(self) -> None:
        self._soon.stop()
        library, self._late_library = self._late_library, None
        progress, self._late_progress = self._late_progress, None
        if library is not None:
            self.show_library(library)
            self._mark_active()
        if progress is not None:
            self.show_progress(*progress)

    @Slot(object, object)
    def _follow(self, before: ViewerState, state: ViewerState) -> None:
        """Show which panes show which series, where that has changed."""
        if state.keys is not before.keys:
            self._show_keys(state)
        panes, visible = state.display.panes, state.visible
        shown = tuple(pane.stack.key if pane is not None else "" for pane in panes)
        place = (shown, visible, state.display.focus)
        if place == self._place:
            return
        self._place = place
        numbers: dict[str, list[int]] = {}
        for number in visible:
            if number < len(shown) and shown[number]:
                numbers.setdefault(shown[number], []).append(number + 1)
        active = state.focused
        here = active.identity if active is not None else None
        self.list.show_place(here, {key: panes_text(some) for key, some in numbers.items()})
        self._mark_active()

    def _show_keys(self, state: ViewerState) -> None:
        self.search.show_keys(native_key(state.keys.get(SEARCH, "")))

    def _mark_active(self) -> None:
        active = self._session.viewer.state.focused
        if active is not None:
            self.list.choose_key(active.stack.key)

    @Slot(object)
    def _show_stack(self, stack: StoredStack) -> None:
        show_series(self._session.viewer, stack)

    @Slot()
    def _show_first_found(self) -> None:
        """Show the first series that was found, and keep the search."""
        stack = self.list.first_found() if self.search.text().strip() else None
        if stack is not None:
            show_series(self._session.viewer, stack)

    @Slot(str)
    def _search(self, text: str) -> None:
        found = self.list.search(text)
        self.nothing_found.setVisible(self._has_entries and not found)

    @property
    def _has_entries(self) -> bool:
        return bool(self._library.studies or self._library.icons)

    # width

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Become a rail of thumbnails below a width, and a list above it."""
        super().resizeEvent(event)
        if (event.size().width() < NARROW) != (event.oldSize().width() < NARROW):
            self._fit()

    def _fit(self) -> None:
        is_rail = self.width() < NARROW
        margin = 4 if is_rail else MARGIN_PX
        self._padded.setContentsMargins(margin, 0, margin, 0)
        self._foot.setContentsMargins(margin, 0, margin, 0)
        self.search.setVisible(self._has_entries and not is_rail)
        self.nothing_found.setText(
            translate("Nothing\nfound") if is_rail else translate("Nothing found. Clear (Esc)")
        )
        self.key_images.show_narrow(is_rail)
        self.progress_text.setVisible(not is_rail)
        self.left_out_button.setVisible(bool(skipped_files_text(self._library)) and not is_rail)

    def _make_scan_row(self) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        line = QHBoxLayout()
        self.progress_text = plain_label(role="quiet")
        self.cancel_button = QPushButton(translate("Cancel"))
        self.cancel_button.setProperty("role", "small")
        self.cancel_button.clicked.connect(self._session.cancel_opening)
        line.addWidget(self.progress_text, 1)
        line.addWidget(self.cancel_button)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(translate("Progress of opening"))
        column.addLayout(line)
        column.addWidget(self.progress)
        return row
