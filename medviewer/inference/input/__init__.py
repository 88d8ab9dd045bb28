"""From a frame to the input tensor of a network."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.inference.input.orientation import PLANES, angles_to_planes, turn_to_training
    from medviewer.inference.input.placement import Image, resized
    from medviewer.inference.input.preprocess import (
        Batch,
        Preprocessing,
        Seen,
        as_shown,
        as_trained,
        input_of,
        preprocess_image,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "orientation": "PLANES angles_to_planes turn_to_training",
        "placement": "Image resized",
        "preprocess": "Batch Preprocessing Seen as_shown as_trained input_of preprocess_image",
    },
)
