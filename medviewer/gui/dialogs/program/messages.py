"""Dialog with all messages of this run, the newest first."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from medviewer.gui.widgets import plain_label
from medviewer.translation import translate

if TYPE_CHECKING:
    from medviewer.gui.session import Notices


class MessagesDialog(QDialog):
    """List of messages with their times; messages leave with their study."""

    def __init__(self, notices: "Notices", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notices = notices
        self.setWindowTitle(translate("Messages"))
        self.resize(640, 420)
        self.nothing = plain_label(translate("Nothing has been told yet."), "quiet")
        self.list = QPlainTextEdit()
        self.list.setReadOnly(True)
        self.list.setAccessibleName(translate("Messages"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        for widget in (self.nothing, self.list, buttons):
            column.addWidget(widget)
        notices.changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        told = self._notices.history
        parts = []
        for time, notice in reversed(told):
            parts.append(f"{time:%H:%M}  {notice.sentence.for_user()}")
            if notice.hint:
                parts.append(f"           {notice.hint.for_user()}")
        self.list.setPlainText("\n".join(parts))
        self.list.setVisible(bool(told))
        self.nothing.setVisible(not told)
