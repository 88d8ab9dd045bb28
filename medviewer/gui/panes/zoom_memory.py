"""The zoom of a pane, kept for the return of its stack."""

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from medviewer.gui import image_view
from medviewer.imaging.display import Orientation
from medviewer.imaging.presentation_state import PresentationState
from medviewer.translation import Message, message
from medviewer.viewer import render
from medviewer.viewer.notice import Notice
from medviewer.viewer.render import FIT, OrientedImage, Zoom
from medviewer.viewer.state import PaneState, zoom_scope
from medviewer.viewer.ui import Dialog
from medviewer.viewer.viewer import Viewer

if TYPE_CHECKING:
    from medviewer.gui.image_view import PaneView


MEASURE: Final = message("Measure it…")


class ZoomMemory:
    """Chooses the part of a stack that a pane looks at when its image changes.

    Parameters
    ----------
    number : int
        Of the pane. What the active pane looks at holds for all.
    """

    def __init__(self, viewer: Viewer, number: int) -> None:
        self._viewer, self.number = viewer, number
        self.place: object = None  # of the stack; another phase of it is looked at in the same way
        self._presentation: PresentationState | None = None  # the one whose area was last looked at
        self._before = FIT  # the first of them was chosen

    def forget(self) -> None:
        """Look at the next stack anew."""
        self.place = None

    def keep(self, view: "PaneView") -> None:
        """Remember how large the pane shows its stack."""
        if self.place is None:
            return
        state, zoom = self._viewer.state, view.zoom
        kept: dict[tuple[object, int | None], Zoom] = {(self.place, self.number): zoom}
        if self.number == state.display.focus:
            kept[self.place, None] = zoom
        self._viewer.change(zooms={**state.zooms, **kept})

    def look(
        self,
        view: "PaneView",
        state: PaneState,
        image: OrientedImage,
        before: OrientedImage | None,
    ) -> bool:
        """Look at the part of a new image that is wanted.

        Returns
        -------
        bool
            It is of another stack than the one before.
        """
        chosen, is_changed = state.presentation, state.presentation is not self._presentation
        is_new = self.place != (here := zoom_scope(state.stack))
        if is_new:
            self.keep(view)
            self.place, before = here, None
            known = self._known()
            view.look_at(FIT if known is None else known)
            if known is not None:
                self._presentation, is_changed = chosen, False  # its area may have been left by hand
        if is_changed:
            self._look_as(view, chosen, image)
        elif before is not None and _turned(before, image):
            view.look_at(image.zoom_after(before, view.zoom))
        view.set_extent(image.extent)
        return is_new

    def _known(self) -> Zoom | None:
        state, common = self._viewer.state, (self.place, None)
        own = common if state.linked else (self.place, self.number)
        return state.zooms.get(own, state.zooms.get(common))

    def _look_as(self, view: "PaneView", chosen: PresentationState | None, image: OrientedImage) -> None:
        """Show the area that a presentation state wants seen.

        Without a presentation state, what was seen before is shown again.
        """
        if self._presentation is None:
            self._before = view.zoom
        self._presentation = chosen
        if chosen is None:
            view.look_at(self._before)
            return
        frame = image.image.frame
        if chosen.is_about(frame.sop_instance_uid, frame.frame_number):
            true = image_view.true_size_on(QWidget.screen(view), self._viewer.state.screen_sizes)
            view.show_true_size(true)
            view.look_at(render.area_zoom(frame, chosen, image.view, view.area))
            why = render.why_no_true_size(frame, chosen, is_screen_known=true is not None)
            if why:
                tell_no_true_size(self._viewer, why, measures=why is render.NO_SCREEN_SIZE)


def tell_no_true_size(viewer: Viewer, why: Message, *, measures: bool = True) -> None:
    """Say why there is no true size, and offer to measure the screen."""
    actions = ((MEASURE, partial(_measure, viewer)),) if measures else ()
    viewer.session.notices.tell(Notice(why, severity="info", cause=why, actions=actions))


def _measure(viewer: Viewer) -> None:
    viewer.ui.open_dialog(Dialog.SCREEN_SIZE)


def _turned(before: OrientedImage, image: OrientedImage) -> bool:
    here: Orientation = image.view.orientation
    return before.view.orientation != here
