"""The dialog that asks for a few words."""

from typing import Final

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from medviewer import limits
from medviewer.gui.widgets import plain_label
from medviewer.viewer.ui import TextQuestion

WIDTH_PX: Final = 360


class TextDialog(QDialog):
    """Asks for one line of text; Enter takes it, Esc drops it."""

    def __init__(self, question: TextQuestion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(question.title.for_user())
        self.setMinimumWidth(WIDTH_PX)
        self.field = QLineEdit(question.text)
        self.field.setMaxLength(limits.TEXT_SHOWN)
        self.field.setAccessibleName(question.question.for_user())
        self.field.selectAll()
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.accepted.connect(lambda: question.on_text(self.field.text()))
        column = QVBoxLayout(self)
        column.addWidget(plain_label(question.question.for_user(), wraps=True))
        column.addWidget(self.field)
        column.addWidget(self.buttons)
        self.field.setFocus()
