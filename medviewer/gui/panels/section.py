"""A section of the dock: a head that folds it, and a body of fixed height."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from medviewer.gui.look import icon, paint_icon
from medviewer.gui.panels.whole_lines import whole_from, whole_until
from medviewer.gui.widgets import plain_label, plain_tooltip
from medviewer.translation import mark, translate
from medviewer.viewer.color_roles import colors

HEAD_PX: Final = 36
ICON_PX: Final = 16
MORE_PX: Final = 12  # the sign itself
BUTTON_PX: Final = 24
MARGIN_PX: Final = 16  # left of everything in the dock
FADE_PX: Final = 12  # the sign that more is below
NAMED_FADE_PX: Final = 24  # with words beside it, so that it is not taken for the sign of a part above it
BAR_PX: Final = 8  # of a scroll bar, whose room is always kept


class SteadyScroll(QScrollArea):
    """Scrolls up and down; the room of its bar is kept from the start.

    So nothing becomes narrower when the content grows. A click on the sign that more is below goes there.
    """

    fade_px = FADE_PX

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setViewport(QWidget())  # one of our own: to find out the class of Qt's, all of them are made
        self.setWidget(content)
        self.setWidgetResizable(True)
        content.setAutoFillBackground(False)  # the section paints the ground
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a click on its buttons would give it the keyboard
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.fade = Fade(self)
        self.fade.clicked.connect(self._scroll_on)
        self.lid = Lid(self)
        self.verticalScrollBar().rangeChanged.connect(self._show_bar)
        self.verticalScrollBar().valueChanged.connect(self._show_fade)
        self._show_bar()

    @Slot()
    def _show_bar(self) -> None:
        """Paint the bar only if there is something to scroll."""
        self.verticalScrollBar().setEnabled(self.verticalScrollBar().maximum() > 0)
        self._show_fade()

    @Slot()
    def _show_fade(self) -> None:
        """Cover half a line at either edge, with a sign where more is below."""
        bar, port = self.verticalScrollBar(), self.viewport().geometry()
        high, begins = self.fade_px, bar.value()
        lowest = begins + port.height() - self.fade_px
        content = self.widget()
        if content is not None and self.isVisible() and bar.maximum() > 0:
            begins = whole_from(content, bar.value(), lowest)
            if bar.value() < bar.maximum():
                high = port.height() - whole_until(content, lowest, begins) + bar.value()
        self.fade.setGeometry(port.left(), port.bottom() + 1 - high, port.width(), high)
        # guard(-> False): no line is cut in half as if nothing came below
        self.fade.setVisible(bar.value() < bar.maximum())
        # guard(begins - bar.value() -> 0): a page begins with a whole line
        self.lid.setGeometry(port.left(), port.top(), port.width(), begins - bar.value())
        self.lid.setVisible(begins > bar.value())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the fade at the lower edge."""
        super().resizeEvent(event)
        self._show_fade()

    def showEvent(self, event: QShowEvent) -> None:
        """Look for the lines at the lower edge, which nobody sees before."""
        super().showEvent(event)
        self._show_fade()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Pass the wheel on where nothing can be scrolled."""
        if self.verticalScrollBar().isEnabled():
            super().wheelEvent(event)
        else:
            event.ignore()  # a bar that is off would swallow it

    @Slot()
    def _scroll_on(self) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + max(MORE_PX, self.viewport().height() - self.fade.height()))

    def minimumSizeHint(self) -> QSize:
        """Return no width of its own: the dock decides."""
        return QSize(0, 0)


class Lid(QWidget):
    """Covers half a line at the upper edge."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground of the dock."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(colors().panel))


class Fade(QWidget):
    """Covers half lines at the lower edge, with a sign of more below."""

    clicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.names = ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_names(self, names: str) -> None:
        """Write names beside the sign."""
        if names != self.names:
            self.names = names
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a click on the sign."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground of the dock, and an arrow, with the names."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(colors().panel))
            words = self.fontMetrics().horizontalAdvance(self.names)
            left, top = (self.width() - MORE_PX - words) / 2, float(self.height() - MORE_PX)
            if self.names:
                left, top = max(left, 0.0), self.height() - (NAMED_FADE_PX + MORE_PX) / 2
                place = QRectF(left + MORE_PX + 4, self.height() - NAMED_FADE_PX, self.width(), NAMED_FADE_PX)
                painter.setPen(QColor(colors().text_2))
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self.names)
            paint_icon(painter, QRectF(left, top, MORE_PX, MORE_PX), "chevron-down", "text_2")


class Section(QFrame):
    """A titled part of the dock.

    Its height is given from outside and never follows its content.

    Parameters
    ----------
    name : str
        By which its folding is remembered.
    icon_name, title : str
        A Lucide icon, and a translated word.
    content : QWidget
        Brings its own margins.
    scrolls : bool
        Let the body scroll what does not fit.
    reset : callable, optional
        Done by the button in the head.
    buttons : sequence of QWidget
        What else stands there, made by `head_button`.
    """

    folded = Signal(str, bool)
    """(name, is open); by the user."""

    came = Signal()
    """It is in the dock now, or no longer."""

    def __init__(
        self,
        name: str,
        icon_name: str,
        title: str,
        content: QWidget,
        *,
        role: str = "text_2",
        scrolls: bool = True,
        reset: Callable[[], object] | None = None,
        reset_hint: str = "",
        buttons: Sequence[QWidget] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.name, self.title = name, title
        self.setProperty("role", "section")
        self.setAccessibleName(title)
        self.head = QWidget()
        self.head.setFixedHeight(HEAD_PX)
        row = QHBoxLayout(self.head)
        row.setContentsMargins(MARGIN_PX, 0, BAR_PX, 0)
        row.setSpacing(8)
        row.addWidget(Picture(icon_name, role))
        row.addWidget(plain_label(title, "strong"), 1)
        self.reset_button: QToolButton | None = None
        if reset is not None:
            self.reset_button = head_button("rotate-ccw", translate("Reset"), reset_hint)
            self.reset_button.clicked.connect(reset)
            row.addWidget(self.reset_button)
        for button in buttons:
            row.addWidget(button)
        self.fold_button = head_button("chevron-down", title)
        self.fold_button.clicked.connect(self._turn)
        row.addWidget(self.fold_button)
        self.body: QWidget = SteadyScroll(content, self) if scrolls else content
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.body, 1)
        self.is_open = True
        self._laid: tuple[bool, int] | None = None  # how it was laid out last
        self.is_spare = False

    def show_open(self, *, is_open: bool, height: int) -> None:
        """Unfold it to a height with its head, or leave the head alone."""
        if self._laid == (is_open, height):
            return
        self.is_open, self._laid = is_open, (is_open, height)
        self.body.setVisible(is_open)
        self.setFixedHeight(height if is_open else HEAD_PX)
        told = mark("Fold {section}") if is_open else mark("Unfold {section}")
        text = translate(told, section=self.title)
        self.fold_button.setIcon(icon("chevron-down" if is_open else "chevron-right"))
        self.fold_button.setAccessibleName(text)
        self.fold_button.setToolTip(plain_tooltip(text))

    @Slot(bool)
    def show_there(self, is_there: bool) -> None:
        """Be in the dock, or leave it where there is nothing to show."""
        self.setVisible(is_there)
        self.came.emit()

    @Slot(bool)
    def show_spare(self, is_spare: bool) -> None:
        """Take whether it makes way before the other sections."""
        if is_spare != self.is_spare:
            self.is_spare = is_spare
            self.came.emit()

    @Slot()
    def _turn(self) -> None:
        self.folded.emit(self.name, not self.is_open)


class Picture(QWidget):
    """An icon in the color of the theme in use, on the screen in use."""

    def __init__(self, name: str, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = name, role
        self.setFixedSize(ICON_PX, ICON_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon."""
        with QPainter(self) as painter:
            paint_icon(painter, QRectF(self.rect()), *self._icon)


def head_button(icon_name: str, name: str, hint: str = "") -> QToolButton:
    """Return a button with an icon for the head of a section."""
    button = QToolButton()
    button.setProperty("role", "head")
    button.setIcon(icon(icon_name))
    button.setIconSize(QSize(ICON_PX, ICON_PX))
    button.setFixedSize(BUTTON_PX, BUTTON_PX)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(name)
    button.setToolTip(plain_tooltip(hint or name))
    return button
