"""Shared zoom, chains and reference lines of panes side by side."""

from typing import TYPE_CHECKING, Final

from medviewer.gui.panes import Pane
from medviewer.imaging import space
from medviewer.viewer import compare
from medviewer.viewer.render import Tag, Zoom
from medviewer.viewer.state import DisplayState, way_between
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.gui.image_view import PaneView

SAME_SIZE: Final = 0.02  # panes of one layout differ by a pixel


class LinkedPanes:
    """Keeps the panes of a grid together as the viewer's links say.

    Parameters
    ----------
    panes : list of Pane
        Those of the grid, which may become more.
    """

    def __init__(self, viewer: Viewer, panes: list[Pane]) -> None:
        self._viewer, self._panes = viewer, panes

    # zoom

    def is_zoomed_alone(self, number: int) -> bool:
        """Return whether the zoom of a pane has nothing to do with others."""
        state = self._viewer.state
        return not (state.linked and state.links.zoom) or number in state.links.parted

    def follow_zoom(self, number: int) -> None:
        """Let the panes that go with one look at the same part of the patient."""
        if self.is_zoomed_alone(number):
            return
        for pane in self._panes:
            if pane.number != number and pane.view.has_image and not self.is_zoomed_alone(pane.number):
                pane.view.look_at(self.matching_zoom(self._panes[number], pane))

    def matching_zoom(self, source: Pane, target: Pane) -> Zoom:
        """Return the zoom of a pane for the view of another one.

        The same place at the same scale in mm where both can be compared; else the same share of the image.
        """
        zoom = None if source.shows_place_of(target) else self._same_place(source, target)
        return same_zoom(source.view, target.view) if zoom is None else zoom

    def _same_place(self, source: Pane, target: Pane) -> Zoom | None:
        here, there, zoom = source.state, target.state, source.view.zoom
        if here is None or there is None or zoom.scale is None or zoom.center is None:
            return None

        way = way_between(here, there, self._viewer.state.links)
        if way is None:
            return None
        row, column = here.view.view_to_frame(*zoom.center)
        point = column + 0.5, row + 0.5
        found = space.matching_view(here.header.geometry, point, there.header.geometry, way)
        if found is None:
            return None
        (x, y), ratio = found
        size = _side(target.view) / _side(source.view)
        return Zoom(zoom.scale * ratio * size, there.view.frame_to_view(y - 0.5, x - 0.5))

    # chains

    def show_bonds(self, display: DisplayState, *, several: bool) -> None:
        """Show chains, offsets and reasons of the panes.

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
            bond = compare.bond_of(display, state.links, pane.number)
            reason = bond.reason.for_user() if state.linked else ""
            is_linked = state.linked and bond.kind is not compare.BondKind.PARTED
            offset = Tag()
            if is_linked and bond.offset is not None:
                said = compare.offset_text(bond.offset).for_user()
                offset = Tag(said, said)
            is_offered = not pane.is_in_film or bool(reason)
            pane.header.show_link(shown=is_offered, linked=is_linked, reason=reason, offset=offset)

    # reference lines

    def show_references(self, before: ViewerState, after: ViewerState) -> None:
        """Show changed reference lines and the located point anew.

        A pane whose own slice changes shows them with its image.
        """
        if _seen(before) == _seen(after):
            return
        wanted = _has_reference(after)
        for number in after.visible:
            if number >= len(self._panes):
                continue
            pane, is_changed = self._panes[number], wanted != self._panes[number].reference.is_wanted
            pane.reference.is_wanted = wanted
            panes = before.display.panes
            is_same = number < len(panes) and panes[number] is after.display.panes[number]
            if is_changed or (wanted and is_same):
                pane.reference.show_again()


def _seen(state: ViewerState) -> tuple[object, ...]:
    """Return all that reference lines depend on."""
    panes = state.display.panes
    places = tuple(
        None if (pane := panes[number]) is None else (pane.stack.key, pane.index, pane.orientation)
        for number in state.visible
        if number < len(panes)
    )
    return (
        places,
        state.visible,
        state.display.focus,
        state.links,
        state.located,
        state.reference_lines,
    )


def _has_reference(state: ViewerState) -> bool:
    panes = [state.display.panes[number] for number in state.visible if number < len(state.display.panes)]
    stacks = {pane.stack.key for pane in panes if pane is not None}
    return state.located is not None or (state.reference_lines and len(stacks) > 1)


def same_zoom(source: "PaneView", target: "PaneView") -> Zoom:
    """Return the target's zoom that matches the source's.

    Both are magnified as much beyond their own fit, around the same share of the image's width and height:
    images of one size in panes of one size look exactly alike.
    """
    zoom = source.zoom
    if zoom.scale is None or zoom.center is None:
        return zoom
    fits, fits_target = source.part.fitting_scale, target.part.fitting_scale
    is_alike = abs(fits - fits_target) <= SAME_SIZE * fits
    if source.extent == target.extent and is_alike:
        return zoom
    x, y = zoom.center
    width, height = source.extent
    scale = fits_target * zoom.scale / fits
    return Zoom(scale, (x / width * target.extent[0], y / height * target.extent[1]))


def _side(view: "PaneView") -> float:
    """Return the shorter side of a view in logical pixels."""
    area = view.viewport().size()
    return float(max(1, min(area.width(), area.height())))
