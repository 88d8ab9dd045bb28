"""Dialog that measures a screen with a ruler."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from medviewer.gui.widgets import measured_per_mm, plain_label, screen_name, stated_per_mm
from medviewer.translation import translate
from medviewer.viewer.color_roles import colors
from medviewer.viewer.render import is_likely_screen, screen_sizes_text, with_screen_size
from medviewer.viewer.viewer import Viewer

LENGTH_MM: Final = 100
FIRST_PER_MM: Final = 3.8  # logical pixels of a usual desktop screen
MARGIN_PX: Final = 16
END_PX: Final = 22
HEIGHT_PX: Final = 72
LEAST_PX: Final = 100.0


class RulerBar(QWidget):
    """A bar with ticks whose right end is dragged, or moved by arrow keys."""

    lengthened = Signal(float)  # logical pixels

    def __init__(self, length: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.length = length
        self._held: float | None = None  # how far from the end it was taken
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setAccessibleName(translate("A bar that is to be 10 cm long"))

    def sizeHint(self) -> QSize:
        """Return room for the bar, and some to lengthen it."""
        return QSize(round(self.length * 1.4) + 2 * MARGIN_PX, HEIGHT_PX)

    def lengthen(self, length: float) -> None:
        """Take another length, within the widget."""
        most = max(LEAST_PX, self.width() - 2.0 * MARGIN_PX)
        length = min(max(length, LEAST_PX), most)
        if length != self.length:
            self.length = length
            self.lengthened.emit(length)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the end, wherever the mouse goes down."""
        self._held = event.position().x() - self.length

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the end with the mouse."""
        if self._held is not None:
            self.lengthen(event.position().x() - self._held)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the end go."""
        self._held = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the end by a pixel, with Shift by ten."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not steps:
            super().keyPressEvent(event)
            return
        is_coarse = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.lengthen(self.length + steps * (10 if is_coarse else 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar with a tick for each centimeter, its ends as lines."""
        del event
        ink, painter = colors(), QPainter(self)
        middle = self.height() / 2
        painter.fillRect(QRectF(MARGIN_PX, middle - 3, self.length, 6), QColor(ink.blue_fill))
        painter.setPen(QPen(QColor(ink.text_1), 1))
        for centimeter in range(11):
            x = MARGIN_PX + self.length * centimeter / 10
            half = END_PX if centimeter in (0, 10) else 9
            painter.drawLine(QPointF(x, middle - half), QPointF(x, middle + half))
        if self.hasFocus():
            painter.setPen(QPen(QColor(ink.blue), 2))
            x = MARGIN_PX + self.length
            painter.drawLine(QPointF(x, middle - END_PX), QPointF(x, middle + END_PX))
        painter.end()


class ScreenSizeDialog(QDialog):
    """Measures the screen on which it is, for true sizes."""

    def __init__(self, viewer: Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self.setWindowTitle(translate("Measure the screen"))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.setSpacing(10)
        told = translate("Hold a ruler to the screen and drag the right end until the bar is 10 cm long.")
        column.addWidget(plain_label(told, wraps=True))
        self.bar = RulerBar(LENGTH_MM * self._first())
        column.addWidget(self.bar)
        self.note = plain_label(role="quiet", wraps=True)
        column.addWidget(self.note)
        buttons = QDialogButtonBox()
        self.keep_button = QPushButton(translate("Keep"))
        self.keep_button.setProperty("role", "primary")
        buttons.addButton(self.keep_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.forget_button = QPushButton(translate("Forget what was measured"))
        buttons.addButton(self.forget_button, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._keep)
        buttons.rejected.connect(self.reject)
        self.forget_button.clicked.connect(self._forget)
        self.forget_button.setEnabled(screen_name(self.screen()) in viewer.state.screen_sizes)
        column.addWidget(buttons)
        self.bar.lengthened.connect(self._show)
        self._show()
        self.bar.setFocus()

    def _first(self) -> float:
        """Return the logical pixels per mm that are most likely."""
        screen = self.screen()
        known = measured_per_mm(screen, self._viewer.state.screen_sizes) or stated_per_mm(screen)
        return FIRST_PER_MM if known is None else known / screen.devicePixelRatio()

    @property
    def per_mm(self) -> float:
        """Screen pixels per mm, by the bar."""
        return self.bar.length / LENGTH_MM * float(self.screen().devicePixelRatio())

    @Slot()
    def _show(self) -> None:
        size = self.screen().size() * self.screen().devicePixelRatio()
        across, down = (f"{length / self.per_mm / 10:.1f}" for length in (size.width(), size.height()))
        self.note.setText(
            translate("The whole screen would be {width} × {height} cm then.", width=across, height=down)
        )
        self.keep_button.setEnabled(is_likely_screen(self.per_mm))

    @Slot()
    def _keep(self) -> None:
        self._change(self.per_mm)

    @Slot()
    def _forget(self) -> None:
        self._change(None)

    def _change(self, per_mm: float | None) -> None:
        sizes = with_screen_size(self._viewer.state.screen_sizes, screen_name(self.screen()), per_mm)
        self._viewer.change(screen_sizes=sizes)
        self._viewer.change_setting("screen_sizes", screen_sizes_text(sizes))
        self.accept()
