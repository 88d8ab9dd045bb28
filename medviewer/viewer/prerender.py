"""The next image of a pane, rendered while the pane rests.

The next scroll step then only paints it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from medviewer.viewer.render import Layers, OrientedImage, PaneImage, TextOptions, compose_pane_text

if TYPE_CHECKING:
    from medviewer.imaging.display import Orientation
    from medviewer.imaging.frame import DisplayImage, Frame, Mask
    from medviewer.imaging.processing import Processed
    from medviewer.viewer.render import Bounds, PaneText
    from medviewer.viewer.state import PaneState

PIXELS_MOST: Final = 1 << 20  # larger images take too long for a pause


@dataclass(frozen=True, slots=True)
class Prerendered:
    """Pixels, mask and text of the next scroll step.

    Attributes
    ----------
    pixels : (rows, columns) or (rows, columns, 3) uint8
        The patch that the view will look at.
    rectangle : Bounds
        Where it lies on the image.
    mask : (rows, columns) bool or None
        Of a threshold or of edges, on the patch.
    fills_mask : bool
        The mask is filled rather than outlined.
    """

    pixels: "DisplayImage"
    rectangle: "Bounds"
    mask: "Mask | None"
    fills_mask: bool
    text: "PaneText"


class NextImage:
    """Renders the next image and texts of a pane ahead.

    Used in the window's thread. Nothing of it is shown before the state asks for just this: the pane finds
    its image by what it is of, and its texts by what they say.
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
        self,
        next_slice: "tuple[PaneState, Processed] | None",
        seen: "Bounds",
        device_scale: float,
        options: TextOptions,
    ) -> Prerendered | None:
        """Render the next slice for the part that a view looks at.

        Forget what was ready. None where no slice is known to come, or a large one.
        """
        self.image = None
        if next_slice is None:
            return None
        state, processed = next_slice
        frame = state.seen
        if frame is None or frame.rows * frame.columns > PIXELS_MOST:
            return None
        layers = Layers(state.graphics_shown, state.shutter_shown)
        image = self.image = OrientedImage(PaneImage(frame, processed, layers), state.seen_orientation)
        patch = image.patch(seen, device_scale)
        return Prerendered(
            image.render(patch, state.seen_voi),
            image.rectangle(patch),
            image.mask(patch) if image.hidden(patch) is None else None,
            processed.mask_style == "fill",
            compose_pane_text(state, processed, complete=True, options=options, level=patch.level),
        )
