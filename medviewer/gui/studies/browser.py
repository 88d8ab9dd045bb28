"""Study browser: search, studies, scan progress and unreadable files."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from medviewer.dicom.model import Library, StoredStack
from medviewer.gui.studies.skipped_files import LeftOutDialog
from medviewer.gui.studies.tree import StudyTree
from medviewer.gui.widgets import plain_label
from medviewer.translation import translate
from medviewer.viewer.texts import skipped_files_text

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.viewer.state import DisplayState

FOLLOW_MS = 80  # so much later than the panes, whose first image comes with the first files


class StudyBrowser(QWidget):
    """Follows the session's library.

    Before anything is open it says how to open something. The welcome's buttons are connected by the
    window: `open_files_button`, `open_folder_button` and `open_sample_button`.
    """

    def __init__(self, session: "ViewerSession", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._library = Library()
        self._dialog: LeftOutDialog | None = None
        self._late_library: Library | None = None
        self._late_progress: tuple[int, int | None] | None = None
        self._soon = QTimer(self, singleShot=True, interval=FOLLOW_MS)
        self._soon.timeout.connect(self._catch_up)
        self.search = QLineEdit()
        self.search.setPlaceholderText(translate("Name, ID, date, modality"))
        self.search.setAccessibleName(translate("Search in the opened studies"))
        self.search.setClearButtonEnabled(True)
        self.search.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # by itself it would take the tools' letters
        self.tree = StudyTree()
        self.nothing_found = plain_label(translate("Nothing found."), "quiet", wraps=True)
        self.welcome = self._make_welcome()
        self.scan_row = self._make_scan_row()
        self.left_out_button = QPushButton()
        self.left_out_button.setProperty("role", "link")
        self.left_out_button.clicked.connect(self.show_left_out)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(self.tree)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 0, 6)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self.nothing_found)
        column.addLayout(self._pages, 1)
        column.addWidget(self.scan_row)
        column.addWidget(self.left_out_button)
        self.search.textChanged.connect(self._search)
        self.tree.stack_chosen.connect(self._show_stack)
        session.library_changed.connect(self._follow_library)
        session.state_changed.connect(self._follow)
        session.identity_hidden_changed.connect(self.tree.set_identity_hidden)
        session.scan_progress.connect(self._follow_progress)
        session.scan_finished.connect(self.hide_progress)
        session.thumbnail_ready.connect(self.tree.set_thumbnail)
        self.nothing_found.hide()
        self.scan_row.hide()
        self.tree.set_identity_hidden(session.hide_identity)
        self.show_library(session.library)
        self._follow(session.state)

    @Slot(object)
    def show_library(self, library: Library) -> None:
        """Show the library found so far."""
        self._library = library
        self.tree.show_library(library)
        text = skipped_files_text(library)
        self.left_out_button.setText(f"{text} ▸")
        self.left_out_button.setVisible(bool(text))
        self._pages.setCurrentWidget(self.tree if self._has_entries else self.welcome)
        self.search.setVisible(self._has_entries)
        self._search(self.search.text())

    @Slot(int, object)
    def show_progress(self, seen: int, total: int | None) -> None:
        """Show how far a scan is; `total` is None while it is not known."""
        self.progress.setRange(0, total or 0)
        self.progress.setValue(seen)
        self.progress_text.setText(
            translate("{seen} of {total} files", seen=seen, total=total)
            if total
            else translate("1 file")
            if seen == 1
            else translate("{seen} files", seen=seen)
        )
        self.scan_row.show()

    @Slot()
    def hide_progress(self) -> None:
        """Take the progress away: the scan has ended."""
        self._late_progress = None
        self._catch_up()
        self.scan_row.hide()

    def go_to_search(self) -> None:
        """Focus the search."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    @Slot()
    def show_left_out(self) -> None:
        """Open the list of files that are not shown."""
        self._dialog = LeftOutDialog(self._library, self)
        self._dialog.finished.connect(self._session.return_keyboard)
        self._dialog.open()

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
            self._follow(self._session.state)
        if progress is not None:
            self.show_progress(*progress)

    @Slot(object)
    def _follow(self, state: "DisplayState") -> None:
        if state.focused is not None:
            self.tree.choose_key(state.focused.stack.key)

    @Slot(object)
    def _show_stack(self, stack: StoredStack) -> None:
        self._session.viewer.show_stack(stack)
        self._session.return_keyboard()

    @Slot(str)
    def _search(self, text: str) -> None:
        found = self.tree.search(text)
        self.nothing_found.setVisible(self._has_entries and not found)

    @property
    def _has_entries(self) -> bool:
        return bool(self._library.studies or self._library.icons)

    def _make_welcome(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(4, 8, 8, 8)
        column.setSpacing(8)
        self.open_files_button = QPushButton(translate("Open files…"))
        self.open_folder_button = QPushButton(translate("Open folder…"))
        self.open_sample_button = QPushButton(translate("Open sample"))
        self.open_folder_button.setProperty("role", "primary")
        column.addWidget(plain_label(translate("No study is open"), "strong", wraps=True))
        column.addWidget(
            plain_label(
                translate("Open DICOM files, a folder, a disc or a zip archive, or drop them anywhere here."),
                "quiet",
                wraps=True,
            )
        )
        for button in (self.open_folder_button, self.open_files_button):
            column.addWidget(button)
        column.addSpacing(12)
        column.addWidget(
            plain_label(
                translate("No images at hand? The sample is a computed head phantom."), "quiet", wraps=True
            )
        )
        column.addWidget(self.open_sample_button)
        column.addStretch(1)
        return page

    def _make_scan_row(self) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 8, 0)
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
