"""A frame and its parts, as values."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.imaging.frame.acquisition import Acquisition
    from medviewer.imaging.frame.attributes import (
        NO_ASPECT,
        Aspect,
        FrameAttributes,
        Rank,
        holds_p_values,
        is_secondary_capture,
        is_segmentation,
    )
    from medviewer.imaging.frame.cielab import cielab_to_rgb
    from medviewer.imaging.frame.cine import CineDirection, CineTiming, Timeline, timeline
    from medviewer.imaging.frame.damage import LEAST_SHARE, Damage
    from medviewer.imaging.frame.frame import Frame, refuse_large
    from medviewer.imaging.frame.geometry import (
        SAME_PLACE_MM,
        FrameGeometry,
        SpacingKind,
        Vector,
        direction_letters,
        is_parallel,
        opposite,
        place_along,
        plane_name,
        position_axis,
        reads_downwards,
        shares_space,
        slice_normal,
        to_patient,
        with_position,
    )
    from medviewer.imaging.frame.modality import (
        ModalityTable,
        ModalityTransform,
        Rescale,
        always_measures,
        every_stored,
        has_numbers_only,
        has_table,
        has_whole_values,
        in_range,
        look_up,
        luminance,
        to_modality_values,
        without_measure,
    )
    from medviewer.imaging.frame.overlay import OVERLAY_COLOR, Color, Overlay, OverlayKind
    from medviewer.imaging.frame.palette import SupplementalPalette
    from medviewer.imaging.frame.regions import UNITS, AxisScale, Region, region_at
    from medviewer.imaging.frame.shutter import (
        LARGEST_P_VALUE,
        BitmapShutter,
        CircularShutter,
        PolygonalShutter,
        RectangularShutter,
        Shutter,
        ShutterShape,
        moved_shutter,
    )
    from medviewer.imaging.frame.subtraction import Subtraction
    from medviewer.imaging.frame.types import DisplayImage, Mask, ModalityImage
    from medviewer.imaging.frame.units import (
        OPEN_END,
        SHOWN_UNITS,
        UPTAKE_UNITS,
        known_unit,
        range_message,
        short_unit,
        value_text,
    )
    from medviewer.imaging.frame.voi import (
        SOFT_TISSUE,
        VOI_PRESETS,
        IdentityVoi,
        PresentationTable,
        Voi,
        VoiFunction,
        VoiOrigin,
        VoiTable,
        Window,
        describe_voi,
        is_usable,
        presented_values,
        voi_message,
        voi_values,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "acquisition": "Acquisition",
        "attributes": (
            "Aspect FrameAttributes NO_ASPECT Rank holds_p_values is_secondary_capture is_segmentation"
        ),
        "cielab": "cielab_to_rgb",
        "cine": "CineDirection CineTiming Timeline timeline",
        "damage": "Damage LEAST_SHARE",
        "frame": "Frame refuse_large",
        "geometry": (
            "FrameGeometry SAME_PLACE_MM SpacingKind Vector direction_letters is_parallel opposite "
            "place_along plane_name position_axis reads_downwards shares_space slice_normal to_patient "
            "with_position"
        ),
        "modality": (
            "ModalityTable ModalityTransform Rescale always_measures every_stored "
            "has_numbers_only has_table has_whole_values look_up luminance in_range to_modality_values "
            "without_measure"
        ),
        "overlay": "Color OVERLAY_COLOR Overlay OverlayKind",
        "palette": "SupplementalPalette",
        "regions": "Region AxisScale UNITS region_at",
        "shutter": (
            "BitmapShutter CircularShutter LARGEST_P_VALUE PolygonalShutter RectangularShutter "
            "Shutter ShutterShape moved_shutter"
        ),
        "subtraction": "Subtraction",
        "types": "DisplayImage Mask ModalityImage",
        "units": "OPEN_END SHOWN_UNITS UPTAKE_UNITS known_unit range_message short_unit value_text",
        "voi": (
            "IdentityVoi PresentationTable SOFT_TISSUE VOI_PRESETS Voi VoiFunction VoiOrigin VoiTable Window "
            "describe_voi voi_message is_usable presented_values voi_values"
        ),
    },
)
