"""The named numbers of a region that are kept with its outline."""

from typing import Final

import numpy as np

from medviewer.imaging.annotation import Facts
from medviewer.imaging.frame import FrameGeometry, slice_normal
from medviewer.imaging.source import ImageSource
from medviewer.imaging.volume.boundary import Line, enclosed_area
from medviewer.imaging.volume.connected import Grown
from medviewer.imaging.volume.extent import Extent

BLOOD_HU: Final = (20.0, 150.0)  # beyond, nobody looks for a bleeding
TILT_COSINE: Final = 0.99996  # of half a degree


def facts_of(region: Grown, extent: Extent, source: ImageSource, line: Line) -> Facts:
    """Return the numbers of a region, kept with its first outline.

    Parameters
    ----------
    line : tuple of (x, y)
        The outline that is kept there.
    """
    mask = region.mask(region.start)
    pixels = float(np.count_nonzero(mask))
    facts = {"pixels": pixels, "low": region.values.low, "high": region.values.high}
    if enclosed_area(line) != pixels:
        facts["holes"] = 1.0
    if not region.through:
        return tuple(facts.items())
    facts["slices"] = float(len(region.indices))
    if extent.volume_ml is None:
        return tuple(facts.items())
    facts["volume_ml"] = extent.volume_ml
    if extent.axes is not None and _may_be_blood(region):
        facts |= {"abc2_ml": extent.axes.ml, "a_mm": extent.axes.a, "b_mm": extent.axes.b}
        facts["c_mm"] = extent.axes.c
    if extent.gap_mm:
        facts["gap_mm"] = extent.gap_mm
    if extent.is_uneven:
        facts["uneven"] = 1.0
    if _is_tilted(source.geometry(0), source.geometry(len(source) - 1)):
        facts["tilted"] = 1.0
    return tuple(facts.items())


def _may_be_blood(region: Grown) -> bool:
    """Return whether a region is one of which bleedings are estimated."""
    low, high = BLOOD_HU
    is_ct = region.frame.attributes.modality == "CT"
    return is_ct and region.values.low >= low and region.values.high <= high


def _is_tilted(first: FrameGeometry, last: FrameGeometry) -> bool:
    """Return whether slices lie askew over each other."""
    normal = slice_normal(first)
    if normal is None or first.position_mm is None or last.position_mm is None:
        return False
    way = np.subtract(last.position_mm, first.position_mm)
    length = float(np.linalg.norm(way))
    return length > 0 and abs(float(np.dot(way, normal))) / length < TILT_COSINE
