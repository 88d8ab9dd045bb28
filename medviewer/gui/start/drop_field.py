"""Field of the start page on which studies are dropped."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QKeySequence, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from medviewer.gui.look import icon, paint_icon
from medviewer.gui.widgets import plain_label
from medviewer.translation import translate
from medviewer.viewer.color_roles import colors

HEIGHT: Final = 240
ICON_PX: Final = 40
_RADIUS: Final = 12.0


class DropField(QWidget):
    """Says how to open something, how far that is, and why nothing came of it."""

    cancelled = Signal()
    list_wanted = Signal()  # of the files that are not shown

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(HEIGHT)
        self._is_over = False
        self.title = plain_label(translate("Drop a study here"), "large")
        self.text = plain_label(
            translate("A folder, files, a DICOM disc or a zip archive. Nothing is copied, changed or sent."),
            "quiet",
            wraps=True,
        )
        self.failure = plain_label(role="attention", wraps=True)
        self.list_button = QPushButton(translate("Show list"))
        self.list_button.setProperty("role", "link")
        self.list_button.clicked.connect(self.list_wanted)
        self.folder_button = _button(actions["file.open_folder"], translate("Open a folder"), "folder-open")
        self.folder_button.setProperty("role", "primary")
        self.files_button = _button(actions["file.open_files"], translate("Open files"), "files")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setMaximumWidth(360)
        self.progress.setAccessibleName(translate("Progress of opening"))
        self.progress_text = plain_label(role="quiet")
        self.cancel_button = QPushButton(translate("Cancel"))
        self.cancel_button.clicked.connect(self.cancelled)
        self._lay_out()
        self.show_progress(None)
        self.show_failure("")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(1)
        column.addSpacing(ICON_PX + 12)
        for label in (self.title, self.text, self.failure):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        column.addWidget(self.list_button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        for widgets in (
            (self.folder_button, self.files_button),
            (self.progress_text, self.progress, self.cancel_button),
        ):
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addStretch(1)
            for widget in widgets:
                row.addWidget(widget)
            row.addStretch(1)
            column.addLayout(row)
        column.addStretch(1)

    def show_progress(self, seen: tuple[int, int | None] | None) -> None:
        """Show how many files were looked at, of how many; None: it is over."""
        for widget in (self.folder_button, self.files_button):
            widget.setVisible(seen is None)
        for part in (self.progress_text, self.progress, self.cancel_button):
            part.setVisible(seen is not None)
        if seen is None:
            return
        files, total = seen
        self.progress.setRange(0, total or 0)
        self.progress.setValue(files)
        self.progress_text.setText(
            translate("{seen} of 1 file", "{seen} of {count} files", seen=files, count=total)
            if total
            else translate("1 file", "{count} files", count=files)
        )

    def show_failure(self, reason: str) -> None:
        """Say why nothing can be shown; "" takes it away."""
        self.failure.setText(reason)
        self.failure.setVisible(bool(reason))
        self.list_button.setVisible(bool(reason))
        self.text.setVisible(not reason)

    def show_over(self, is_over: bool) -> None:
        """Light up while something is held over the window."""
        if is_over != self._is_over:
            self._is_over = is_over
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dashed field and its icon."""
        del event
        ink, painter = colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)
        painter.fillPath(outline, QColor(ink.blue_bed if self._is_over else ink.panel))
        pen = QPen(QColor(ink.blue if self._is_over else ink.strong_line), 2)
        pen.setDashPattern([3, 2])
        painter.setPen(pen)
        painter.drawPath(outline)
        top = self.title.y() - ICON_PX - 12
        paint_icon(
            painter, QRectF(self.width() / 2 - ICON_PX / 2, top, ICON_PX, ICON_PX), "folder-down", "blue"
        )
        painter.end()


def _button(action: QAction, text: str, name: str) -> QPushButton:
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    button = QPushButton(f"{text}   {keys}" if keys else text)
    button.setAccessibleName(text)
    button.setIcon(icon(name, "on_fill" if name == "folder-open" else "text_2"))
    button.setMinimumHeight(36)
    button.clicked.connect(action.trigger)
    return button
