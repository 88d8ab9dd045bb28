"""Lines of the card below an answer."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from medviewer.gui.widgets import plain_label
from medviewer.translation import translate


class DetailLines(QWidget):
    """Small lines, each a label of its own, so that none is cut."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def text(self) -> str:
        """Return all lines."""
        return self._text

    def setText(self, text: str) -> None:
        """Show the lines of a text."""
        if text == self._text:
            return
        self._text = text
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        for line in text.splitlines():
            label = plain_label(role="quiet", wraps=True, selectable=True)
            label.setText(line)
            self._column.addWidget(label)


class StruckLine(QWidget):
    """A class that is not valid, small and struck out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.before = plain_label(translate("does not count:"), "faint")
        self.struck = plain_label(role="faint")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.before)
        row.addWidget(self.struck, 1)
        self.hide()

    def show_class(self, title: str) -> None:
        """Show a class; "" for none."""
        shown = self.struck.font()
        shown.setStrikeOut(True)
        self.struck.setFont(shown)
        self.struck.setText(title)
        self.setVisible(bool(title))
