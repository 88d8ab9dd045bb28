"""What a pane is going to show next, made ready while it rests: the next scroll step then only paints it."""

from typing import TYPE_CHECKING, Final

from medviewer.viewer.render import Layers, PanePicture, Showing, TurnedPicture, compose_pane_text

if TYPE_CHECKING:
    from medviewer.gui.panes.view import PaneView
    from medviewer.imaging.display import Orientation
    from medviewer.imaging.frame import Frame
    from medviewer.imaging.processing import Processed
    from medviewer.viewer.state import PaneState

REST_MS: Final = 60
STAGGER_MS: Final = 15  # one pane after another, so that none holds up the window for long
PIXELS_MOST: Final = 1 << 20  # larger pictures take too long for a pause


class PaneAhead:
    """Renders the picture and the texts that a pane shows one slice on, in the window's thread.

    Nothing of it is shown before the state asks for just this: the pane finds its picture by what it is of,
    and its texts by what they say.
    """

    def __init__(self) -> None:
        self.picture: TurnedPicture | None = None

    def forget(self) -> None:
        """Keep nothing."""
        self.picture = None

    def take(
        self, frame: "Frame", processed: "Processed | None", layers: Layers, orientation: "Orientation"
    ) -> TurnedPicture | None:
        """Return the picture of just this; None where another one, or none, was made ready."""
        picture = self.picture
        if picture is None or not picture.picture.is_of(frame, processed, layers):
            return None
        return picture if picture.view.orientation == orientation else None

    def prepare(
        self, coming: "tuple[PaneState, Processed] | None", view: "PaneView", showing: Showing
    ) -> None:
        """Make ready what is coming, if it is known and not too large; forget what was ready."""
        self.picture = None
        if coming is None:
            return
        state, processed = coming
        frame = state.seen
        if frame is None or frame.rows * frame.columns > PIXELS_MOST:
            return
        layers = Layers(state.graphics_shown, state.shutter_shown)
        picture = TurnedPicture(PanePicture(frame, processed, layers), state.view.orientation)
        patch = picture.patch(view.seen, view.device_scale)
        mask = picture.mask(patch) if picture.hidden(patch) is None else None
        fill = processed.mask_style == "fill"
        view.make_ready(picture.render(patch, state.seen_voi), mask, picture.rectangle(patch), fill=fill)
        view.make_text_ready(
            compose_pane_text(state, processed, complete=True, showing=showing, level=patch.level)
        )
        self.picture = picture
