"""From stored values to gray levels and colors on the screen."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.imaging.display.cover import cover_hidden, hidden_pixels, paint_shutter
    from medviewer.imaging.display.default_window import (
        ASKED_FOR,
        automatic_window,
        default_voi,
        fitted_window,
        has_same_values,
        is_same_window,
        lacks_window,
        own_voi,
        shared_window,
        stated_window,
        thinned_out,
    )
    from medviewer.imaging.display.frame_values import (
        apply_modality,
        are_values_known,
        padding_mask,
        value_at,
        value_unit,
    )
    from medviewer.imaging.display.inversion import inverted_frame
    from medviewer.imaging.display.overlays import draw_overlays, overlay_mask, paint_mask
    from medviewer.imaging.display.pipeline import (
        display_values,
        halved_image,
        square_pixels,
        stored_steps,
        to_display_image,
        window_steps,
        with_square_pixels,
    )
    from medviewer.imaging.display.reduction import (
        Part,
        bands,
        crop,
        image_at,
        level_within,
        reduced_frame,
        thumbnail,
    )
    from medviewer.imaging.display.scaling import on_screen, screen_pixels
    from medviewer.imaging.display.subtraction import subtracted_frame
    from medviewer.imaging.display.transform import (
        AS_STORED,
        MIRRORED,
        TURNED_LEFT,
        TURNED_RIGHT,
        UPSIDE_DOWN,
        Orientation,
        ViewTransform,
    )
    from medviewer.imaging.display.value_windows import (
        NARROW,
        WIDE,
        is_from_values,
        narrow_window,
        wide_window,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "cover": "cover_hidden hidden_pixels paint_shutter",
        "default_window": (
            "ASKED_FOR automatic_window default_voi fitted_window has_same_values is_same_window "
            "lacks_window own_voi stated_window shared_window thinned_out"
        ),
        "frame_values": "apply_modality are_values_known padding_mask value_unit value_at",
        "overlays": "draw_overlays overlay_mask paint_mask",
        "pipeline": (
            "to_display_image display_values halved_image "
            "square_pixels stored_steps window_steps with_square_pixels"
        ),
        "reduction": "Part bands crop level_within image_at reduced_frame thumbnail",
        "scaling": "on_screen screen_pixels",
        "inversion": "inverted_frame",
        "subtraction": "subtracted_frame",
        "transform": "AS_STORED MIRRORED Orientation TURNED_LEFT TURNED_RIGHT UPSIDE_DOWN ViewTransform",
        "value_windows": "NARROW WIDE is_from_values narrow_window wide_window",
    },
)
