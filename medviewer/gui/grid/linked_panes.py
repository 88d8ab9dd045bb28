"""Shared zoom, link marks and reference lines of panes side by side."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from medviewer.viewer import compare
from medviewer.viewer.render import Tag, Zoom
from medviewer.viewer.state import DisplayState
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.gui.panes import Pane
    from medviewer.viewer.compare import ZoomedView


class LinkedPanes(QObject):
    """Keeps the panes of a grid together as the viewer's links say."""

    def __init__(self, viewer: Viewer, parent: QObject) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._panes: list[Pane] = []

    def add(self, pane: "Pane") -> None:
        """Keep one more pane with the others."""
        self._panes.append(pane)
        pane.zoom_changed.connect(self.follow_zoom)

    # zoom

    @Slot(int)
    def follow_zoom(self, number: int) -> None:
        """Let the panes that go with one look at the same part of the patient."""
        state = self._viewer.state
        if compare.is_zoomed_alone(state, number):
            return
        source = self._panes[number]
        for pane in self._panes:
            if pane is not source and pane.has_image and not compare.is_zoomed_alone(state, pane.number):
                pane.view.look_at(self._matching_zoom(source, pane))

    def _matching_zoom(self, source: "Pane", target: "Pane") -> Zoom:
        """Return the zoom of a pane for the view of another one.

        The same place at the same scale in mm where both can be compared; else the same share of the image.
        """
        here, there = zoomed_view(source), zoomed_view(target)
        is_one_stack = source.shows_place_of(target)
        zoom = None if is_one_stack else compare.same_place(here, there, self._viewer.state.links)
        return compare.same_share(here, there) if zoom is None else zoom

    # link marks

    def show_bonds(self, display: DisplayState, *, several: bool) -> None:
        """Show links, offsets and reasons in the titles of the panes.

        Parameters
        ----------
        several : bool
            More than one pane is to be seen.
        """
        state = self._viewer.state
        for pane, shown in zip(self._panes, display.panes, strict=False):
            if shown is None or not several:
                pane.header.show_link(shown=False, linked=state.linked, reason="")
                continue
            mark = compare.link_mark(state, display, pane.number)
            reason, offset = mark.reason.for_user(), mark.offset.for_user()
            pane.header.show_link(
                shown=not pane.is_in_film or bool(reason),
                linked=mark.is_linked,
                reason=reason,
                offset=Tag(offset, offset),
                alone=mark.is_alone,
            )

    # reference lines

    def show_references(self, before: ViewerState, after: ViewerState) -> None:
        """Show changed reference lines and the located point anew.

        A pane whose own slice changes shows them with its image.
        """
        if not (before.shows_images or after.shows_images):
            return
        if compare.reference_inputs(before) == compare.reference_inputs(after):
            return
        wanted = compare.has_reference(after)
        for number in after.visible:
            if number >= len(self._panes):
                continue
            pane, is_changed = self._panes[number], wanted != self._panes[number].reference.is_wanted
            pane.reference.is_wanted = wanted
            panes = before.display.panes
            is_same = number < len(panes) and panes[number] is after.display.panes[number]
            if is_changed or (wanted and is_same):
                pane.reference.show_again()


def zoomed_view(pane: "Pane") -> "ZoomedView":
    """Return the view of a pane with an image, as its zoom depends on it."""
    view = pane.view
    area = view.viewport().size()
    side = float(max(1, min(area.width(), area.height())))
    return compare.ZoomedView(pane.state, view.zoom, view.part.fitting_scale, view.extent, side)
