"""Regions of an ultrasound image, from the header.

See PS3.3 C.8.5.5, US Region Calibration.
"""

from medviewer import limits
from medviewer.dicom.header import SENSELESS, Header
from medviewer.imaging.frame import UNITS, AxisScale, Region


def read_ultrasound_regions(dataset: Header) -> tuple[Region, ...]:
    """Return the regions that an image is divided into.

    What makes no sense is left out.
    """
    found = []
    for item in dataset.items("SequenceOfUltrasoundRegions")[: limits.ULTRASOUND_REGIONS]:
        left, upper = item.integer("RegionLocationMinX0"), item.integer("RegionLocationMinY0")
        right, lower = item.integer("RegionLocationMaxX1"), item.integer("RegionLocationMaxY1")
        if left is None or upper is None or right is None or lower is None:
            continue
        if not (0 <= left <= right and 0 <= upper <= lower):
            continue
        found.append(
            Region(upper, left, lower, right, across=_scale(item, "X", left), down=_scale(item, "Y", upper))
        )
    return tuple(found)


def _scale(item: Header, axis: str, start: int) -> AxisScale | None:
    """Return the scale of one direction.

    Its reference pixel is counted from the region's first pixel.
    """
    unit, per_stored = UNITS.get(item.integer(f"PhysicalUnits{axis}Direction") or 0, ("", 1.0))
    value_keyword = f"ReferencePixelPhysicalValue{axis}"
    delta, at_reference = item.number(f"PhysicalDelta{axis}"), item.number(value_keyword)
    if not unit or not delta or (at_reference is None and value_keyword in item):
        return None
    if not _is_measure(delta) or not _is_measure(at_reference or 1.0):
        item.note(SENSELESS, f"PhysicalDelta{axis}" if not _is_measure(delta) else value_keyword)
        return None
    reference = item.integer(f"ReferencePixel{axis}0")
    return AxisScale(
        unit,
        delta * per_stored,
        float(start + (reference or 0)),
        (at_reference or 0.0) * per_stored,
    )


def _is_measure(number: float) -> bool:
    return limits.SMALLEST_STEP <= abs(number) <= limits.LARGEST_VALUE
