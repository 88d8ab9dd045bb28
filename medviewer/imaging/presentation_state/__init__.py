"""Presentation states and their graphics, applied to a frame."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.imaging.presentation_state.graphic import (
        Graphic,
        GraphicKind,
        Justification,
        Layer,
        Point,
        TextNote,
        Units,
        outline_points,
    )
    from medviewer.imaging.presentation_state.state import (
        Annotation,
        DisplayedArea,
        ForImages,
        GraphicLayer,
        ImageReference,
        PresentationState,
        SizeMode,
        displayed_area,
        drawn_layers,
        frame_point,
        presented,
        view_of,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "graphic": "Graphic GraphicKind Justification Layer Point TextNote Units outline_points",
        "state": (
            "Annotation DisplayedArea ForImages GraphicLayer ImageReference PresentationState "
            "SizeMode displayed_area drawn_layers frame_point presented view_of"
        ),
    },
)
