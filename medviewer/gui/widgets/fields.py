"""Fields in which a value is typed or chosen, and how they are left."""

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QWidget


class ChoiceBox(QComboBox):
    """A combo box that tells when its list closes, with or without a choice."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._popup = self.view().window()  # the list's own; Esc hides it without asking `hidePopup`
        self._popup.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that the list has closed."""
        if watched is self._popup and event.type() == QEvent.Type.Hide:
            self.closed.emit()
        return super().eventFilter(watched, event)


def is_field(widget: QWidget | None) -> bool:
    """Return whether keys that are typed into a widget mean a text or a value."""
    return isinstance(widget, QLineEdit | QDoubleSpinBox | QComboBox)


def take_back(widget: QWidget | None) -> None:
    """Discard typed text that was not entered.

    A box shows its value again, a search is empty.
    """
    if isinstance(widget, QDoubleSpinBox):
        with QSignalBlocker(widget):
            widget.setValue(widget.value())
    elif isinstance(widget, QLineEdit):
        widget.clear()
