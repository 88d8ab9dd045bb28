"""A field that takes the next key that is pressed."""

from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit

MODIFIER_KEYS: Final = frozenset(
    (
        *(Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr),
        *(Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_ScrollLock, Qt.Key.Key_unknown),
        *(Qt.Key.Key_Super_L, Qt.Key.Key_Super_R, Qt.Key.Key_Menu),
    )
)
LEAVING: Final = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape)
PLAIN: Final = ~Qt.KeyboardModifier.KeypadModifier & ~Qt.KeyboardModifier.GroupSwitchModifier


class KeyField(QLineEdit):
    """Shows a key and reports the one that is pressed, in portable writing.

    Tab and Esc leave it, as they leave any field.
    """

    pressed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def show_key(self, key: str) -> None:
        """Show a key as this system writes it."""
        self.setText(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText))

    def event(self, event: QEvent) -> bool:
        """Take keys before they are shortcuts."""
        if isinstance(event, QKeyEvent) and Qt.Key(event.key()) not in LEAVING:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                if name := _key(event):
                    self.pressed.emit(name)
                event.accept()
                return True
        return super().event(event)


def _key(event: QKeyEvent) -> str:
    """Return the pressed key in portable writing; "" for a modifier alone."""
    key, modifiers = Qt.Key(event.key()), event.modifiers() & PLAIN
    if key in MODIFIER_KEYS:
        return ""
    text = event.text()
    is_sign = bool(text.strip()) and text.isprintable() and not text.isalpha()
    if is_sign and not Qt.Key.Key_0 <= key <= Qt.Key.Key_9:  # "?" is Shift and another key on many keyboards
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(key | modifiers).toString(QKeySequence.SequenceFormat.PortableText)
