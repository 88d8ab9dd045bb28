"""Reading and mouse movements on a pane.

Read it, look at it, turn the wheel, drag.
"""

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from medviewer.gui.panes.pane import Pane
from medviewer.viewer.render.pane_text import TextOptions
from medviewer.viewer.render.text_layout import PaneText
from medviewer.viewer.render.text_level import TextLevel

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
PLAIN = Qt.KeyboardModifier.NoModifier


def words(pane: Pane) -> list[str]:
    """Return the words on a pane."""
    pane.refresh()
    return [line.full for line in pane.view.places.lines]


def bare(pane: Pane) -> None:
    """Take all texts off the image, those that are never hidden too."""
    pane.refresh()
    pane.show_as(TextOptions(level=TextLevel.LETTERS))
    pane.refresh()
    pane.view.show_text(PaneText())


def shown(pane: Pane) -> np.ndarray:
    """Return the image on the screen, as gray values, without texts."""
    bare(pane)
    image = pane.view.viewport().grab().toImage()
    image = image.convertToFormat(image.Format.Format_Grayscale8)
    gray = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return gray[:, : image.width()].copy()


def wheel(
    pane: Pane,
    notches: float,
    modifiers: Qt.KeyboardModifier = PLAIN,
    at: QPointF | None = None,
    *,
    settled: bool = True,
) -> None:
    place = at or QPointF(200, 200)
    event = QWheelEvent(
        *(place, place, QPoint(), QPoint(0, int(120 * notches))),
        *(Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False),
    )
    QApplication.sendEvent(pane.view.viewport(), event)
    if settled:  # scrolling waits for the end of what the hands do at once
        QApplication.processEvents()


def mouse(pane: Pane, kind: QEvent.Type, x: float, y: float, button, modifiers=PLAIN) -> None:
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
    which = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
    event = QMouseEvent(kind, QPointF(x, y), QPointF(x, y), which, held, modifiers)
    QApplication.sendEvent(pane.view.viewport(), event)
    QApplication.processEvents()


def drag(pane: Pane, button, start, end, modifiers=PLAIN) -> None:
    mouse(pane, QEvent.Type.MouseButtonPress, *start, button, modifiers)
    for share in (0.5, 1.0):
        x, y = (a + share * (b - a) for a, b in zip(start, end, strict=True))
        mouse(pane, QEvent.Type.MouseMove, x, y, button, modifiers)
    mouse(pane, QEvent.Type.MouseButtonRelease, *end, button, modifiers)
