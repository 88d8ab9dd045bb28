"""Placeholder of a pane until its first image.

Black with a sentence, without the library that shows images.
"""

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from medviewer.gui.image_view import TextPainter
from medviewer.imaging import image_colors
from medviewer.viewer.render import Arrangement, PaneText


class BlankView(QWidget):
    """Looks like a `PaneView` without an image.

    Pyqtgraph takes a third of the program's start to load.

    Parameters
    ----------
    ink : TextPainter
        The panes' own, so that the sentence stands on the same pixels.
    """

    double_clicked = Signal()

    def __init__(self, ink: TextPainter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = PaneText()
        self._ink = ink
        self.setMinimumSize(80, 60)

    def show_text(self, text: PaneText) -> None:
        """Show the text in the middle of an empty pane."""
        if text != self.text:
            self.text = text
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell of a double click."""
        del event
        self.double_clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the sentence."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), image_colors.GROUND)
        self._ink.paint(painter, self.text, Arrangement(), (), self.width(), self.height())
        painter.end()
