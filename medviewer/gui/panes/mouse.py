"""Mouse and keyboard interaction of a pane.

Qt's events become calls of tools, scrolling and zooming.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QWheelEvent

from medviewer.imaging.frame import Frame, Voi, Window
from medviewer.viewer import annotations, tools
from medviewer.viewer.tools import LOCATE, MOUSE_SCHEMES, TOOLS, Cursor, Interaction, Pointer, WipeDrag
from medviewer.viewer.viewer import Viewer

if TYPE_CHECKING:
    from medviewer.gui.image_view import PaneView

NOTCH: Final = 120  # of a wheel, in Qt's eighths of a degree
ZOOM_PER_NOTCH: Final = 1.15
PAGE: Final = 10  # slices
CLICK_PX: Final = 4  # a press that moved less is a click
MENU_BUTTON: Final = Qt.MouseButton.RightButton

ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
KEY_STEPS: Final = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_PageUp: -PAGE,
    Qt.Key.Key_PageDown: PAGE,
}

CURSORS: Final = {
    Cursor.ARROW: Qt.CursorShape.ArrowCursor,
    Cursor.CROSS: Qt.CursorShape.CrossCursor,
    Cursor.HAND: Qt.CursorShape.OpenHandCursor,
}


@dataclass(frozen=True, slots=True)
class _Drag:
    """A button that is held, and the tool that follows it."""

    button: Qt.MouseButton
    interaction: Interaction


class MouseInteraction(QObject):
    """Translates mouse and wheel events of a view.

    For tools it is the pane that they act on.

    Parameters
    ----------
    position : callable
        Gives the (row, column) of the stored frame under a point of the viewport.
    """

    pressed = Signal()
    scrolled = Signal(int)  # slices
    hovered = Signal(object)  # QPointF in the viewport, None: the mouse left
    double_clicked = Signal()
    clicked = Signal()  # in a film
    brush_changed = Signal()

    def __init__(
        self,
        view: "PaneView",
        viewer: Viewer,
        number: int,
        position: Callable[[QPointF], tuple[float, float]],
    ) -> None:
        super().__init__(view)
        self.viewer, self.number = viewer, number
        self.frame: Frame | None = None  # of the image under the mouse; None: nothing to act on
        self.voi: Voi | None = None
        self.slices = 1  # in the stack
        self.is_in_film = False  # a click chooses the pane; there is no room for tools
        self._clicks: QPointF | None = None  # where a press may become a click
        self._view, self._position = view, position
        self._drag: _Drag | None = None
        self._going: Interaction | None = None  # a drawing that waits for its next press
        self._asks: QPointF | None = None  # where the menu's button went down and has not moved
        self._wheel = 0
        self._is_over_line = False  # of a wipe
        self._is_on_grip = False  # the mouse is over what a press would take hold of
        view.viewport().setMouseTracking(True)
        view.viewport().installEventFilter(self)
        self.show_cursor()

    def take_tool(self) -> None:
        """Drop the drawing of another tool, and show the new cursor."""
        self.give_up_drawing()
        self.show_cursor()
        self.brush_changed.emit()

    def show_cursor(self) -> None:
        """Give the mouse pointer the shape of the chosen tool."""
        tool = CURSORS[TOOLS[self.viewer.state.tool].cursor]
        if self._is_over_line:
            tool = Qt.CursorShape.SizeHorCursor
        self._view.viewport().setCursor(Qt.CursorShape.PointingHandCursor if self.is_in_film else tool)

    def show_in_film(self, in_film: bool) -> None:
        """Take the mouse as a pane of a film does, or as a large one."""
        if in_film != self.is_in_film:
            self._give_up_drag()
            self.is_in_film, self._clicks = in_film, None
            self.show_cursor()

    # --- for tools -------------------------------------------------------------------------------------

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pane in logical pixels."""
        area = self._view.viewport().size()
        return area.width(), area.height()

    def position_at(self, pointer: Pointer) -> tuple[float, float]:
        """Return the stored (row, column) under the mouse.

        Pixel centers lie at whole numbers.
        """
        return self._position(QPointF(pointer.x, pointer.y))

    def pointer_at(self, x: float, y: float) -> Pointer:
        """Return a place of the frame, (x, y) in pixels, on the pane."""
        state = self.viewer.state.display.panes[self.number]
        assert state is not None  # it has annotations
        place = self._view.point_at(*state.view.frame_to_view(y - 0.5, x - 0.5))
        return Pointer(place.x(), place.y())

    def label_at(self, pointer: Pointer) -> str:
        """Return the id of the annotation whose label is under the mouse, or ""."""
        return self._view.label_at(QPointF(pointer.x, pointer.y))

    def label_middle(self, name: str) -> Pointer | None:
        """Return the middle of an annotation's label; None: it has none."""
        box = self._view.label_box(name)
        return None if box is None else Pointer((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)

    def pan_by(self, across: float, down: float) -> None:
        """Move the image, by logical pixels."""
        self._view.pan_by(across, down)

    def zoom_by(self, factor: float, around: Pointer) -> None:
        """Magnify the image around a fixed point."""
        self._view.zoom_by(factor, QPointF(around.x, around.y))

    def scroll_by(self, slices: int) -> None:
        """Go some slices on, once all events that wait have been seen."""
        self.scrolled.emit(slices)

    def set_window(self, window: Window) -> None:
        """Window the pane and those linked to it."""
        self.viewer.set_voi(window, self.number)

    # --- Qt's events -----------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle the mouse; everything else goes on to the view."""
        del watched
        if isinstance(event, QWheelEvent):
            self._on_wheel(event)
            return True
        if event.type() == QEvent.Type.ContextMenu:  # of the press, which may become a drag
            return True
        if not isinstance(event, QMouseEvent):
            if event.type() == QEvent.Type.Leave:
                self.hovered.emit(None)
            return False
        kind = event.type()
        if kind == QEvent.Type.MouseMove:
            self._on_move(event)
        elif self.is_in_film:
            self._on_film(event)
        elif kind == QEvent.Type.MouseButtonPress:
            self._on_press(event)
        elif kind == QEvent.Type.MouseButtonRelease:
            self._on_release(event)
        elif kind == QEvent.Type.MouseButtonDblClick and event.button() == Qt.MouseButton.LeftButton:
            if self._going is not None and self._going.ends_on_double_click:
                self.finish_drawing()
            else:
                self.give_up()
                self.double_clicked.emit()
        return True

    def _on_wheel(self, event: QWheelEvent) -> None:
        """Scroll or zoom, and make the pane active.

        Keys are for the image that the hand just looked for. A small pane of the film stays small.
        """
        turned = event.angleDelta().y() or event.angleDelta().x()
        if turned and not self.is_in_film:
            self.viewer.set_focus(self.number)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._view.zoom_by(ZOOM_PER_NOTCH ** (turned / NOTCH), event.position())
            return
        is_shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if is_shift and self.viewer.state.tool in tools.OUTLINE_TOOLS:
            annotations.resize_brush(self.viewer, 1 if turned > 0 else -1)
            return
        if self._wheel * turned < 0:  # the other way round: the rest of a notch does not count
            self._wheel = 0
        self._wheel += turned
        notches = int(self._wheel / NOTCH)
        self._wheel -= notches * NOTCH
        if notches:
            if event.modifiers() & Qt.KeyboardModifier.AltModifier:
                # guard(statement): behind Alt and the wheel the keyboard stays with the image
                QCoreApplication.sendEvent(QObject(), QEvent(QEvent.Type.ActivationChange))
                self.viewer.scroll_alone(-notches, self.number)
            else:
                self.scrolled.emit(-notches)

    def _on_film(self, event: QMouseEvent) -> None:
        """Choose the pane by a click; a drag is none."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place, self._clicks = self._clicks, None
        if event.type() == QEvent.Type.MouseButtonPress:
            self._clicks = event.position()
        elif place is not None and (event.position() - place).manhattanLength() < CLICK_PX:
            self.clicked.emit()

    def _on_press(self, event: QMouseEvent) -> None:
        was_active = self.viewer.state.display.focus == self.number
        self.pressed.emit()
        scheme = MOUSE_SCHEMES[self.viewer.state.mouse_scheme]
        tool = {
            Qt.MouseButton.LeftButton: TOOLS[self.viewer.state.tool],
            Qt.MouseButton.RightButton: scheme.right,
            Qt.MouseButton.MiddleButton: scheme.middle,
        }.get(event.button())
        if tool is None or self._drag is not None:
            return
        is_left = event.button() == Qt.MouseButton.LeftButton
        # guard(test): a click that makes a pane active paints no outline
        if is_left and not was_active and self.viewer.state.tool in tools.OUTLINE_TOOLS:
            return
        going, self._going = (self._going, None) if is_left else (None, self._going)
        if going is not None:
            started = going
        elif is_left and self._view.takes_line(event.position()):
            started = WipeDrag()
        elif self._points_at(event):
            started = LOCATE.start()
        else:
            started = (self._grip(_pointer(event)) if is_left else None) or tool.start()
        self._drag = _Drag(event.button(), started)
        if event.button() == MENU_BUTTON:
            self._asks = event.position()
        self._drag.interaction.press(self, _pointer(event))

    def _points_at(self, event: QMouseEvent) -> bool:
        """Return whether a place is pointed at with a tool for something else.

        Shift slows a window drag, and may mean something to tools that draw.
        """
        is_shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        is_left = event.button() == Qt.MouseButton.LeftButton
        return is_shift and is_left and self.viewer.state.tool in ("zoom", "pan", "scroll")

    def _grip(self, pointer: Pointer) -> Interaction | None:
        """Return the grip under a press; beside all of them, deselect."""
        state = self.viewer.state.display.panes[self.number]
        if state is None or not state.annotations:
            return None

        found = tools.grip_at(self, pointer)
        if found is None:
            annotations.select(self.viewer, "")
        return found

    def _show_grip(self, pointer: Pointer) -> None:
        """Show by the cursor whether a press would take hold of an annotation."""
        state = self.viewer.state.display.panes[self.number]
        if state is None or not (state.annotations or self._is_on_grip):
            return

        is_on = tools.grip_at(self, pointer) is not None
        if is_on != self._is_on_grip:
            self._is_on_grip = is_on
            tool = CURSORS[TOOLS[self.viewer.state.tool].cursor]
            self._view.viewport().setCursor(Qt.CursorShape.SizeAllCursor if is_on else tool)

    def takes_key(self, event: QKeyEvent) -> bool:
        """Take Enter, which ends a drawing, and Esc, which drops it."""
        if event.key() in ENTER and self._going is not None:
            self.finish_drawing()
            return True
        return event.key() == Qt.Key.Key_Escape and self.give_up()

    def finish_drawing(self) -> None:
        """End the drawing that waits; keep it if it is complete."""
        going, self._going = self._going, None
        if going is not None:
            going.finish(self)

    def give_up_drawing(self) -> None:
        """Drop the drawing that waits for its next press."""
        going, self._going = self._going, None
        if going is not None:
            going.cancel(self)

    def give_up(self) -> bool:
        """Drop the drawing or drag under way; return whether there was one."""
        has_any = self._going is not None or self._drag is not None
        self.give_up_drawing()
        self._give_up_drag()
        return has_any

    def _ask_for_menu(self, event: QMouseEvent) -> None:
        """Ask the pane for its menu, as the menu key does.

        What is drawn under the mouse is selected.
        """
        grip = self._grip(_pointer(event))
        if grip is not None:
            grip.press(self, _pointer(event))
        place = event.globalPosition().toPoint()
        pane = self._view.parentWidget()
        if pane is None:
            return
        asked = QContextMenuEvent(QContextMenuEvent.Reason.Other, pane.mapFromGlobal(place), place)
        QCoreApplication.sendEvent(pane, asked)

    def _on_move(self, event: QMouseEvent) -> None:
        self.hovered.emit(event.position())
        if self._drag is None:
            if self._going is not None:
                self._going.hover(self, _pointer(event))
                return
            self._show_line_cursor(event.position())
            if not (self.is_in_film or self._is_over_line):
                self._show_grip(_pointer(event))
            return
        if event.buttons() & self._drag.button:
            if self._asks is not None and (event.position() - self._asks).manhattanLength() < CLICK_PX:
                return
            self._asks = None
            self._drag.interaction.drag(self, _pointer(event))
        else:  # the release went elsewhere
            self._give_up_drag()

    def _show_line_cursor(self, point: QPointF) -> None:
        """Show that the line of a wipe under the mouse can be dragged."""
        is_over = not self.is_in_film and self._view.takes_line(point)
        if is_over != self._is_over_line:
            self._is_over_line = is_over
            self.show_cursor()

    def _give_up_drag(self) -> None:
        drag, self._drag = self._drag, None
        if drag is not None:
            drag.interaction.cancel(self)

    def _on_release(self, event: QMouseEvent) -> None:
        drag = self._drag
        if drag is not None and event.button() == drag.button:
            asks, self._asks = self._asks, None
            self._drag = None
            drag.interaction.release(self, _pointer(event))
            if drag.interaction.continues:
                self._going = drag.interaction
            if asks is not None:
                self._ask_for_menu(event)


def _pointer(event: QMouseEvent) -> Pointer:
    fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    return Pointer(event.position().x(), event.position().y(), fine)


def key_steps(event: QKeyEvent, slices: int) -> int | None:
    """Return the slices that a key scrolls in a stack of this size.

    None: not one of ours.
    """
    if event.key() == Qt.Key.Key_Home:
        return -slices
    if event.key() == Qt.Key.Key_End:
        return slices
    return KEY_STEPS.get(Qt.Key(event.key()))
