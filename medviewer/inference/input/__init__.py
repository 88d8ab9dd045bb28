"""From a frame to the input tensor of a network."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.inference.input.brain import BRAIN_GRAY
    from medviewer.inference.input.frame_place import PlaceOnFrame, place_on_frame
    from medviewer.inference.input.orientation import PLANES, angles_to_planes, turn_to_training
    from medviewer.inference.input.placement import Image, laid_back, part, resized
    from medviewer.inference.input.preprocess import (
        Batch,
        GrayImages,
        Preprocessing,
        UprightImage,
        as_shown,
        as_trained,
        input_and_place,
        input_of,
        mean_over_variants,
        placed,
        preprocess_image,
        turned_to_training,
        variants_of,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "brain": "BRAIN_GRAY",
        "frame_place": "PlaceOnFrame place_on_frame",
        "orientation": "PLANES angles_to_planes turn_to_training",
        "placement": "Image laid_back part resized",
        "preprocess": (
            "Batch GrayImages Preprocessing UprightImage as_shown as_trained input_and_place input_of "
            "mean_over_variants placed preprocess_image turned_to_training variants_of"
        ),
    },
)
