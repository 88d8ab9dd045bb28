"""The dialog that asks for user name and pass phrase of a model."""

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from medviewer import limits
from medviewer.gui.widgets import plain_label
from medviewer.translation import translate

WIDTH_PX: Final = 420


class PassPhraseDialog(QDialog):
    """Asks for user name and pass phrase; nothing that was typed is kept.

    Parameters
    ----------
    twice : bool
        The pass phrase is typed again, as it is a new one.
    """

    given = Signal(str, str)

    def __init__(self, title: str, said: str, parent: QWidget | None = None, *, twice: bool = False) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(WIDTH_PX)
        self.said = plain_label(said, wraps=True)
        self.trouble = plain_label(role="attention", wraps=True)
        self.trouble.hide()
        self.user, self.phrase, self.again = QLineEdit(), QLineEdit(), QLineEdit()
        rows = [(translate("User name"), self.user), (translate("Pass phrase"), self.phrase)]
        if twice:
            rows.append((translate("Pass phrase again"), self.again))
        form = QFormLayout()
        for label, field in rows:
            field.setMaxLength(limits.TEXT_SHOWN)
            field.setAccessibleName(label)
            field.textChanged.connect(self._on_edited)
            form.addRow(plain_label(label), field)
        for field in (self.phrase, self.again):
            field.setEchoMode(QLineEdit.EchoMode.Password)
        self._twice = twice
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.ok_button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.buttons.accepted.connect(self._give)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self.said)
        column.addLayout(form)
        column.addWidget(self.trouble)
        column.addWidget(self.buttons)
        self._on_edited()
        self.user.setFocus()

    def refuse(self, why: str) -> None:
        """Say why that was not right, and ask again."""
        self.trouble.setText(why)
        self.trouble.show()
        self.setEnabled(True)
        column = self.layout()
        assert column is not None
        column.activate()
        self.resize(self.width(), max(self.height(), column.totalHeightForWidth(self.width())))
        self.phrase.setFocus()
        self.phrase.selectAll()

    @Slot()
    def _on_edited(self) -> None:
        is_same = not self._twice or self.phrase.text() == self.again.text()
        self.ok_button.setEnabled(bool(self.user.text() and self.phrase.text()) and is_same)

    @Slot()
    def _give(self) -> None:
        self.setEnabled(False)
        self.given.emit(self.user.text(), self.phrase.text())
