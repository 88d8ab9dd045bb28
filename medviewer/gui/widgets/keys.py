"""Keys as this system writes them."""

from PySide6.QtGui import QKeySequence


def native_key(key: str) -> str:
    """Return a key in portable writing as this system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
