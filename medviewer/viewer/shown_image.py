"""Image on the screen of a pane, at the resolution of its view."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from medviewer import limits
from medviewer.imaging.frame import Frame, Voi
from medviewer.viewer.prerender import NextImage
from medviewer.viewer.render import Bounds, Layers, OrientedImage, PaneImage, PaneText, Patch, TextOptions
from medviewer.viewer.state import PaneState, whose
from medviewer.viewer.viewer import Viewer

if TYPE_CHECKING:
    from medviewer.imaging.frame import DisplayImage, Mask
    from medviewer.imaging.processing import Processed


class Surface(Protocol):
    """The view of a pane, as far as an image is shown on it."""

    @property
    def seen(self) -> Bounds:
        """Visible part of the image and of the black around it."""

    @property
    def device_scale(self) -> float:
        """Screen pixels per column."""

    def show_image(self, image: "DisplayImage", rectangle: Bounds) -> None:
        """Show an image over a part of the frame's extent."""

    def show_mask(
        self, mask: "Mask | None", rectangle: Bounds, *, fill: bool = False, hidden: "Mask | None" = None
    ) -> None:
        """Show a mask over a part of the extent, save where the image is hidden."""

    def make_ready(
        self, image: "DisplayImage", mask: "Mask | None", rectangle: Bounds, *, fill: bool = False
    ) -> None:
        """Prepare the next image and its mask."""

    def make_text_ready(self, text: PaneText) -> None:
        """Render the texts of the pane ahead."""

    def clear_image(self) -> None:
        """Show black, and keep nothing of the image."""


class ShownImage:
    """Renders the image of a pane anew only where something has changed.

    Until the image of a pane's state is there, the one before stays, with the state that it is of.

    Parameters
    ----------
    number : int
        Of the pane.
    after_render : callable
        Called at the end of `render`, also where nothing had changed.

    Attributes
    ----------
    of : (PaneState, Processed or None) or None
        What the image is of; None: there is none.
    whose : object
        Key of its stack, as `whose` returns it.
    rendered : (OrientedImage, Patch, Voi or None) or None
        What is on the screen, with the window where it depends on one.
    """

    def __init__(self, viewer: Viewer, number: int, after_render: Callable[[], None]) -> None:
        self._viewer, self._number, self._after_render = viewer, number, after_render
        self._next = NextImage()
        self.of: tuple[PaneState, Processed | None] | None = None
        self.whose: object = None
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

    def take(self, state: PaneState, processed: "Processed | None") -> bool:
        """Take the image of a state, to be rendered.

        Returns
        -------
        bool
            It is another one than before, or turned or mirrored.
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
        self.image = ready or OrientedImage(bare, orientation)
        self.whose = whose(state)
        return True

    def render(self, view: Surface) -> None:
        """Render it for the view."""
        if self.image is None or self.of is None:
            return
        # guard(self.of -> (self._viewer.state.display.panes[self._number] or self.of[0], None)):
        #     an image is rendered with its own window until the next one is there
        image, (state, _) = self.image, self.of
        patch = image.patch(view.seen, view.device_scale)
        wanted = (image, patch, state.seen_voi if image.image.depends_on_window else None)
        if wanted == self.rendered:
            self._after_render()
            return
        before, self.rendered = self.rendered, wanted
        rectangle = image.rectangle(patch)
        view.show_image(image.render(patch, state.seen_voi), rectangle)
        if before is None or before[:2] != (image, patch):
            processed = image.image.processed
            fill = processed is not None and processed.mask_style == "fill"
            view.show_mask(image.mask(patch), rectangle, fill=fill, hidden=image.hidden(patch))
        self._after_render()

    def render_uncovered(self, view: Surface) -> bool:
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
        self, next_slice: "tuple[PaneState, Processed] | None", view: Surface, options: TextOptions
    ) -> None:
        """Render the next slice ahead, if it is known."""
        ahead = self._next.prepare(next_slice, view.seen, view.device_scale, options)
        if ahead is not None:
            view.make_ready(ahead.pixels, ahead.mask, ahead.rectangle, fill=ahead.fills_mask)
            view.make_text_ready(ahead.text)

    def forget(self, view: Surface) -> None:
        """Show no image, and keep none ready."""
        self._next.forget()
        self.image = self.rendered = self.of = self.whose = None
        view.clear_image()
