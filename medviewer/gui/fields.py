"""Fields in which a value is typed or chosen, and how they are left."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QWidget


class ChoiceBox(QComboBox):
    """A combo box that tells when its list closes, with or without a choice."""

    closed = Signal()

    def hidePopup(self) -> None:
        """Close the list."""
        super().hidePopup()
        self.closed.emit()


def is_field(widget: QWidget | None) -> bool:
    """Whether keys that are typed into a widget mean a text or a value."""
    return isinstance(widget, QLineEdit | QDoubleSpinBox | QComboBox)


def take_back(widget: QWidget | None) -> None:
    """Take back what was typed and not entered: a box shows its value again, a search is empty."""
    if isinstance(widget, QDoubleSpinBox):
        with QSignalBlocker(widget):
            widget.setValue(widget.value())
    elif isinstance(widget, QLineEdit):
        widget.clear()
