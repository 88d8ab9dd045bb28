"""Image on the screen of a pane, at the resolution of its view."""

from typing import TYPE_CHECKING

from medviewer import limits
from medviewer.gui.panes.over_image import OverImage
from medviewer.gui.panes.zoom_memory import ZoomMemory
from medviewer.imaging.frame import Frame, Voi
from medviewer.viewer.prerender import NextImage
from medviewer.viewer.render import Layers, OrientedImage, PaneImage, Patch, Showing
from medviewer.viewer.state import PaneState, whose
from medviewer.viewer.viewer import Viewer

if TYPE_CHECKING:
    from medviewer.gui.image_view import PaneView
    from medviewer.imaging.processing import Processed


class ShownImage:
    """Renders the image of a pane anew only where something has changed.

    Until the image of a pane's state is there, the one before stays, with all that it is of.
    """

    def __init__(self, viewer: Viewer, zoom: ZoomMemory, over: OverImage) -> None:
        self._viewer, self._zoom, self._over = viewer, zoom, over
        self._next = NextImage()
        self.of: tuple[PaneState, Processed | None] | None = None
        self.whose: object = None  # which stack it is of
        self.image: OrientedImage | None = None
        self.rendered: tuple[OrientedImage, Patch, Voi | None] | None = None

    @property
    def frame(self) -> Frame | None:
        """Frame of the image; None: there is no image."""
        return None if self.rendered is None else self.rendered[0].image.frame

    @property
    def level(self) -> int:
        """Level of the pyramid that is on the screen."""
        return 0 if self.rendered is None else self.rendered[1].level

    @property
    def is_large(self) -> bool:
        """Whether it is too large to be in memory with the next one."""
        return self.frame is not None and self.frame.nbytes > limits.CACHE_BYTES

    @property
    def is_next_ready(self) -> bool:
        """Whether the image of the next scroll step needs only to be painted."""
        return self._next.image is not None

    def take(self, view: "PaneView", state: PaneState, processed: "Processed | None") -> bool:
        """Take the image of a state, to be rendered.

        Returns
        -------
        bool
            It is of another stack than the one before.
        """
        self.of = state, processed
        frame, before = state.seen, self.image
        assert frame is not None
        layers = Layers(state.graphics_shown, state.shutter_shown)
        bare = before.image if before is not None else None
        if bare is None or not bare.is_of(frame, processed, layers):
            bare = PaneImage(frame, processed, layers)
        orientation = state.seen_orientation
        if before is not None and before.image is bare and before.view.orientation == orientation:
            return False
        ready = self._next.take(frame, processed, layers, orientation)
        image = self.image = ready or OrientedImage(bare, orientation)
        self.whose = whose(state)
        return self._zoom.look(view, state, frame, image, before)

    def render(self, view: "PaneView") -> None:
        """Render it for the view."""
        if self.image is None or self.of is None:
            return
        # guard(self.of -> (self._viewer.state.display.panes[self._zoom.number] or self.of[0], None)):
        #     an image is rendered with its own window until the next one is there
        image, (state, _) = self.image, self.of
        patch = image.patch(view.seen, view.device_scale)
        wanted = (image, patch, state.seen_voi if image.image.depends_on_window else None)
        if wanted == self.rendered:
            self._show_wipe(view)
            return
        before, self.rendered = self.rendered, wanted
        rectangle = image.rectangle(patch)
        view.show_image(image.render(patch, state.seen_voi), rectangle)
        if before is None or before[:2] != (image, patch):
            processed = image.image.processed
            fill = processed is not None and processed.mask_style == "fill"
            view.show_mask(image.mask(patch), rectangle, fill=fill, hidden=image.hidden(patch))
        self._show_wipe(view)

    def render_uncovered(self, view: "PaneView") -> bool:
        """Render again if the view shows pixels that were not rendered.

        Returns
        -------
        bool
            Another level of the pyramid is on the screen now.
        """
        if self.rendered is None:
            return False
        image, patch, _ = self.rendered
        is_other_level = image.patch(view.seen, view.device_scale).level != patch.level
        if is_other_level or not image.covers(patch, view.seen):
            self.render(view)
        return is_other_level

    def prepare_next(
        self, next_slice: "tuple[PaneState, Processed] | None", view: "PaneView", showing: Showing
    ) -> None:
        """Render the next slice ahead, if it is known."""
        ahead = self._next.prepare(next_slice, view.seen, view.device_scale, showing)
        if ahead is not None:
            view.make_ready(ahead.pixels, ahead.mask, ahead.rectangle, fill=ahead.fills_mask)
            view.make_text_ready(ahead.text)

    def forget(self, view: "PaneView") -> None:
        """Show no image, and keep none ready."""
        self._next.forget()
        self.image = self.rendered = self.of = self.whose = None
        view.clear_image()

    def _show_wipe(self, view: "PaneView") -> None:
        if self.rendered is not None and self.of is not None:
            self._over.show_wipe(view, *self.rendered[:2], self.of[0], self._viewer.state.wipe_at)
