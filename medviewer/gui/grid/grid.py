"""The panes side by side.

Layouts, the film, linked zoom, the row of slices, and what is dropped on them.
"""

import math
from functools import partial
from operator import is_
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from medviewer.gui.grid.area import PaneArea
from medviewer.gui.grid.linked_panes import LinkedPanes, zoomed_view
from medviewer.gui.grid.slice_row import SliceRow
from medviewer.gui.image_view import TextPainter, true_size_on
from medviewer.gui.panes import FilmPreview, Pane, tell_no_true_size
from medviewer.gui.studies import STACK_MIME
from medviewer.imaging.processing import ORIGINAL
from medviewer.translation import message, translate
from medviewer.viewer import annotations, compare
from medviewer.viewer.commands import played_part, toggle_maximized, turn_parted
from medviewer.viewer.layouts import FILM_PANES, LAYOUTS, film_fits, smallest_layout_with, visible_panes
from medviewer.viewer.render import Bounds, TextLevel, TextOptions, Zoom, says_result, shown_geometry
from medviewer.viewer.series_answer import series_threshold
from medviewer.viewer.state import DisplayState
from medviewer.viewer.texts import (
    NO_STRIP,
    StripPart,
    segmentation_text,
    strip_details,
    strip_of,
    strip_parts,
    view_title,
)
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession

_NO_SCREEN_SIZE = message("The size of this screen is not known, so no true size can be shown.")


class PaneGrid(QWidget):
    """The panes of a session, and the row of slices under them."""

    probed = Signal(object)  # pane.Probe, None: the mouse is over no pixel
    menu_asked = Signal(object)  # QPoint on the screen
    title_menu_asked = Signal(object)
    series_asked = Signal(object)  # QPoint on the screen: choose one for the active pane
    pane_added = Signal(object)  # a layout has more panes than any before
    texts_moved = Signal()  # in one of the panes

    def __init__(self, session: "ViewerSession", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._viewer = session.viewer
        self._ink = TextPainter(self.font())
        self.panes: list[Pane] = []
        self._linked = LinkedPanes(self._viewer, self)
        self._patients = compare.PatientsOnScreen(session.notices)
        self.area = PaneArea(self)
        self.row = SliceRow(self)
        self.slider, self.place = self.row.slider, self.row.place
        self._large = self._viewer.state.display.focus  # the large pane beside the film
        self._previewed_over: object = None  # the stack that it showed when a preview began
        self._tabs: list[str] = []  # titles of a folded film's panes
        self._drawn_of: tuple[object, ...] = ()  # what the ticks of the slider are of
        self._strip_of: tuple[object, ...] = ()  # what its marks are of
        self._preview = FilmPreview(session.workers, self._show_preview, self._wants_preview, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.area, 1)
        column.addWidget(self.row)
        self.setAcceptDrops(True)
        self._connect()
        self._lay_out()
        self._on_state(session.viewer.state.display)

    def build(self) -> None:
        """Build the image views of all panes before they are needed."""
        for pane in self.panes:
            pane.build()

    def seen_parts(self) -> dict[int, Bounds]:
        """Return the seen parts of zoomed images, by the numbers of panes."""
        shown = [self.panes[number] for number in self._viewer.state.visible]
        parts = {pane.number: pane.view.part.cut for pane in shown if pane.has_image}
        return {number: part for number, part in parts.items() if part is not None}

    def show_before_slider(self, widget: QWidget) -> None:
        """Put the playback controls in front of the slider that scrolls the stack."""
        self.row.show_before_slider(widget)

    def _connect(self) -> None:
        self._session.state_changed.connect(self._on_state)
        self._session.viewer_changed.connect(self._on_viewer)
        self._session.linked_changed.connect(self._on_linked)
        self._session.keyboard_returned.connect(self._take_keyboard)
        self.row.moved.connect(self._on_slider)
        self.row.keyboard_left.connect(self._take_keyboard)
        self.area.resized.connect(self._fold_film)

    def _add_panes(self, count: int) -> None:
        for number in range(len(self.panes), count):
            pane = Pane(self._session, number, self._ink, self.area)
            pane.probed.connect(self.probed)
            pane.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            pane.customContextMenuRequested.connect(partial(self._ask_for_menu, pane))
            pane.header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            pane.header.customContextMenuRequested.connect(partial(self._ask_for_title_menu, pane))
            pane.header.tab_chosen.connect(self._viewer.set_focus)
            pane.maximize_asked.connect(self._maximize)
            pane.header.link_clicked.connect(partial(self._turn_link, number))
            pane.stack_changed.connect(self._zoom_as_linked)
            pane.film_hovered.connect(self._preview.hover)
            pane.texts_moved.connect(self.texts_moved)
            pane.words_written.connect(self._on_words)
            self.panes.append(pane)
            self._linked.add(pane)
            self.pane_added.emit(pane)

    def _ask_for_menu(self, pane: Pane, place: QPoint) -> None:
        self._viewer.set_focus(pane.number)
        asked = self.title_menu_asked if pane.state is None else self.menu_asked
        asked.emit(pane.mapToGlobal(place))

    def _ask_for_title_menu(self, pane: Pane, place: QPoint) -> None:
        self._viewer.set_focus(pane.number)
        self.title_menu_asked.emit(pane.header.mapToGlobal(place))

    # --- layout ----------------------------------------------------------------------------------------

    @Slot(int)
    def _maximize(self, number: int) -> None:
        """Maximize a pane or restore it; offer the series for an empty one."""
        state = self._viewer.state
        if state.display.panes[number] is None and state.maximized is None:
            self._offer_series()
        else:
            toggle_maximized(self._viewer, number)

    def _offer_series(self) -> None:
        pane = self.focused_pane
        if self._viewer.state.library.studies:
            self.series_asked.emit(pane.mapToGlobal(pane.rect().center()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Offer the series for an empty active pane at Enter."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and self.focused_pane.hasFocus() and self.focused_pane.state is None:
            self._offer_series()
        else:
            super().keyPressEvent(event)

    def _turn_link(self, number: int) -> None:
        """Part a pane, or link it again; beside a film all panes."""
        if self._has_film:
            self._viewer.set_focus(number)
            self._viewer.set_linked(not self._viewer.state.linked)
        else:
            turn_parted(self._viewer, number)

    def _lay_out(self) -> None:
        state = self._viewer.state
        self._add_panes(len(state.display.panes))
        shown = state.visible
        if state.display.focus not in shown:
            self._viewer.set_focus(shown[0])
            state = self._viewer.state
        self._preview.end()
        large, before = state.display.focus, self._large
        has_film = self._has_film
        zooms = self._zooms() if large != before else None
        self._large = large
        for pane in self.panes:
            pane.header.show_maximized(state.maximized is not None)
            pane.show_in_film(has_film and pane.number != large)
        self.area.arrange(dict(enumerate(self.panes)), state.layout, shown, large)
        if zooms is not None and has_film:
            self._restore_zooms(zooms, before, large)
        self._show_bonds(state.display)
        self._update_text_options()

    @property
    def _has_film(self) -> bool:
        state = self._viewer.state
        return LAYOUTS[state.layout].has_film and len(state.visible) > 1

    @Slot()
    def _fold_film(self) -> None:
        """Make the film's panes tabs of the large one where there is no room."""
        folded = not film_fits(self.area.width())
        if folded != self._viewer.state.film_folded:
            self._viewer.change(film_folded=folded)

    def _wants_preview(self) -> bool:
        return self._viewer.state.previews

    def _show_preview(self, number: int | None) -> None:
        """Preview a pane of the film in the large pane; None: end that."""
        large = self._viewer.state.display.panes[self._large]
        self._previewed_over = None if large is None else large.stack.key
        self.panes[self._large].show_of(number)
        for pane in self.panes:
            pane.show_swap(self._large if pane.number == number else None)
        self._update_text_options()

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

    def true_size(self) -> None:
        """Show the image as large as it is, in all linked panes.

        Tell where the size of the screen is not known.
        """
        state = self._viewer.state
        true = true_size_on(self.screen(), state.screen_sizes)
        spacing = None if state.focused is None else shown_geometry(state.focused).spacing_mm
        if true is None:
            tell_no_true_size(self._viewer, _NO_SCREEN_SIZE)
        elif spacing is not None:
            for pane in self.panes:
                if pane.has_image:
                    pane.view.show_true_size(true)
            self.focused_pane.view.true_size(spacing[1], true.per_mm)

    @Slot(int)
    def _zoom_as_linked(self, number: int) -> None:
        """Let a pane of another size show the part that the active one shows."""
        focus = self._viewer.state.display.focus
        if compare.is_zoomed_alone(self._viewer.state, number) or not self._has_film:
            return
        if number == focus:
            self._linked.follow_zoom(number)
        elif self.panes[focus].shows_place_of(self.panes[number]):
            here, there = zoomed_view(self.panes[focus]), zoomed_view(self.panes[number])
            self.panes[number].view.look_at(compare.same_share(here, there))

    def _zooms(self) -> "dict[int, tuple[Zoom, float]]":
        """Return the zoom of each pane with an image, and its fitting scale."""
        views = {pane.number: pane.view for pane in self.panes if pane.has_image}
        return {number: (view.zoom, view.part.fitting_scale) for number, view in views.items()}

    def _restore_zooms(self, zooms: "dict[int, tuple[Zoom, float]]", before: int, large: int) -> None:
        """Show the same parts of the images after two panes have changed places."""
        for number, (zoom, fitting) in zooms.items():
            view = self.panes[number].view
            if zoom.scale is not None:
                view.look_at(Zoom(zoom.scale * view.part.fitting_scale / fitting, zoom.center))
        if before in zooms and large in zooms:
            self._linked.follow_zoom(large)

    @Slot(bool)
    def _on_linked(self, linked: bool) -> None:
        if linked:
            self._linked.follow_zoom(self._viewer.state.display.focus)
        self._show_bonds(self._viewer.state.display)

    # --- texts -----------------------------------------------------------------------------------------

    def _update_text_options(self) -> None:
        """Tell each pane which texts to show.

        Identity bars appear where two patients are on the screen.
        """
        viewer_state = self._viewer.state
        panes = viewer_state.display.panes
        shown = {number: one for number in viewer_state.visible if (one := panes[number]) is not None}
        letters = self._patients.letters(shown)
        speakers = says_result(shown, viewer_state.display.focus)
        planes = {state.stack.plane for state in shown.values()}
        studies = {state.identity.study_key for state in shown.values()}
        before = compare.times_before({n: one for n in self._layout_panes() if (one := panes[n])})
        for pane in self.panes:
            number = pane.shown_number
            patient = letters.get(number)
            in_film = pane.is_in_film
            state, hidden = panes[number], viewer_state.identity_hidden
            stack = state.stack if state is not None else None
            pane.show_as(
                TextOptions(
                    identity=not viewer_state.identity_hidden,
                    loading=viewer_state.is_scanning,
                    level=TextLevel.LETTERS if in_film else viewer_state.text_level,
                    names=pane.number == viewer_state.display.focus or patient is not None,
                    patient=patient,
                    result=number in speakers and not in_film,
                    plane=len(planes) > 1,
                    beside=len(viewer_state.visible) > 1 and not self._has_film,
                    dated=len(studies) > 1,
                    apart=before.get(number, ""),
                    in_film=in_film,
                    drawn=segmentation_text(stack, viewer_state.library, hidden=hidden) if stack else "",
                )
            )

    def _layout_panes(self) -> tuple[int, ...]:
        """Return the panes of the layout, also those behind a maximised one."""
        state = self._viewer.state
        return visible_panes(state.layout, None, state.display.focus, film_folded=state.film_folded)

    @Slot()
    def _take_keyboard(self) -> None:
        self.focused_pane.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- following the session -------------------------------------------------------------------------

    @Slot(object, object)
    def _on_viewer(self, before: ViewerState, after: ViewerState) -> None:
        if bool(after.library.studies) != bool(before.library.studies):
            for pane in self.panes:
                pane.refresh_soon()  # empty ones say how they are filled
        where, there = ((at.layout, at.maximized, at.film_folded) for at in (after, before))
        if where != there:
            self._lay_out()
        told_by = ("identity_hidden", "text_level", "is_scanning")
        texts, texts_before = ([getattr(at, name) for name in told_by] for at in (after, before))
        if texts != texts_before or after.library is not before.library:
            self._update_text_options()
        if after.wipe_at != before.wipe_at:
            for pane in self.panes:
                pane.move_wipe(after.wipe_at)
        if after.magnifier_shown != before.magnifier_shown:
            for pane in self.panes:
                pane.show_magnifier()
        if after.smooths != before.smooths:
            for pane in self.panes:
                pane.show_smooth(after.smooths)
        if after.cine_ranges != before.cine_ranges:
            self.row.strip.show_part(played_part(after))
        if after.series_run is not before.series_run or after.language != before.language:
            self._show_strip(after)
        if after.is_playing != before.is_playing:
            self._show_place()
        if (after.tool, after.brush) != (before.tool, before.brush):
            for pane in self.panes:
                pane.show_cursor()
        if after.links is not before.links:
            self._on_linked(after.linked)
        self._linked.show_references(before, after)

    @Slot(object)
    def _on_state(self, state: DisplayState) -> None:
        large = state.panes[self._large] if self._large < len(state.panes) else None
        if self._preview.number is not None and (large is None or large.stack.key != self._previewed_over):
            self._preview.end()  # who opens something sees that, not what was previewed before
        if not self._bring_focus_into_sight(state):
            visible = list(self._viewer.state.visible)
            shown = [pane.number for pane in self.panes if not pane.isHidden()]
            if shown != visible or self._large != state.focus:
                self._lay_out()
        for pane in self.panes:
            pane.show_focused(pane.number == state.focus)
        self._show_bonds(state)
        self._update_text_options()
        self._show_place()
        self.row.strip.show_part(played_part(self._viewer.state))
        self._show_drawn(state)
        self._show_strip(self._viewer.state)

    def _show_place(self) -> None:
        """Show the place of the active pane beside the slider.

        While slices are played it is that of the image on the screen, by which the pane is called, too.
        """
        state = self._viewer.state
        pane, written = state.display.focused, self.focused_pane.written_state
        is_written = written is not None and pane is not None and written.stack is pane.stack
        self.row.show_place(written if state.is_playing and is_written else pane)

    @Slot(int)
    def _on_words(self, number: int) -> None:
        if self._viewer.state.is_playing and number == self._viewer.state.display.focus:
            self._show_place()

    def _show_strip(self, state: ViewerState) -> None:
        """Show the model's answers for the slices of the active stack."""
        display, run = state.display, state.series_run
        stack = None if display.focused is None else display.focused.stack
        said_of = display.reader_first, display.verdicts, display.series_verdicts, display.earlier
        asked = display.model, display.result_slices, display.unread
        wanted = stack, *asked, run, state.language, *said_of
        if len(wanted) == len(self._strip_of) and all(map(is_, wanted, self._strip_of)):
            return
        self._strip_of = wanted
        if stack is None:
            self.row.show_strip(NO_STRIP, (), "")
            return
        strip = strip_of(display, stack)
        said, details = strip_parts(strip), strip_details(strip, stack)
        if run is not None and run.stack == stack.key:
            asking = translate("Asking {done} of {of} …", done=run.done, of=run.of) if run.of else "…"
            said = (StripPart(asking), *said[1:])
            details = "\n".join(line for line in (asking, translate("Esc stops it."), details) if line)
        of_series = series_threshold(state)
        if of_series is not None:
            lines = translate("Dashed line: threshold of a slice. Dotted line: threshold of the series.")
            details = f"{details}\n{lines}"
        self.row.show_strip(strip, said, details, None if of_series is None else math.sqrt(of_series))

    def _show_drawn(self, state: DisplayState) -> None:
        """Mark the slices of the active stack on which something is drawn."""
        stack = None if state.focused is None else state.focused.stack
        seen = state.results, state.verdicts, state.series_verdicts, state.reader_first  # of models' answers
        wanted = state.annotations, stack, *(seen if state.annotations else ())
        if len(wanted) == len(self._drawn_of) and all(map(is_, wanted, self._drawn_of)):
            return
        self._drawn_of = wanted
        if not state.annotations or state.focused is None:
            self.row.show_drawn(frozenset())
            return

        self.row.show_drawn(annotations.annotated_slices(self._viewer.state, state.focused.stack))

    def _bring_focus_into_sight(self, state: DisplayState) -> bool:
        """Show the pane that got the focus where it is out of sight.

        Return whether it was.
        """
        if state.focus in self._viewer.state.visible:
            return False
        if self._viewer.state.maximized is not None:
            self._viewer.change(maximized=state.focus)
        else:
            self._viewer.change(layout=smallest_layout_with(state.focus))
        return True

    def _show_tabs(self, state: DisplayState) -> None:
        """Show the panes of a folded film as tabs of the one that is seen."""
        viewer = self._viewer.state
        is_folded = LAYOUTS[viewer.layout].has_film and viewer.film_folded and viewer.maximized is None
        film = state.panes[:FILM_PANES]
        shown = film if is_folded and None not in film else ()
        titles = [
            translate("Pane {number}: {view}", number=number + 1, view=view_title(one))
            for number, one in enumerate(shown)
            if one is not None
        ]
        if titles or self._tabs:
            for pane in self.panes:
                pane.header.show_tabs(titles, state.focus)
        self._tabs = titles

    def _show_bonds(self, state: DisplayState) -> None:
        self._linked.show_bonds(state, several=len(self._viewer.state.visible) > 1)
        self._show_tabs(state)

    @Slot(int)
    def _on_slider(self, index: int) -> None:
        self._viewer.scroll_to(index)

    # --- dropping --------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept stacks of the study browser; files are left to the window."""
        event.setAccepted(event.mimeData().hasFormat(STACK_MIME))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Accept a stack only over a pane, which is marked."""
        pane = self._pane_at(event.position())
        self._mark_target(pane)
        event.setAccepted(pane is not None)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Mark no pane any more."""
        super().dragLeaveEvent(event)
        self._mark_target(None)

    def _mark_target(self, target: Pane | None) -> None:
        for pane in self.panes:
            pane.show_drop(is_target=pane is target)

    def dropEvent(self, event: QDropEvent) -> None:
        """Show the original of a dropped stack in the pane under the mouse."""
        self._mark_target(None)
        key = bytes(event.mimeData().data(STACK_MIME).data()).decode()
        pane = self._pane_at(event.position())
        stack = next((stack for stack in self._viewer.state.library.stacks if stack.key == key), None)
        if pane is not None and stack is not None:
            self._viewer.show_stack(stack, pane.number, ORIGINAL)
            self._session.return_keyboard()
            event.acceptProposedAction()

    def _pane_at(self, position: QPointF) -> Pane | None:
        for pane in self.panes:
            if pane.isVisible() and pane.geometry().contains(position.toPoint()):
                return pane
        return None
