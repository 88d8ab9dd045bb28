"""Pre-rendering of a pane's next image while it rests.

The next scroll step then only paints it.
"""

from typing import TYPE_CHECKING, Final

from medviewer.viewer.render import Layers, OrientedImage, PaneImage, Showing, compose_pane_text

if TYPE_CHECKING:
    from medviewer.gui.image_view import PaneView
    from medviewer.imaging.display import Orientation
    from medviewer.imaging.frame import Frame
    from medviewer.imaging.processing import Processed
    from medviewer.viewer.state import PaneState

REST_MS: Final = 60
STAGGER_MS: Final = 15  # one pane after another, so that none holds up the window for long
PIXELS_MOST: Final = 1 << 20  # larger images take too long for a pause


class PaneAhead:
    """Renders a pane's next image and texts ahead, in the window's thread.

    Nothing of it is shown before the state asks for just this: the pane finds its image by what it is of,
    and its texts by what they say.
    """

    def __init__(self) -> None:
        self.image: OrientedImage | None = None

    def forget(self) -> None:
        """Keep nothing."""
        self.image = None

    def take(
        self, frame: "Frame", processed: "Processed | None", layers: Layers, orientation: "Orientation"
    ) -> OrientedImage | None:
        """Return the image of just this.

        None where another one, or none, was made ready.
        """
        image = self.image
        # guard(not image.image.is_of(frame, processed, layers)):
        #     an image that was made ready is shown for its own frame only
        if image is None or not image.image.is_of(frame, processed, layers):
            return None
        return image if image.view.orientation == orientation else None

    def prepare(
        self, next_slice: "tuple[PaneState, Processed] | None", view: "PaneView", showing: Showing
    ) -> None:
        """Prepare the next slice if it is known and not too large.

        Forget what was ready.
        """
        self.image = None
        if next_slice is None:
            return
        state, processed = next_slice
        frame = state.seen
        if frame is None or frame.rows * frame.columns > PIXELS_MOST:
            return
        layers = Layers(state.graphics_shown, state.shutter_shown)
        image = OrientedImage(PaneImage(frame, processed, layers), state.seen_orientation)
        patch = image.patch(view.seen, view.device_scale)
        mask = image.mask(patch) if image.hidden(patch) is None else None
        fill = processed.mask_style == "fill"
        view.make_ready(image.render(patch, state.seen_voi), mask, image.rectangle(patch), fill=fill)
        view.make_text_ready(
            compose_pane_text(state, processed, complete=True, showing=showing, level=patch.level)
        )
        self.image = image
