"""Annotations by slice.

Only those of the very version of its image are drawn.
"""

from collections.abc import Iterable, Mapping

from medviewer.imaging.annotation import KEY_IMAGE, Annotation, Annotations, image_sha256, slice_digest_of
from medviewer.imaging.frame import Frame
from medviewer.imaging.source import SliceKey

BySlice = Mapping[str, Annotations]


def by_slice(studies: Iterable[Annotations]) -> BySlice:
    """Return the annotations of studies by `slice_digest` in drawing order."""
    found: dict[str, Annotations] = {}
    for annotations in studies:
        for one in annotations:
            found[one.slice_digest] = (*found.get(one.slice_digest, ()), one)
    return found


def key_image_of(key: SliceKey, known: BySlice) -> Annotation | None:
    """Return the mark of a key image; None where the slice is none."""
    return next((one for one in known.get(slice_digest_of(key), ()) if one.kind == KEY_IMAGE), None)


def annotations_of(key: SliceKey, frame: Frame, known: BySlice) -> tuple[Annotations, int]:
    """Return a slice's annotations, and the count for other image versions."""
    found = tuple(one for one in known.get(slice_digest_of(key), ()) if one.kind != KEY_IMAGE)
    if not found:
        return (), 0
    version = image_sha256(frame)
    # guard(-> found): annotations of another version of an image are not drawn
    own = tuple(one for one in found if one.image_sha256 == version)
    return own, len(found) - len(own)
