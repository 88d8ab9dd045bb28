"""Presentation states and their graphics, applied to a frame."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.imaging.presentation_state.drawing import state_primitives
    from medviewer.imaging.presentation_state.graphic import (
        Graphic,
        GraphicKind,
        Justification,
        Point,
        TextNote,
        Units,
    )
    from medviewer.imaging.presentation_state.state import (
        Annotation,
        DisplayedArea,
        ForImages,
        GraphicLayer,
        ImageReference,
        PresentationState,
        PresentationStateListing,
        SizeMode,
        displayed_area,
        drawn_layers,
        presented,
        view_of,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "drawing": "state_primitives",
        "graphic": "Graphic GraphicKind Justification Point TextNote Units",
        "state": (
            "Annotation DisplayedArea ForImages GraphicLayer ImageReference PresentationState "
            "PresentationStateListing SizeMode displayed_area drawn_layers presented view_of"
        ),
    },
)
