"""Message bar: a sentence and its hint.

Nothing pops up in the way of the work.
"""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from medviewer.gui.session import Notices
from medviewer.gui.widgets import plain_label, set_role
from medviewer.translation import translate


class MessageBar(QFrame):
    """Shows the newest message.

    Dismissing it uncovers the one before. Hidden while there is none.
    """

    def __init__(self, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notices = notices
        self.setProperty("role", "message")
        self.setAccessibleName(translate("Message"))
        self.sentence = plain_label(wraps=True, selectable=True)
        self.hint = plain_label(role="quiet", wraps=True, selectable=True)
        self.count = plain_label(role="quiet")
        self.dismiss_button = QPushButton(translate("Dismiss"))
        self.dismiss_button.clicked.connect(notices.dismiss)
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
        notices.changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        waiting = self._notices.waiting
        self.setVisible(bool(waiting))
        if not waiting:
            return
        top = waiting[-1]
        self.sentence.setText(top.sentence.for_user())
        self.hint.setText(top.hint.for_user())
        self.hint.setVisible(bool(top.hint))
        older = len(waiting) - 1
        self.count.setText(translate("{count} more", count=older) if older else "")
        self.count.setVisible(bool(older))
        self.setAccessibleDescription(top.sentence.for_user())
        set_role(self, "message-quiet" if top.severity == "info" else "message")
