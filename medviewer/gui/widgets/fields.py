"""Fields in which a value is typed or chosen, and how they are left."""

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QToolButton, QWidget

from medviewer.translation import translate


class WheelFilter(QObject):
    """Leaves the wheel to the panel unless a control has the keyboard.

    Whoever scrolls a panel would otherwise change the values that come under the mouse, unseen.
    """

    def __init__(self, control: QWidget) -> None:
        super().__init__(control)
        control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel gives no keyboard
        control.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Pass the wheel on."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def add_clear_button(field: QLineEdit) -> None:
    """Give a search field a button that clears it, with a spoken name."""
    field.setClearButtonEnabled(True)
    for button in field.findChildren(QToolButton):
        button.setAccessibleName(translate("Clear"))


class ChoiceBox(QComboBox):
    """A combo box that tells when its list closes, with or without a choice."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._popup = self.view().window()  # the list's own; Esc hides it without asking `hidePopup`
        self._popup.installEventFilter(self)
        WheelFilter(self)

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
