"""Conversion of points between image pixels and patient millimeters."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from medviewer.imaging.annotation.annotation import Annotation, Point, Points, digest
from medviewer.imaging.frame import FrameGeometry, Vector, to_patient

PLACES_KEPT: Final = 512
SMALLEST_AREA: Final = (
    1e-6  # of the square between the unit vectors of rows and columns: they are not one line
)


def point_in_patient(geometry: FrameGeometry, point: Point) -> Vector | None:
    """Return the patient position of an image point, in mm.

    None where the image does not say.

    Parameters
    ----------
    point : (x, y)
        In pixels; 0.5, 0.5 is the center of the first one.

    References
    ----------
    DICOM PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1.
    """
    x, y = point
    return to_patient(geometry, y - 0.5, x - 0.5)


def point_in_image(geometry: FrameGeometry, place: Vector) -> Point | None:
    """Return the image point (x, y) nearest to a place in the patient.

    Returns
    -------
    (x, y) or None
        None where the image has no place in the patient, or no area.
    """
    origin, across, down = geometry.position_mm, geometry.row_direction, geometry.column_direction
    spacing = geometry.spacing_mm
    if origin is None or across is None or down is None or spacing is None or 0 in spacing:
        return None
    way = [a - b for a, b in zip(place, origin, strict=True)]
    # rows and columns of real files are at right angles only nearly: both are solved for together
    aa, ad, dd = _dot(across, across), _dot(across, down), _dot(down, down)
    area = aa * dd - ad * ad
    if not area > SMALLEST_AREA:
        return None
    wa, wd = _dot(way, across), _dot(way, down)
    column_mm, row_mm = (wa * dd - wd * ad) / area, (wd * aa - wa * ad) / area
    return column_mm / spacing[1] + 0.5, row_mm / spacing[0] + 0.5


def points_on(geometry: FrameGeometry, points: Sequence[Point]) -> tuple[Points, str]:
    """Return image points as an annotation keeps them, and a digest.

    The digest is that of their frame of reference. They are places in the patient where
    the image states both its place and a frame of reference, and else pixels, with "" for the frame of
    reference.
    """
    if geometry.frame_of_reference_uid:
        places = [point_in_patient(geometry, point) for point in points]
        known = tuple(place for place in places if place is not None)
        if len(known) == len(points):
            return known, digest(geometry.frame_of_reference_uid)
    return tuple(points), ""


def points_in_image(geometry: FrameGeometry, annotation: Annotation) -> tuple[Point, ...] | None:
    """Return the points of an annotation in pixels of an image.

    Returns
    -------
    tuple of (x, y) or None
        None where its places in the patient are of another frame of reference, or the image has no place.
    """
    return _in_image(geometry, annotation, annotation.points)


def label_in_image(geometry: FrameGeometry, annotation: Annotation) -> Point | None:
    """Return the place of an annotation's label, in pixels of the image.

    None where it was not dragged, or the image has no such place.
    """
    place = annotation.label_place
    found = None if place is None else _in_image(geometry, annotation, (place,))
    return None if found is None else found[0]


def _in_image(geometry: FrameGeometry, annotation: Annotation, places: Points) -> tuple[Point, ...] | None:
    if not annotation.is_in_patient:
        return tuple((x, y) for x, y in places)
    # guard(-> not annotation.frame_of_reference):
    #     annotations of another frame of reference are not drawn
    if annotation.frame_of_reference != digest(geometry.frame_of_reference_uid):
        return None
    return _points_in_image(geometry, places)


@lru_cache(PLACES_KEPT)  # all panes of an image ask for all its drawings while one of them is dragged
def _points_in_image(geometry: FrameGeometry, places: Points) -> tuple[Point, ...] | None:
    found = [point_in_image(geometry, (x, y, z)) for x, y, z in places]
    known = tuple(point for point in found if point is not None)
    return known if len(known) == len(found) else None


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
