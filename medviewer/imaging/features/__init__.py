"""Texture and edge features of a frame."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.imaging.features.feature_vector import (
        COOCCURRENCE_NAMES,
        EDGE_NAME,
        FEATURE_NAMES,
        FIRST_GRADIENT,
        GRADIENT_PLACES,
        PATTERN_NAMES,
        TEXTURE_SIDE,
        compute_features,
        squared,
    )
    from medviewer.imaging.features.texture import HOG_BINS, HOG_SIDE, LBP_POINTS, Vector

__getattr__ = lazy_names(
    __name__,
    {
        "feature_vector": (
            "COOCCURRENCE_NAMES EDGE_NAME FEATURE_NAMES FIRST_GRADIENT GRADIENT_PLACES "
            "PATTERN_NAMES TEXTURE_SIDE compute_features squared"
        ),
        "texture": "HOG_BINS HOG_SIDE LBP_POINTS Vector",
    },
)
