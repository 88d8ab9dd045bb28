"""Areas and volume of a region, and an estimate of a bleeding by its axes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.imaging.frame import SAME_PLACE_MM, Mask, SpacingKind
from medviewer.imaging.measurement import PixelScale, scale_of
from medviewer.imaging.source import ImageSource
from medviewer.imaging.volume.connected import Grown

GAP_RATIO: Final = 1.5  # of the usual step
UNEVEN_RATIO: Final = 0.05
ML: Final = 1000.0  # mm³
WHOLE_SHARE: Final = 0.75  # of the largest area, from which a slice counts whole (Kothari 1996)
HALF_SHARE: Final = 0.25


@dataclass(frozen=True, slots=True)
class Axes:
    """The axes of a bleeding as they are measured for ABC/2, in mm.

    References
    ----------
    R. U. Kothari et al., The ABCs of measuring intracerebral hemorrhage volumes, Stroke 27 (1996) 1304-1305:
    A the longest diameter on the slice of the largest area, B across it, C the slices, of which one with
    more than 75 % of the largest area counts whole, one with 25 to 75 % half, and others not.
    """

    a: float
    b: float
    c: float

    @property
    def ml(self) -> float:
        """The volume A B C / 2."""
        return self.a * self.b * self.c / 2 / ML


@dataclass(frozen=True, slots=True)
class Extent:
    """Areas and volume of a region.

    Parameters
    ----------
    areas : mapping of index to float
        Of each slice, in `scale.area_unit`.
    volume_ml : float or None
        None on one slice, or where the file does not state what it needs.
    axes : Axes or None
        None where there is no volume.
    gap_mm : float
        What is bridged between slices farther apart than the others.
    is_uneven : bool
        The distances of the slices differ.
    """

    scale: PixelScale
    areas: Mapping[int, float]
    volume_ml: float | None = None
    axes: Axes | None = None
    gap_mm: float = 0.0
    is_uneven: bool = False


def extent_of(region: Grown, source: ImageSource) -> Extent:
    """Return areas and, through a stack, the volume of a region.

    The volume is the sum of area times share: a slice stands for half of the way to each neighbor along the
    normal, and at an end of the stack for as much beyond. Beside a gap it stands for half of the usual
    distance, or where the region goes on behind the gap for half of it.
    """
    indices = region.indices
    counts = {index: int(np.count_nonzero(region.mask(index))) for index in indices}
    scale = _scale(region)
    areas = {index: count * scale.pixel_area for index, count in counts.items()}
    places = [header.position_mm for header in source.headers]
    is_placed = scale.unit == "mm" and scale.kind is SpacingKind.PATIENT and len(source) > 1
    if not (region.through and is_placed) or any(place is None for place in places):
        return Extent(scale, areas)
    known = [place for place in places if place is not None]
    shares, gap_mm = slice_shares(known, set(indices))
    if not shares:
        return Extent(scale, areas)
    volume = sum(areas[index] * shares[index] for index in indices) / ML
    reached = [abs(b - a) for a, b in pairwise(known[max(0, indices[0] - 1) : indices[-1] + 2])]
    real = [step for step in reached if step >= SAME_PLACE_MM]
    usual = _usual([abs(b - a) for a, b in pairwise(known)])
    even = [step for step in real if step <= GAP_RATIO * usual]
    is_uneven = bool(even) and max(even) - min(even) > UNEVEN_RATIO * usual
    return Extent(scale, areas, volume, _axes(region, areas, shares, scale), gap_mm, is_uneven)


def slice_shares(places: Sequence[float], inside: set[int]) -> tuple[dict[int, float], float]:
    """Return the length along the normal that each slice stands for, in mm.

    Parameters
    ----------
    places : sequence of float
        Of all slices, in their order.
    inside : set of int
        Indices of the slices with a region.

    Returns
    -------
    dict of index to float
        Empty where all slices lie at one place.
    float
        The gaps that are bridged, beyond the usual distance.
    """
    steps = [abs(b - a) for a, b in pairwise(places)]
    usual = _usual(steps)
    if not usual:
        return {}, 0.0
    bridged = 0.0
    halves = []
    for number, step in enumerate(steps):
        is_gap = step > GAP_RATIO * usual
        if is_gap and number in inside and number + 1 in inside:
            bridged += step - usual
            is_gap = False
        halves.append(usual / 2 if is_gap else step / 2)
    shares = {}
    for index in inside:
        before = halves[index - 1] if index else min(halves[0], usual / 2 * GAP_RATIO)
        behind = halves[index] if index < len(steps) else min(halves[-1], usual / 2 * GAP_RATIO)
        shares[index] = before + behind
    return shares, bridged


def _usual(steps: Sequence[float]) -> float:
    """Return the middle distance of slices at different places; 0: none."""
    real = sorted(step for step in steps if step >= SAME_PLACE_MM)
    return real[(len(real) - 1) // 2] if real else 0.0


def _scale(region: Grown) -> PixelScale:
    """Return the scale that holds over all of a region."""
    union = region.mask(region.start)
    rows, columns = np.nonzero(union.any(axis=1))[0], np.nonzero(union.any(axis=0))[0]
    x, y = (columns[0] + 0.5, columns[-1] + 0.5), (rows[0] + 0.5, rows[-1] + 0.5)
    scale = scale_of(region.frame, [(float(a), float(b)) for a in x for b in y])
    return scale if scale.has_one_unit else PixelScale()


def _axes(region: Grown, areas: Mapping[int, float], shares: Mapping[int, float], scale: PixelScale) -> Axes:
    largest = max(areas, key=lambda index: (areas[index], -index))
    a, b = diameters(region.mask(largest), scale)
    c = 0.0
    for index, area in areas.items():
        share = area / areas[largest]
        c += shares[index] * (1.0 if share > WHOLE_SHARE else 0.5 if share >= HALF_SHARE else 0.0)
    return Axes(a, b, c)


def diameters(mask: Mask, scale: PixelScale) -> tuple[float, float]:
    """Return the longest diameter of a region, and its width across that.

    Both are measured between the middles of the outer sides of its pixels.
    """
    hull = _hull(mask) * (scale.across, scale.down)
    ways = hull[:, None] - hull[None]
    lengths = np.hypot(ways[..., 0], ways[..., 1])
    one, other = np.unravel_index(int(np.argmax(lengths)), lengths.shape)
    longest = float(lengths[one, other])
    along = ways[one, other] / longest
    across = hull @ np.array((-along[1], along[0]))
    return longest, float(across.max() - across.min())


def _hull(mask: Mask) -> npt.NDArray[np.float64]:
    """Return the corners (n, 2), x and y, of the hull of the sides of pixels."""
    inner = cv2.erode(mask.view(np.uint8), np.ones((3, 3), np.uint8), borderValue=0)
    rows, columns = np.nonzero(mask & (inner == 0))
    centers = np.stack((2 * columns + 1, 2 * rows + 1), axis=1)
    sides = np.array(((1, 0), (-1, 0), (0, 1), (0, -1)))
    points = (centers[:, None] + sides).reshape(-1, 2).astype(np.int32)
    return np.asarray(cv2.convexHull(points)[:, 0], np.float64) / 2
