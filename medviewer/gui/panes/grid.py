"""The panes side by side.

Layouts, linked zoom, the slider, and what is dropped on them.
"""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from medviewer.gui.panes.pane import Pane
from medviewer.gui.panes.text_painter import TextPainter
from medviewer.gui.studies import STACK_MIME
from medviewer.gui.widgets import SteadyLabel, tabular
from medviewer.imaging.source import ImageSource
from medviewer.translation import translate
from medviewer.viewer.commands import toggle_maximized
from medviewer.viewer.layouts import ALL_PANES, LAYOUTS
from medviewer.viewer.linking import reason_apart
from medviewer.viewer.render import Showing, Zoom, says_result
from medviewer.viewer.state import DisplayState
from medviewer.viewer.texts import image_text
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.gui.panes.view import PaneView
    from medviewer.gui.session import ViewerSession

SPACING_PX: Final = 2
LEAST_SLIDER_PX: Final = 64
LEAST_PLACE_PX: Final = 72
PLACE_MARGIN_PX: Final = 10


class PaneGrid(QWidget):
    """Up to four panes of a session."""

    probed = Signal(object)  # pane.Probe, None: the mouse is over no pixel

    def __init__(self, session: "ViewerSession", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._viewer = session.viewer
        ink = TextPainter(self.font())
        self.panes = [Pane(session, number, ink) for number in range(len(self._viewer.state.display.panes))]
        self._cells = QGridLayout()
        self._cells.setContentsMargins(0, 0, 0, 0)
        self._cells.setSpacing(SPACING_PX)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setPageStep(10)
        self.slider.setMinimumWidth(LEAST_SLIDER_PX)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.place = SteadyLabel("quiet", least_width=LEAST_PLACE_PX)
        self._measured: ImageSource | None = None  # whose numbers the place has room for
        self.place.setFont(tabular(self.place.font()))
        self.place.setContentsMargins(0, 0, PLACE_MARGIN_PX // 2, 0)
        self.place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._slider_row = row = QHBoxLayout()
        row.setContentsMargins(6, 2, 6, 2)
        row.addWidget(self.slider, 1)
        row.addWidget(self.place)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._cells, 1)
        column.addLayout(row)
        self.setAcceptDrops(True)
        for pane in self.panes:  # behind the slider for the tab key, and owned although not laid out
            pane.setParent(self)
        self._connect()
        self._lay_out()
        self._on_state(session.viewer.state.display)

    def build(self) -> None:
        """Build the image views of all panes before they are needed."""
        for pane in self.panes:
            pane.build()

    def show_beside_slider(self, widget: QWidget) -> None:
        """Put the playback controls behind the slider that scrolls the stack."""
        self._slider_row.addWidget(widget)

    def _connect(self) -> None:
        self._session.state_changed.connect(self._on_state)
        self._session.viewer_changed.connect(self._on_viewer)
        self._session.linked_changed.connect(self._on_linked)
        self._session.keyboard_returned.connect(self._take_keyboard)
        self.slider.valueChanged.connect(self._on_slider)
        for pane in self.panes:
            pane.probed.connect(self.probed)
            pane.maximise_asked.connect(self._maximise)
            pane.zoom_changed.connect(self._on_zoom)

    # --- layout ----------------------------------------------------------------------------------------

    @Slot(int)
    def _maximise(self, number: int) -> None:
        toggle_maximized(self._viewer, number)

    def _lay_out(self) -> None:
        shown = self._viewer.state.visible
        if self._viewer.state.display.focus not in shown:
            self._viewer.set_focus(shown[0])
        is_maximized = self._viewer.state.maximized is not None
        columns = 1 if is_maximized else LAYOUTS[self._viewer.state.layout][1]
        for index in range(2):
            self._cells.setRowStretch(index, int(index < -(-len(shown) // columns)))
            self._cells.setColumnStretch(index, int(index < columns))
        for pane in self.panes:
            self._cells.removeWidget(pane)
            pane.setVisible(pane.number in shown)
            pane.header.show_maximised(is_maximized)
        for place, number in enumerate(shown):
            self._cells.addWidget(self.panes[number], place // columns, place % columns)
        self._show_as()

    # --- zoom ------------------------------------------------------------------------------------------

    @property
    def focused_pane(self) -> Pane:
        """The pane on which commands act."""
        return self.panes[self._viewer.state.display.focus]

    def fit(self) -> None:
        """Show the whole image, in all linked panes."""
        self.focused_pane.view.fit()

    def one_to_one(self) -> None:
        """Show one pixel of the image on one of the screen, in all linked panes."""
        self.focused_pane.view.one_to_one()

    @Slot(int)
    def _on_zoom(self, number: int) -> None:
        if not self._viewer.state.linked:
            return
        source = self.panes[number].view
        for pane in self.panes:
            if pane.number != number and pane.view.has_image:
                pane.view.look_at(_same_zoom(source, pane.view))

    @Slot(bool)
    def _on_linked(self, linked: bool) -> None:
        if linked:
            self._on_zoom(self._viewer.state.display.focus)
        self._show_apart(self._viewer.state.display)

    # --- texts -----------------------------------------------------------------------------------------

    def _show_as(self) -> None:
        """Tell each pane which texts to show.

        Identity bars appear where two patients are on the screen.
        """
        viewer_state = self._viewer.state
        panes = viewer_state.display.panes
        shown = {number: one for number in viewer_state.visible if (one := panes[number]) is not None}
        keys = {number: state.identity.patient_key for number, state in shown.items()}
        patients = list(dict.fromkeys(keys.values()))
        speakers = says_result(shown, viewer_state.display.focus)
        for pane in self.panes:
            several = len(patients) > 1 and pane.number in keys
            pane.show_as(
                Showing(
                    identity=not viewer_state.identity_hidden,
                    text=not viewer_state.text_hidden,
                    patient=patients.index(keys[pane.number]) if several else None,
                    result=pane.number in speakers,
                )
            )

    @Slot()
    def _take_keyboard(self) -> None:
        self.focused_pane.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- following the session -------------------------------------------------------------------------

    @Slot(object, object)
    def _on_viewer(self, before: ViewerState, after: ViewerState) -> None:
        if (after.layout, after.maximized) != (before.layout, before.maximized):
            self._lay_out()
        if (after.identity_hidden, after.text_hidden) != (before.identity_hidden, before.text_hidden):
            self._show_as()
        if after.tool != before.tool:
            for pane in self.panes:
                pane.show_cursor()

    @Slot(object)
    def _on_state(self, state: DisplayState) -> None:
        if not self._bring_focus_into_sight(state):
            visible = list(self._viewer.state.visible)
            if [pane.number for pane in self.panes if not pane.isHidden()] != visible:
                self._lay_out()
        for pane in self.panes:
            pane.show_focused(pane.number == state.focus)
        self._show_apart(state)
        self._show_as()
        self._show_place(state)

    def _bring_focus_into_sight(self, state: DisplayState) -> bool:
        """Show the pane that got the focus where it is out of sight.

        Return whether it was.
        """
        if state.focus in self._viewer.state.visible:
            return False
        if self._viewer.state.maximized is not None:
            self._viewer.change(maximized=state.focus)
        else:
            self._viewer.change(layout=ALL_PANES)
        return True

    def _show_apart(self, state: DisplayState) -> None:
        """Mark linked panes that cannot follow the active one."""
        active = state.focused if self._viewer.state.linked else None
        for pane, shown in zip(self.panes, state.panes, strict=True):
            reason = ""
            if active is not None and shown is not None and shown.stack.key != active.stack.key:
                reason = reason_apart(shown.stack, active.stack, active.index).for_user()
            pane.header.show_apart(reason)

    def _show_place(self, state: DisplayState) -> None:
        focused = state.focused
        count = len(focused.stack) if focused is not None else 0
        index = focused.index if focused is not None else 0
        with QSignalBlocker(self.slider):
            self.slider.setEnabled(count > 1)
            self.slider.setRange(0, max(0, count - 1))
            self.slider.setValue(index)
        is_coming = focused is not None and focused.frame is None and not focused.failure
        place = image_text(focused.stack, index) if focused is not None else ""
        self.place.show_text(f"… {place}" if is_coming else place)
        if focused is not None and focused.stack is not self._measured:  # so that the slider stays as long
            self._measured = focused.stack
            self.place.keep_room(f"… {image_text(focused.stack, end)}" for end in {0, count - 1})
        self.slider.setAccessibleName(translate("Slice"))

    @Slot(int)
    def _on_slider(self, index: int) -> None:
        self._viewer.scroll_to(index)

    # --- dropping --------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept stacks of the study browser; files are left to the window."""
        event.setAccepted(event.mimeData().hasFormat(STACK_MIME))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Accept a stack only over a pane."""
        event.setAccepted(self._pane_at(event.position()) is not None)

    def dropEvent(self, event: QDropEvent) -> None:
        """Show a dropped stack in the pane under the mouse."""
        key = bytes(event.mimeData().data(STACK_MIME).data()).decode()
        pane = self._pane_at(event.position())
        stack = next((stack for stack in self._viewer.state.library.stacks if stack.key == key), None)
        if pane is not None and stack is not None:
            self._viewer.show_stack(stack, pane.number)
            self._session.return_keyboard()
            event.acceptProposedAction()

    def _pane_at(self, position: QPointF) -> Pane | None:
        for pane in self.panes:
            if pane.isVisible() and pane.geometry().contains(position.toPoint()):
                return pane
        return None


def _same_zoom(source: "PaneView", target: "PaneView") -> Zoom:
    """Return the target's zoom that matches the source's.

    Images of one size look exactly alike; others are magnified as much beyond their own fit, around the
    same share of their width and height.
    """
    zoom = source.zoom
    if zoom.scale is None or zoom.center is None or source.extent == target.extent:
        return zoom
    x, y = zoom.center
    width, height = source.extent
    scale = target.fitting_scale * zoom.scale / source.fitting_scale
    return Zoom(scale, (x / width * target.extent[0], y / height * target.extent[1]))
