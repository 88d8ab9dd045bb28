"""Reference lines and the located point over the image of a pane."""

from typing import TYPE_CHECKING

from medviewer.gui import image_view
from medviewer.viewer import compare
from medviewer.viewer.state import PaneState
from medviewer.viewer.viewer import Viewer

if TYPE_CHECKING:
    from medviewer.gui.image_view import PaneView, ReferenceItem
    from medviewer.viewer.compare import Reference


class PaneReference:
    """Shows reference lines and the located point over the image of a pane."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._item: ReferenceItem | None = None  # made when there is anything to show
        self._painted: tuple[PaneView, int, PaneState] | None = None
        self.is_wanted = False  # else only one stack is on the screen, and no point is marked

    @property
    def shown(self) -> "Reference | None":
        """Lines and point over the image; None: never any."""
        return None if self._item is None else self._item.reference

    def show(self, view: "PaneView", number: int, painted: PaneState) -> None:
        """Show them over the image that is painted, of the pane with a number."""
        self._painted = view, number, painted
        self.show_again()

    def show_again(self) -> None:
        """Show them anew as other panes have changed."""
        if self._painted is None or (self._item is None and not self.is_wanted):
            return
        view, number, painted = self._painted
        if self._item is None:
            self._item = image_view.ReferenceItem(view.font_on_images)
            view.lay_over(self._item)
        wanted = compare.NO_REFERENCE
        if self.is_wanted:
            wanted = compare.reference_of(self._viewer.state, number, painted)
        self._item.show_reference(wanted, view.extent)

    def forget(self) -> None:
        """Show nothing until an image is painted again."""
        self._painted = None
        if self._item is not None:
            self._item.show_reference(compare.NO_REFERENCE, (0.0, 0.0))
