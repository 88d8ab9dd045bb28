"""What a pane is going to show next, made ready while it rests: the next scroll step then only paints it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Slot

from medviewer.gui.pane_picture import Layers, PanePicture
from medviewer.gui.pane_words import Showing, pane_text
from medviewer.gui.turned_picture import TurnedPicture

if TYPE_CHECKING:
    from medviewer.gui.pane_view import PaneView
    from medviewer.gui.session import ViewerSession
    from medviewer.imaging.frame import Frame
    from medviewer.imaging.processing import Processed
    from medviewer.imaging.transform import Orientation

REST_MS: Final = 30
STAGGER_MS: Final = 15  # one pane after another, so that none holds up the window for long
PIXELS_MOST: Final = 1 << 20  # larger pictures take too long for a pause


class PaneAhead(QObject):
    """Renders the picture and the texts that a pane shows one slice on, in the window's thread.

    Nothing of it is shown before the state asks for just this: the pane finds its picture by what it is of,
    and its texts by what they say.
    """

    def __init__(
        self,
        session: "ViewerSession",
        number: int,
        view: "Callable[[], PaneView]",
        showing: Callable[[], Showing],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._number = session, number
        self._view, self._showing = view, showing
        self._picture: TurnedPicture | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS + STAGGER_MS * number)
        self._rest.timeout.connect(self._prepare)
        session.viewing.came_ahead.connect(self._on_came_ahead)

    def wait(self) -> None:
        """Make the next slice ready when the pane has rested a moment; what it is, is asked then."""
        self._rest.start()

    def forget(self) -> None:
        """Keep nothing, and wait for nothing."""
        self._rest.stop()
        self._picture = None

    def take(
        self, frame: "Frame", processed: "Processed | None", layers: Layers, orientation: "Orientation"
    ) -> TurnedPicture | None:
        """Return the picture of just this; None where another one, or none, was made ready."""
        picture = self._picture
        if picture is None or not picture.picture.is_of(frame, processed, layers):
            return None
        return picture if picture.view.orientation == orientation else None

    @Slot()
    def _on_came_ahead(self) -> None:
        if self._picture is None and not self._rest.isActive():
            self.wait()

    @Slot()
    def _prepare(self) -> None:
        self._picture = None
        coming = None if self._session.busy(self._number) else self._session.viewing.coming(self._number)
        if coming is None:
            return
        state, processed = coming
        frame, view = state.seen, self._view()
        if frame is None or frame.rows * frame.columns > PIXELS_MOST:
            return
        layers = Layers(state.graphics_shown, state.shutter_shown)
        picture = TurnedPicture(PanePicture(frame, processed, layers), state.view.orientation)
        patch = picture.patch(view.seen, view.device_scale)
        fill = processed is not None and processed.mask_style == "fill"
        mask = picture.mask(patch) if picture.hidden(patch) is None else None
        view.make_ready(picture.render(patch, state.voi), mask, picture.rectangle(patch), fill=fill)
        said = pane_text(state, processed, complete=True, showing=self._showing(), level=patch.level)
        view.make_text_ready(said)
        self._picture = picture
