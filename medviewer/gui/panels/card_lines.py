"""Lines of the card below an answer."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from medviewer.gui.widgets import plain_label
from medviewer.translation import translate


class DetailLines(QWidget):
    """Small lines, each a label of its own, so that none is cut."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._labels: list[QLabel] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def text(self) -> str:
        """Return all lines."""
        return self._text

    def setText(self, text: str) -> None:
        """Show the lines of a text.

        Labels that are there stay, so that a card that was scrolled keeps its place.
        """
        if text == self._text:
            return
        self._text = text
        lines = text.splitlines()
        while (item := self._column.takeAt(len(lines))) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        while self._column.count() < len(lines):
            label = plain_label(role="quiet", wraps=True, selectable=True)
            self._labels[self._column.count() :] = [label]
            self._column.addWidget(label)
        for label, line in zip(self._labels, lines, strict=False):
            label.setText(line)


class StruckLine(QWidget):
    """A class that is not valid, small and struck out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.before = plain_label(translate("what it put out, not valid here:"), "faint")
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
