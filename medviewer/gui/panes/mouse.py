"""Mouse and keyboard interaction of a pane.

Wheel, drags and keys, the same in every pane.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent

from medviewer.imaging.frame import Frame, Voi, Window
from medviewer.viewer.window_drag import dragged_window, starting_window

if TYPE_CHECKING:
    from medviewer.gui.panes.view import PaneView

NOTCH: Final = 120  # of a wheel, in Qt's eighths of a degree
ZOOM_PER_NOTCH: Final = 1.15
ZOOM_PER_PANE: Final = 8.0  # dragging over the pane's height
FINE: Final = 0.2  # Shift slows a window drag down to this
PAGE: Final = 10  # slices
SLICE_PIXELS: Final = (2.0, 16.0)  # mouse travel per slice while dragging, at least and at most


class Tool(StrEnum):
    """Tool of the left mouse button."""

    WINDOW = "window"
    ZOOM = "zoom"
    PAN = "pan"
    SCROLL = "scroll"


KEY_STEPS: Final = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_PageUp: -PAGE,
    Qt.Key.Key_PageDown: PAGE,
}


@dataclass
class _Drag:
    """A drag under way: its action, last place and length.

    The length in shares of the pane.
    """

    tool: Tool
    button: Qt.MouseButton
    last: QPointF
    pressed: QPointF
    across: float = 0.0
    down: float = 0.0
    window: Window | None = None
    slices: int = 0


class MouseInteraction(QObject):
    """Turns mouse and wheel events of a view into signals for the pane."""

    pressed = Signal()
    scrolled = Signal(int)  # by so many slices
    windowed = Signal(object)  # Window
    hovered = Signal(object)  # QPointF in the viewport, None: the mouse left
    double_clicked = Signal()

    def __init__(self, view: "PaneView") -> None:
        super().__init__(view)
        self.tool = Tool.WINDOW
        self.frame: Frame | None = None  # of the image under the mouse; None: nothing to window
        self.voi: Voi | None = None
        self.slices = 1  # in the stack
        self._view = view
        self._drag: _Drag | None = None
        self._wheel = 0
        view.viewport().setMouseTracking(True)
        view.viewport().installEventFilter(self)

    @property
    def dragging(self) -> bool:
        """Whether a button is held down."""
        return self._drag is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle the mouse; everything else goes on to the view."""
        del watched
        if isinstance(event, QWheelEvent):
            self._on_wheel(event)
            return True
        if not isinstance(event, QMouseEvent):
            if event.type() == QEvent.Type.Leave:
                self.hovered.emit(None)
            return False
        kind = event.type()
        if kind == QEvent.Type.MouseMove:
            self._on_move(event)
        elif kind == QEvent.Type.MouseButtonPress:
            self._on_press(event)
        elif kind == QEvent.Type.MouseButtonRelease:
            if self._drag is not None and event.button() == self._drag.button:
                self._drag = None
        elif kind == QEvent.Type.MouseButtonDblClick and event.button() == Qt.MouseButton.LeftButton:
            self._drag = None
            self.double_clicked.emit()
        return True

    def _on_wheel(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._view.zoom_by(ZOOM_PER_NOTCH ** (turned / NOTCH), event.position())
            return
        if self._wheel * turned < 0:  # the other way round: the rest of a notch does not count
            self._wheel = 0
        self._wheel += turned
        notches = int(self._wheel / NOTCH)
        self._wheel -= notches * NOTCH
        if notches:
            self.scrolled.emit(-notches)

    def _on_press(self, event: QMouseEvent) -> None:
        self.pressed.emit()
        tool = {
            Qt.MouseButton.LeftButton: self.tool,
            Qt.MouseButton.RightButton: Tool.WINDOW,
            Qt.MouseButton.MiddleButton: Tool.PAN,
        }.get(event.button())
        if tool is None or self._drag is not None:
            return
        self._drag = _Drag(tool, event.button(), event.position(), event.position())
        if tool == Tool.WINDOW and self.frame is not None and not self.frame.is_color:
            self._drag.window = starting_window(self.frame, self.voi)

    def _on_move(self, event: QMouseEvent) -> None:
        self.hovered.emit(event.position())
        drag = self._drag
        if drag is None:
            return
        if not event.buttons() & drag.button:  # the release went elsewhere
            self._drag = None
            return
        moved = event.position() - drag.last
        drag.last = event.position()
        area = self._view.viewport().size()
        if drag.tool == Tool.PAN:
            self._view.pan_by(moved.x(), moved.y())
        elif drag.tool == Tool.ZOOM:
            self._view.zoom_by(ZOOM_PER_PANE ** (-moved.y() / area.height()), drag.pressed)
        elif drag.tool == Tool.SCROLL:
            self._scroll_drag(drag, moved.y(), area.height())
        elif drag.window is not None:
            fine = FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
            drag.across += fine * moved.x() / area.width()
            drag.down += fine * moved.y() / area.width()
            self.windowed.emit(dragged_window(drag.window, drag.across, drag.down))

    def _scroll_drag(self, drag: _Drag, moved: float, height: int) -> None:
        shortest, longest = SLICE_PIXELS
        drag.down += moved / min(longest, max(shortest, height / max(1, self.slices)))
        slices = int(drag.down)
        if slices != drag.slices:
            self.scrolled.emit(slices - drag.slices)
            drag.slices = slices


def key_steps(event: QKeyEvent, slices: int) -> int | None:
    """Return the slices that a key scrolls in a stack of this size.

    None: not one of ours.
    """
    if event.key() == Qt.Key.Key_Home:
        return -slices
    if event.key() == Qt.Key.Key_End:
        return slices
    return KEY_STEPS.get(Qt.Key(event.key()))
