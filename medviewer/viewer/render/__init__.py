"""From a frame to the image of a pane.

Orientation, size, places of texts. No Qt.
"""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.render.displayed_area import (
        NO_SCREEN_SIZE,
        Screen,
        VisiblePart,
        area_zoom,
        why_no_true_size,
    )
    from medviewer.viewer.render.graphics import (
        Fill,
        Pen,
        Stroke,
        TextLine,
        graphics_on,
        lay_out,
        to_view,
    )
    from medviewer.viewer.render.label_places import Brightness, KeptPlaces
    from medviewer.viewer.render.line_breaking import break_lines
    from medviewer.viewer.render.measurements import measured
    from medviewer.viewer.render.oriented import OrientedImage
    from medviewer.viewer.render.pane_text import (
        TextOptions,
        caption_text,
        compose_pane_text,
        says_result,
        shown_geometry,
        spoken_text,
    )
    from medviewer.viewer.render.pyramid import FIT, Bounds, Layers, PaneImage, Patch, Zoom
    from medviewer.viewer.render.screen_sizes import (
        ScreenSizes,
        is_likely_screen,
        screen_sizes_from,
        screen_sizes_text,
        with_screen_size,
    )
    from medviewer.viewer.render.text_layout import (
        Arrangement,
        Box,
        Line,
        PaneText,
        Placed,
        ResultChip,
        Ruler,
        arrange,
        unsaid_marks,
    )
    from medviewer.viewer.render.text_level import TextLevel, text_level_named
    from medviewer.viewer.render.title_strip import Tag, TitleStrip, compose_title, plane_letter

__getattr__ = lazy_names(
    __name__,
    {
        "displayed_area": "NO_SCREEN_SIZE Screen VisiblePart area_zoom why_no_true_size",
        "graphics": "Fill Pen Stroke TextLine graphics_on lay_out to_view",
        "label_places": "Brightness KeptPlaces",
        "line_breaking": "break_lines",
        "measurements": "measured",
        "oriented": "OrientedImage",
        "pane_text": "TextOptions caption_text compose_pane_text says_result shown_geometry spoken_text",
        "pyramid": "FIT Layers PaneImage Patch Bounds Zoom",
        "screen_sizes": ("ScreenSizes is_likely_screen screen_sizes_from screen_sizes_text with_screen_size"),
        "text_layout": "Arrangement Box Line PaneText Placed ResultChip Ruler arrange unsaid_marks",
        "text_level": "TextLevel text_level_named",
        "title_strip": "Tag TitleStrip compose_title plane_letter",
    },
)
