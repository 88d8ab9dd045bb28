"""One pane: paints its PaneState and passes mouse input on."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from medviewer.gui import image_view
from medviewer.gui.image_view import TextPainter
from medviewer.gui.panes.blank import BlankView
from medviewer.gui.panes.brush_ring import BrushRing
from medviewer.gui.panes.drop_frame import DropFrame
from medviewer.gui.panes.film import SwapHint
from medviewer.gui.panes.header import PaneHeader
from medviewer.gui.panes.mouse import ENTER, MouseInteraction, key_steps
from medviewer.gui.panes.over_image import OverImage, PaneReference
from medviewer.gui.panes.readout import PixelReadout, ShownPane, stored_at
from medviewer.gui.panes.wait import PaneWait, TryAgain, empty_text, waiting_text
from medviewer.gui.panes.words import PaneWords
from medviewer.gui.panes.zoom_memory import ZoomMemory
from medviewer.imaging import processing
from medviewer.viewer.color_roles import colors
from medviewer.viewer.render import TextOptions
from medviewer.viewer.shown_image import ShownImage
from medviewer.viewer.state import (
    Comparison,
    PaneState,
    differs_in_drawings_only,
    is_current,
    repaint_delay_ms,
    whose,
)

if TYPE_CHECKING:
    from medviewer.gui.image_view import PaneView
    from medviewer.gui.session import ViewerSession
    from medviewer.imaging.processing import Processed

RING_PX: Final = 2
REST_MS: Final = 60
STAGGER_MS: Final = 15  # one pane after another, so that none holds up the window for long


class Pane(QWidget):
    """Shows the session's pane of one number.

    A change is painted in the event loop's next turn, so that of many changes only the newest is rendered.
    It starts blank: the view of images comes with the first of them, or when `build` is called.
    """

    probed = Signal(object)  # Probe, None: the mouse is over no pixel
    maximize_asked = Signal(int)
    zoom_changed = Signal(int)
    stack_changed = Signal(int)  # it shows another stack than before
    texts_moved = Signal()
    words_written = Signal(int)  # its number
    film_hovered = Signal(int, object)  # QPoint on the screen over it in the film; None: the mouse left

    def __init__(
        self,
        session: "ViewerSession",
        number: int,
        ink: TextPainter | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.number = number
        self._shows = number  # of which pane; another one's while that is previewed
        self.is_in_film = False
        self.options = TextOptions()
        self._session = session
        self._focused = False
        self._is_outdated = False  # it was out of sight when something changed
        self._zoom = ZoomMemory(session.viewer, number)
        self._readout = PixelReadout(session.viewer, self._seen, self)
        self._over = OverImage()
        self.shown = ShownImage(session.viewer, number, self._show_wipe)
        self.header = PaneHeader(number, self)
        self._ink = ink if ink is not None else TextPainter(self.font())
        self._blank = BlankView(self._ink)
        self._parts: tuple[PaneView, MouseInteraction] | None = None
        self._rest = self._timer(REST_MS + STAGGER_MS * number, self._make_next_ready)
        self._soon = self._timer(0, self.refresh)
        self._slices = 0
        self._scroll_soon = self._timer(0, self._scroll_on)
        self.reference = PaneReference(session.viewer)
        self._wait = PaneWait(session.workers, self)
        self._again: TryAgain | None = None
        self._swap: SwapHint | None = None
        self._drop: DropFrame | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(RING_PX, RING_PX, RING_PX, RING_PX)
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self._column.addWidget(self._blank, 1)
        self._blank.double_clicked.connect(self._ask_maximize)
        self._words = PaneWords(self, self.header, number)
        self.caption = self._words.caption
        self._column.addWidget(self.caption)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._connect()
        self.refresh()

    def _timer(self, milliseconds: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    def _connect(self) -> None:
        self._session.pane_changed.connect(self._on_pane_changed)
        self._session.busy_changed.connect(self._on_pane_changed)
        self._session.came_ahead.connect(self._on_came_ahead)
        self._wait.changed.connect(self._on_wait)
        self._readout.probed.connect(self.probed)
        self.header.processing_chosen.connect(self._choose_processing)
        self.header.maximize_clicked.connect(self._ask_maximize)

    @property
    def view(self) -> "PaneView":
        """View of the image."""
        return self.build()[0]

    @property
    def mouse(self) -> MouseInteraction:
        """The mouse interaction of the view."""
        return self.build()[1]

    def build(self) -> "tuple[PaneView, MouseInteraction]":
        """Create the image view in the place of the blank, looking the same."""
        if self._parts is None:
            self._parts = self._made()
        return self._parts

    def _made(self) -> "tuple[PaneView, MouseInteraction]":
        view = image_view.PaneView(self._ink)  # which the start of the window does not need
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.show_text(self._blank.text)
        view.show_smooth(self._session.viewer.state.smooths)
        view.resolution_changed.connect(self._on_resolution)
        view.zoom_changed.connect(self._on_zoom)
        view.texts_moved.connect(self._on_texts_moved)
        mouse = MouseInteraction(view, self._session.viewer, self.number, self._stored_at)
        mouse.pressed.connect(self._take_focus)
        mouse.scrolled.connect(self._scroll)
        mouse.hovered.connect(self._readout.hover)
        mouse.hovered.connect(self._stir_film)
        mouse.double_clicked.connect(self._ask_maximize)
        mouse.clicked.connect(self._take_focus)
        mouse.show_in_film(self.is_in_film)
        self.brush_ring = BrushRing(view, mouse)
        self._column.replaceWidget(self._blank, view)
        self._blank.hide()
        self._blank.deleteLater()
        return view, mouse

    @property
    def has_image(self) -> bool:
        """Whether any image is on the screen."""
        return self._parts is not None and self._parts[0].has_image

    def shows_place_of(self, other: "Pane") -> bool:
        """Return whether another pane shows the same stack, or a phase of it."""
        return self._zoom.place is not None and self._zoom.place == other._zoom.place

    def read_boxes(self) -> list[QRect]:
        """Return the places of all texts.

        With title strip, scale bar and caption, in coordinates of the pane.
        """
        strips = [part.geometry() for part in (self.header, self.caption) if part.isVisible()]
        if self._parts is None:
            return strips
        view = self._parts[0]
        boxes = [
            QRectF(left, top, right - left, bottom - top) for left, top, right, bottom in view.text_boxes()
        ]
        return strips + [box.toAlignedRect().translated(view.geometry().topLeft()) for box in boxes]

    def image_box(self) -> QRect:
        """Return the place of the image, in coordinates of the pane.

        Empty where there is none.
        """
        if self._parts is None or not self.view.has_image:
            return QRect()
        view = self.view
        image = QRectF(view.point_at(0, 0), view.point_at(*view.extent)).toAlignedRect()
        return (image & view.rect()).translated(view.geometry().topLeft())

    @property
    def state(self) -> PaneState | None:
        """The session's state for this pane."""
        return self._session.state.panes[self._shows]

    @property
    def written_state(self) -> PaneState | None:
        """The state of its words, behind the newest one until that is painted."""
        return self._words.written_state

    # --- showing ---------------------------------------------------------------------------------------

    def refresh_soon(self, *, at_once: bool = False) -> None:
        """Show the newest state in the next turn of the event loop.

        Or with the change that is about to come, unless `at_once`.
        """
        shown = self.shown.whose if self.shown.rendered is not None else None
        has_result = shown is not None and self.view.text.result is not None
        processed = self._session.processed(self._shows)
        wait = 0 if at_once else repaint_delay_ms(self.state, processed, shown=shown, has_result=has_result)
        if not self._soon.isActive() or wait < self._soon.interval():
            self._soon.start(wait)

    def show_as(self, options: TextOptions) -> None:
        """Choose the texts to show."""
        if options != self.options:
            level, self.options = self.options.level, options
            self.refresh_soon(at_once=level != options.level)  # no large image is without its texts

    def show_in_film(self, in_film: bool) -> None:
        """Be a small pane of the film, or a large one."""
        if in_film == self.is_in_film:
            return
        self.is_in_film = in_film
        self.header.show_in_film(in_film)
        self.caption.setVisible(in_film)
        if self._parts is not None:
            self.mouse.show_in_film(in_film)
        self.refresh_soon()

    def show_of(self, number: int | None) -> None:
        """Preview the image of another pane; None: show its own again."""
        shows = self.number if number is None else number
        if shows != self._shows:
            self._shows = shows
            self.refresh()

    def show_swap(self, large: int | None) -> None:
        """Say that a click swaps the pane with the large one; None: no longer."""
        if large is not None and self._swap is None:
            self._swap = SwapHint(self.view.viewport())
        if self._swap is not None and large is not None:
            self._swap.show_number(large)
        elif self._swap is not None:
            self._swap.hide()

    def show_drop(self, *, is_target: bool) -> None:
        """Mark it as the target of a drag, or no longer."""
        if is_target and self._drop is None:
            self._drop = DropFrame(self)
        if self._drop is not None and is_target:
            self._drop.show_number(self.number)
        elif self._drop is not None:
            self._drop.hide()

    @property
    def shown_number(self) -> int:
        """The number of the pane whose image it shows.

        Its own, or a previewed one.
        """
        return self._shows

    def show_cursor(self) -> None:
        """Give the mouse pointer the shape of the newly chosen tool."""
        if self._parts is not None:
            self.mouse.take_tool()

    def move_wipe(self, share: float) -> None:
        """Move the line of a wipe, if one is shown, to a share of the width."""
        if self._parts is not None:
            self.view.move_wipe(share)

    def show_smooth(self, smooths: bool) -> None:
        """Smooth magnified pixels, or show each as it is."""
        if self._parts is not None:
            self.view.show_smooth(smooths)

    def show_focused(self, focused: bool) -> None:
        """Show or take away the ring that marks the pane on which commands act."""
        if focused != self._focused:
            self._focused = focused
            self.header.show_focused(focused)
            self.update()

    @property
    def _is_put_away(self) -> bool:
        """Whether the layout leaves it out.

        One that no layout has placed yet is not.
        """
        return self.isHidden() and self.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)

    @Slot()
    def refresh(self) -> None:
        """Show the newest state now.

        Until its image is there the one before stays, with its own texts.
        """
        self._soon.stop()
        state = self.state
        self._is_outdated = self._is_put_away and state is not None and self.shown.whose == whose(state)
        if self._is_outdated:
            return
        if state is None:
            self._show_nothing()
            return
        processed = self._session.processed(self._shows)
        complete, refusal = is_current(state, processed), self._session.refusal(self._shows)
        before, _ = self.shown.of or (None, None)
        if complete:
            if processed is not None and state.compares is Comparison.DIFFERENCE:
                processed = processing.difference_image(processed, state.seen_voi)
            self._take_image(state, processed)
            self._over.show_graphics(self.view, state, self.options)
            self.shown.render(self.view)
            self.reference.show(self.view, self._shows, state)
        elif state.failure or refusal is not None or self.shown.whose != whose(state) or self.shown.is_large:
            self._forget_image()
        # guard(-> True): a previewed image comes with its number, not after it
        if complete or self.shown.of is None:
            self._show_number()
        self.mouse.frame, self.mouse.voi = state.seen if complete else None, state.seen_voi
        self.mouse.slices = len(state.stack)
        waits = not complete and not state.failure and refusal is None
        self._wait.follow(busy=waits or self._session.busy(self._shows), waits=waits)
        words = waiting_text(state) if self._wait.shows_words else ""
        said = self._words.said_of(state, self.shown, complete=complete)
        self._over.show_scale(self.view, said, self.options)
        middle = words if refusal is None else refusal.for_user()
        self._words.write(self.view, said, self.shown, self.options, middle)
        self.words_written.emit(self.number)
        self._offer_again(offered=bool(state.failure))
        self._readout.refresh()
        if complete and (before is None or not differs_in_drawings_only(state, before)):
            self._rest.start()

    def _take_image(self, state: PaneState, processed: "Processed | None") -> None:
        """Take the image of a state, and look at the part of it that is wanted."""
        before = self.shown.image
        is_new = self.shown.take(state, processed)
        if (
            is_new
            and self.shown.image is not None
            and self._zoom.look(self.view, state, self.shown.image, before)
        ):
            self.stack_changed.emit(self.number)

    def _show_wipe(self) -> None:
        shown = self.shown
        if shown.rendered is not None and shown.of is not None:
            share = self._session.viewer.state.wipe_at
            self._over.show_wipe(self.view, *shown.rendered[:2], shown.of[0], share)

    def _show_nothing(self) -> None:
        self._show_number()
        text = self._words.write_empty(empty_text(self._session.viewer.state, self.number))
        if self._parts is None:
            self._blank.show_text(text)
            return
        self._forget_image()
        self._zoom.forget()
        self.view.show_text(text)
        self._wait.follow(busy=False, waits=False)
        self._offer_again(offered=False)
        self._readout.refresh()

    def _show_number(self) -> None:
        self.header.show_number(self._shows, is_preview=self._shows != self.number)

    def _offer_again(self, *, offered: bool) -> None:
        if offered and self._again is None:
            self._again = TryAgain(self.view.viewport())
            self._again.clicked.connect(self._try_again)
        if self._again is not None:
            self._again.setVisible(offered)

    @Slot()
    def _try_again(self) -> None:
        self._session.viewer.set_focus(self.number)
        self._session.viewer.try_again(self._shows)

    def _forget_image(self) -> None:
        self._rest.stop()
        self.shown.forget(self.view)
        self.reference.forget()
        self._over.forget(self.view)
        self.mouse.frame = None

    @Slot()
    def _on_wait(self) -> None:
        self.view.show_busy(self._wait.shows_bar)
        # guard(statement): an image of another slice is veiled
        self.view.show_veil(self._wait.shows_veil)
        if self._wait.shows_words:
            self.refresh_soon()

    @Slot()
    def _make_next_ready(self) -> None:
        if self.shown.rendered is not None and not self._session.busy(self._shows):
            self.shown.prepare_next(self._session.next_slice(self._shows), self.view, self.options)

    @Slot()
    def _on_came_ahead(self) -> None:
        if self.shown.rendered is not None and not self.shown.is_next_ready and not self._rest.isActive():
            self._rest.start()

    @Slot(int)
    def _on_pane_changed(self, number: int) -> None:
        if number == self._shows:
            self.refresh_soon()

    @Slot()
    def _on_resolution(self) -> None:
        """Render again if the screen shows pixels that were not rendered."""
        self._readout.refresh()
        if self.shown.render_uncovered(self.view):
            self.refresh_soon()

    # --- mouse -----------------------------------------------------------------------------------------

    @Slot()
    def _take_focus(self) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._session.viewer.set_focus(self.number)

    @Slot(int)
    def _scroll(self, slices: int) -> None:
        """Go on when all events that wait have been seen.

        Forty notches at once are one way.
        """
        self._slices += slices
        self._scroll_soon.start()

    @Slot()
    def _scroll_on(self) -> None:
        slices, self._slices = self._slices, 0
        self._session.viewer.scroll_by(slices, self.number)

    @Slot(str)
    def _choose_processing(self, name: str) -> None:
        self._session.viewer.set_focus(self.number)
        self._session.viewer.set_processing(self.number, name)

    @Slot()
    def _ask_maximize(self) -> None:
        self._session.viewer.set_focus(self.number)
        self.maximize_asked.emit(self.number)

    @Slot(object)
    def _on_zoom(self, _zoom: object) -> None:
        self._zoom.keep(self.view)
        self.zoom_changed.emit(self.number)

    def show_magnifier(self) -> None:
        """Show the magnifier under the mouse, or take it away, as the state says."""
        self._readout.refresh()

    def _seen(self) -> ShownPane | None:
        return None if self._parts is None else (self._parts[0], self.state, self.shown.image, self._shows)

    def _stored_at(self, point: QPointF) -> tuple[float, float]:
        return stored_at(self.view, self.shown.image, point)

    # --- Qt --------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll with arrows, Page, Home and End.

        Enter makes a pane of the film the large one. Leave all other keys to the window.
        """
        if self.is_in_film and event.key() in ENTER:
            self._take_focus()
            return
        if self._parts is not None and self.mouse.takes_key(event):
            return
        state = self.state
        steps = key_steps(event, len(state.stack)) if state is not None else None
        if steps is None:
            super().keyPressEvent(event)
        else:
            self._scroll(steps)

    @Slot()
    def _on_texts_moved(self) -> None:
        # guard(statement): a mark that the image has no room for stands above it
        self.header.show_cautions(self.view.unsaid_marks)
        self.texts_moved.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Read nothing out until the mouse says where it is now."""
        super().resizeEvent(event)
        self.header.fit_to(self.width())
        self._readout.hover(None)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Say that the mouse is over a pane of the film."""
        super().enterEvent(event)
        if self.is_in_film:
            self.film_hovered.emit(self.number, self.mapToGlobal(event.position().toPoint()))

    @Slot(object)
    def _stir_film(self, point: QPointF | None) -> None:
        """Ask for a preview only once the mouse rests."""
        if self.is_in_film and point is not None:
            self.film_hovered.emit(self.number, self.view.viewport().mapToGlobal(point.toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """End the preview."""
        super().leaveEvent(event)
        self.film_hovered.emit(self.number, None)

    def showEvent(self, event: QShowEvent) -> None:
        """Show the newest state, before anything older is painted."""
        super().showEvent(event)
        if self._is_outdated:
            self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop reading pixel values while hidden."""
        super().hideEvent(event)
        self._readout.hover(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Follow the keyboard's focus; a pane of the film waits for Enter."""
        super().focusInEvent(event)
        if not self.is_in_film:
            self._session.viewer.set_focus(self.number)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the focus ring."""
        super().paintEvent(event)
        ring = RING_PX
        if self.rect().adjusted(ring, ring, -ring, -ring).contains(event.rect()):
            return  # another caption
        painter = QPainter(self)
        ink = colors()
        pen = QPen(QColor(ink.blue if self._focused else ink.line), RING_PX)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        half = RING_PX // 2
        painter.drawRect(self.rect().adjusted(half, half, -half, -half))
        painter.end()
