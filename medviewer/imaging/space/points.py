"""The slice of a stack nearest to a point in the patient."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from medviewer.imaging.annotation import Point, point_in_image
from medviewer.imaging.frame import FrameGeometry, Vector, slice_normal
from medviewer.imaging.source import ImageSource

if TYPE_CHECKING:
    import numpy.typing as npt

REACH_MM: Final = 0.5  # beside a slice of unknown thickness that has no neighbor
STACKS_KEPT: Final = 32
ROUNDING: Final = 1e-6  # of a spacing; a point half-way to a neighbor is still of this slice


@dataclass(frozen=True, slots=True)
class PointOnSlice:
    """A slice of a stack and a point beside it.

    Parameters
    ----------
    index : int
        The nearest slice.
    is_within : bool
        The point is in what the slice shows: in its outline, and no farther away than half a spacing.
    is_between : bool
        It is between the first and the last slice, or half a spacing outside of them.
    """

    index: int
    is_within: bool
    is_between: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Planes:
    """The planes of a stack's slices in one frame of reference.

    Parameters
    ----------
    origins, normals : (n, 3) float64
        In mm; unit vectors.
    reach : (n,) float64
        As far as each slice shows the patient at either side of its plane, in mm.
    """

    indices: tuple[int, ...]
    origins: npt.NDArray[np.float64]
    normals: npt.NDArray[np.float64]
    reach: npt.NDArray[np.float64]


def slice_at_point(
    source: ImageSource, point: Vector, frame_of_reference_uid: str, current: int
) -> PointOnSlice | None:
    """Return the slice of a stack that is nearest to a point.

    Parameters
    ----------
    point : (x, y, z)
        In patient millimeters of the frame of reference.
    current : int
        The slice that is shown; between slices at one place it stays.

    Returns
    -------
    PointOnSlice or None
        None where no slice states its place in that frame of reference.
    """
    planes = _planes(source, frame_of_reference_uid)
    if planes is None:
        return None
    ways = ((np.asarray(point) - planes.origins) * planes.normals).sum(axis=1)
    away = np.abs(ways)
    nearest = float(away.min())
    alike = [planes.indices[at] for at in np.flatnonzero(away <= nearest + ROUNDING)]
    index = current if current in alike else alike[0]
    at = planes.indices.index(index)
    is_between = bool(away[at] <= planes.reach[at] * (1 + ROUNDING)) or bool(ways.min() < 0 < ways.max())
    inside = point_on_slice(source, index, point) is not None
    is_near = bool(away[at] <= planes.reach[at] * (1 + ROUNDING))
    return PointOnSlice(index, is_within=inside and is_near, is_between=is_between)


def point_on_slice(source: ImageSource, index: int, point: Vector) -> Point | None:
    """Return the projection of a point in the patient on a slice.

    Returns
    -------
    (x, y) or None
        In pixels, 0.5, 0.5 the center of the first one; None where it is outside of the image.
    """
    place = point_in_image(source.geometry(index), point)
    if place is None:
        return None
    x, y = place
    return place if 0 <= x <= source.columns and 0 <= y <= source.rows else None


@lru_cache(maxsize=STACKS_KEPT)
def _planes(source: ImageSource, frame_of_reference_uid: str) -> _Planes | None:
    def is_placed(geometry: FrameGeometry) -> bool:
        # guard(-> True): a point is looked for in stacks of its own frame of reference only
        return bool(frame_of_reference_uid) and geometry.frame_of_reference_uid == frame_of_reference_uid

    known = [
        (index, header.geometry, normal)
        for index, header in enumerate(source.headers)
        if is_placed(header.geometry)
        and header.geometry.position_mm is not None
        and (normal := slice_normal(header.geometry)) is not None
    ]
    if not known:
        return None
    origins = np.array([geometry.position_mm for _, geometry, _ in known], np.float64)
    normals = np.array([normal for _, _, normal in known], np.float64)
    thickness = [geometry.slice_thickness_mm or 0.0 for _, geometry, _ in known]
    indices = tuple(index for index, _, _ in known)
    return _Planes(indices, origins, normals, _reach(origins, normals, thickness))


def _reach(
    origins: npt.NDArray[np.float64], normals: npt.NDArray[np.float64], thickness: list[float]
) -> npt.NDArray[np.float64]:
    """Return how far each slice shows the patient at either side, in mm.

    Half-way to its neighbor, the farther one within the stack; at the ends as far as to the inner one; at
    least half its thickness.
    """
    along = (origins * normals[0]).sum(axis=1)
    order = np.argsort(along, kind="stable")
    steps = np.diff(along[order])
    steps = np.where(steps > ROUNDING, steps, 0.0)
    reach = np.zeros(len(along))
    if len(steps):
        before = np.concatenate([steps[:1], steps])
        after = np.concatenate([steps, steps[-1:]])
        reach[order] = np.maximum(before, after) / 2
    least = [half if math.isfinite(half := size / 2) and half > 0 else REACH_MM for size in thickness]
    return np.maximum(reach, least)
