"""The ring around the reach of the brush over an outline."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Slot

from medviewer.gui import image_view
from medviewer.viewer import annotations, tools
from medviewer.viewer.tools import Pointer

if TYPE_CHECKING:
    from medviewer.gui.image_view import GraphicsItem, PaneView
    from medviewer.gui.panes.mouse import MouseInteraction
    from medviewer.imaging.annotation import Primitive


class BrushRing(QObject):
    """Follows the mouse over a view while a brush is the chosen tool."""

    def __init__(self, view: "PaneView", mouse: "MouseInteraction") -> None:
        super().__init__(view)
        self._view, self._mouse = view, mouse
        self._point: QPointF | None = None
        self._item: GraphicsItem | None = None  # made when there is anything to show
        mouse.hovered.connect(self._hover)
        mouse.brush_changed.connect(self.refresh)

    @property
    def shown(self) -> "tuple[Primitive, ...]":
        """The ring over the image; () where no brush is over it."""
        return () if self._item is None else self._item.primitives

    @Slot(object)
    def _hover(self, point: QPointF | None) -> None:
        self._point = point
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the ring where the mouse is, or none."""
        state = self._mouse.viewer.state
        frame, point = self._mouse.frame, self._point
        is_wanted = state.tool in tools.OUTLINE_TOOLS and not self._mouse.is_in_film
        ring: tuple[Primitive, ...] = ()
        pane = state.display.panes[self._mouse.number]
        if is_wanted and frame is not None and point is not None and pane is not None:
            row, column = self._mouse.position_at(Pointer(point.x(), point.y()))
            ring = annotations.brush_ring(state, pane, (column + 0.5, row + 0.5))
        if self._item is None:
            if not ring:
                return
            self._item = image_view.GraphicsItem(self._view.font_on_images)
            self._view.lay_over(self._item)
        self._item.show_graphics(ring, self._view.extent)
