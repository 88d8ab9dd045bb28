"""The sum of a strip beside it, which is its legend, too."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from medviewer.gui.look import Type, font
from medviewer.gui.widgets import plain_tooltip, tabular
from medviewer.translation import listed
from medviewer.viewer.color_roles import colors
from medviewer.viewer.texts import MarkKind, StripPart

LINES: Final = 2
SIGN_PX: Final = (7.0, 10.0)
"""Width and height of the mark of a kind of slice."""
CAP_PX: Final = 3  # amber, as on the strip
SIGN_GAP_PX: Final = 4
GAP_PX: Final = 10  # between two parts


class StripSum(QWidget):
    """Counts the slices asked and flagged in two lines.

    Each kind stands behind its mark.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[StripPart, ...] = ()
        self.setFont(tabular(font(Type.SMALL)))
        self.setMinimumWidth(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """Return the whole sum."""
        return listed(part.text for part in self._parts)

    def show_sum(self, parts: Sequence[StripPart], details: str) -> None:
        """Show the parts of a sum, with the details in the tooltip."""
        if tuple(parts) != self._parts:
            self._parts = tuple(parts)
            self.setAccessibleName(details or self.text())
            self.update()
        tooltip = plain_tooltip(details) if details else ""
        if self.toolTip() != tooltip:
            self.setToolTip(tooltip)

    def sizeHint(self) -> QSize:
        """Return the height of its lines, and no width of its own."""
        return QSize(1, LINES * self.fontMetrics().height())

    def places(self) -> list[tuple[StripPart, QRectF]]:
        """Return the parts with their places.

        What does not fit is cut on the last line.
        """
        metrics, high = self.fontMetrics(), float(self.fontMetrics().height())
        found: list[tuple[StripPart, QRectF]] = []
        left, line = 0.0, 0
        for part in self._parts:
            sign = 0.0 if part.kind is None else SIGN_PX[0] + SIGN_GAP_PX
            wide = sign + metrics.horizontalAdvance(part.text) + 1.0
            if left and left + wide > self.width() and line < LINES - 1:
                left, line = 0.0, line + 1
            found.append((part, QRectF(left, line * high, min(wide, self.width() - left), high)))
            left += wide + GAP_PX
        return [(part, box) for part, box in found if box.width() > 0]

    @property
    def is_cut(self) -> bool:
        """Whether there is no room for the whole sum."""
        shown = self.places()
        metrics = self.fontMetrics()
        return len(shown) < len(self._parts) or any(
            metrics.horizontalAdvance(part.text) > box.width() for part, box in shown
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the marks and their counts."""
        with QPainter(self) as painter:
            painter.setFont(self.font())
            for part, box in self.places():
                words = QRectF(box)
                if part.kind is not None:
                    _paint_sign(painter, part.kind, box)
                    words.setLeft(box.left() + SIGN_PX[0] + SIGN_GAP_PX)
                painter.setPen(QColor(colors().text_2))
                said = self.fontMetrics().elidedText(
                    part.text, Qt.TextElideMode.ElideRight, int(words.width() + 1)
                )
                painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, said)


def _paint_sign(painter: QPainter, kind: MarkKind, box: QRectF) -> None:
    """Paint the mark of a kind of slice as it is on the strip."""
    ink, (wide, high) = colors(), SIGN_PX
    sign = QRectF(box.left(), box.center().y() - high / 2, wide, high)
    if kind is MarkKind.NOT_JUDGED:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(ink.text_2), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(sign.center()), wide / 2 - 0.5, wide / 2 - 0.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    elif kind is MarkKind.UNCERTAIN:
        painter.fillRect(sign, QBrush(QColor(ink.ai), Qt.BrushStyle.BDiagPattern))
        painter.setPen(QPen(QColor(ink.ai), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(sign.adjusted(0.5, 0.5, -0.5, -0.5))
    elif kind is MarkKind.NOT_FLAGGED:
        painter.fillRect(sign, QColor(ink.ai_fill))
    else:
        painter.fillRect(sign, QColor(ink.ai))
        painter.fillRect(QRectF(sign.left(), sign.top(), wide, CAP_PX), QColor(ink.amber))
