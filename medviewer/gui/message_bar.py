"""One bar for all messages: a sentence and what can be done; nothing pops up in the way of the work."""

from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from medviewer.errors import MedviewerError
from medviewer.gui.labels import plain_label, set_role
from medviewer.translation import translate

MOST_WAITING: Final = 20  # a folder of damaged files must not keep the user dismissing all day

Message = tuple[str, str, str]  # sentence, hint, severity


class MessageBar(QFrame):
    """Shows the newest message; dismissing it uncovers the one before. Hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Message] = []
        self.setProperty("role", "message")
        self.setAccessibleName(translate("Message"))
        self.sentence = plain_label(wraps=True, selectable=True)
        self.hint = plain_label(role="quiet", wraps=True, selectable=True)
        self.count = plain_label(role="quiet")
        self.dismiss_button = QPushButton(translate("Dismiss"))
        self.dismiss_button.clicked.connect(self.dismiss)
        for label, share in ((self.sentence, 3), (self.hint, 2)):
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            policy = label.sizePolicy()
            policy.setHorizontalStretch(share)
            label.setSizePolicy(policy)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 8, 4)
        row.setSpacing(12)
        for widget in (self.sentence, self.hint, self.count, self.dismiss_button):
            row.addWidget(widget)
        self.hide()

    @Slot(str, str, str)
    def show_message(self, sentence: str, hint: str = "", severity: str = "error") -> None:
        """Show a message on top of those not dismissed yet.

        Parameters
        ----------
        sentence, hint : str
            Translated; the hint may be empty.
        severity : str
            "info" for what went well; it replaces a former "info" and is coloured quietly. Else amber.
        """
        message = (sentence, hint, severity)
        if severity == "info":
            self._waiting = [waiting for waiting in self._waiting if waiting[2] != "info"]
        if message in self._waiting:
            self._waiting.remove(message)
        self._waiting = [*self._waiting[1 - MOST_WAITING :], message]
        self._show()

    def show_error(self, error: MedviewerError) -> None:
        """Show an error's sentence and hint."""
        self.show_message(error.for_user(), error.hint_for_user())

    @Slot()
    def dismiss(self) -> None:
        """Take the message on top away."""
        if self._waiting:
            self._waiting.pop()
        self._show()

    def _show(self) -> None:
        self.setVisible(bool(self._waiting))
        if not self._waiting:
            return
        sentence, hint, severity = self._waiting[-1]
        self.sentence.setText(sentence)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        older = len(self._waiting) - 1
        self.count.setText(translate("{count} more", count=older) if older else "")
        self.count.setVisible(bool(older))
        self.setAccessibleDescription(sentence)
        set_role(self, "message-quiet" if severity == "info" else "message")
