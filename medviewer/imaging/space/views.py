"""The same place at the same scale in the views of two slices."""

from medviewer.imaging.annotation import Point, point_in_image
from medviewer.imaging.frame import FrameGeometry, Vector, is_parallel, to_patient


def matching_view(
    here: FrameGeometry, point: Point, there: FrameGeometry, shift_mm: Vector = (0.0, 0.0, 0.0)
) -> tuple[Point, float] | None:
    """Return another slice's point at one place, and the ratio of scales.

    Parameters
    ----------
    point : (x, y)
        In pixels of the slice here; 0.5, 0.5 is the center of the first one.
    shift_mm : (x, y, z)
        From a place here to the same one there.

    Returns
    -------
    (point, ratio) or None
        The point in pixels of the slice there, and by how much a column there must be larger on the screen
        than one here for a millimeter to be as long. None where the slices lie in different directions or
        have no scale.
    """
    if here.spacing_mm is None or there.spacing_mm is None or not is_parallel(here, there):
        return None
    x, y = point
    place = to_patient(here, y - 0.5, x - 0.5)
    if place is None or 0 in here.spacing_mm:
        return None
    a, b, c = (one + more for one, more in zip(place, shift_mm, strict=True))
    found = point_in_image(there, (a, b, c))
    return None if found is None else (found, there.spacing_mm[1] / here.spacing_mm[1])
