"""From stored values to gray levels and colors on the screen."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.imaging.display.pipeline import (
        display,
        display_values,
        half,
        square_pixels,
        stored_steps,
        window_steps,
        with_square_pixels,
    )
    from medviewer.imaging.display.reduction import (
        Part,
        bands,
        crop,
        level_within,
        picture_at,
        reduced,
        thumbnail,
    )
    from medviewer.imaging.display.scaling import on_screen
    from medviewer.imaging.display.transform import (
        AS_STORED,
        MIRRORED,
        TURNED_LEFT,
        TURNED_RIGHT,
        UPSIDE_DOWN,
        Orientation,
        ViewTransform,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "pipeline": (
            "display display_values half square_pixels stored_steps window_steps with_square_pixels"
        ),
        "reduction": "Part bands crop level_within picture_at reduced thumbnail",
        "scaling": "on_screen",
        "transform": "AS_STORED MIRRORED Orientation TURNED_LEFT TURNED_RIGHT UPSIDE_DOWN ViewTransform",
    },
)
