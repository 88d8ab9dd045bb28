"""Annotations on an image, as values.

Where it lies, how it is kept, how it is drawn.
"""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.imaging.annotation.annotation import (
        KEY_IMAGE,
        Annotation,
        Annotations,
        Facts,
        Point,
        digest,
        image_sha256,
        new_id,
        slice_digest_of,
    )
    from medviewer.imaging.annotation.document import NewerDocumentError, as_json, from_json
    from medviewer.imaging.annotation.drawing import ellipse_through, kind_of, primitives_of
    from medviewer.imaging.annotation.masks import (
        OUTLINE,
        mask_of_points,
        pixels_of_points,
        points_of_mask,
    )
    from medviewer.imaging.annotation.merge import known_base, merged, replaying
    from medviewer.imaging.annotation.pixel_sides import DOWN, SIDES, UP, followed_sides
    from medviewer.imaging.annotation.placement import (
        label_in_image,
        point_in_image,
        points_in_image,
        points_on,
    )
    from medviewer.imaging.annotation.primitives import (
        Arrow,
        Carry,
        Cross,
        Ellipse,
        Handle,
        Label,
        Polygon,
        Polyline,
        Primitive,
        carried,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "annotation": (
            "KEY_IMAGE Annotation Annotations Facts Point digest image_sha256 new_id slice_digest_of"
        ),
        "document": "NewerDocumentError as_json from_json",
        "drawing": "ellipse_through kind_of primitives_of",
        "masks": ("OUTLINE mask_of_points pixels_of_points points_of_mask"),
        "merge": "known_base merged replaying",
        "pixel_sides": "DOWN SIDES UP followed_sides",
        "placement": "label_in_image point_in_image points_in_image points_on",
        "primitives": "Arrow Carry Cross Ellipse Handle Label Polygon Polyline Primitive carried",
    },
)
