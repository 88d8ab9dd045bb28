"""View of one image: painting of its tiles, graphics and texts."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.image_view.graphics_item import GraphicsItem
    from medviewer.gui.image_view.magnifier import MAGNIFIER_PX, Magnifier, times_at
    from medviewer.gui.image_view.reference_item import ReferenceItem
    from medviewer.gui.image_view.text_painter import TextPainter
    from medviewer.gui.image_view.true_size import true_size_on
    from medviewer.gui.image_view.view import PaneView
    from medviewer.gui.image_view.wipe import Wipe

__getattr__ = lazy_names(
    __name__,
    {
        "graphics_item": "GraphicsItem",
        "magnifier": "MAGNIFIER_PX Magnifier times_at",
        "reference_item": "ReferenceItem",
        "text_painter": "TextPainter",
        "true_size": "true_size_on",
        "view": "PaneView",
        "wipe": "Wipe",
    },
)
