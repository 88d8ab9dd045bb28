"""From a frame to the input tensor of a network."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.inference.input.orientation import PLANES, angles_to_planes, to_hung
    from medviewer.inference.input.placement import Picture, resized
    from medviewer.inference.input.preprocess import (
        Batch,
        Preprocessing,
        Seen,
        as_shown,
        hung,
        input_of,
        preprocess_picture,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "orientation": "PLANES angles_to_planes to_hung",
        "placement": "Picture resized",
        "preprocess": "Batch Preprocessing Seen as_shown hung input_of preprocess_picture",
    },
)
