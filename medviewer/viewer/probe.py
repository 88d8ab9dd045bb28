"""Probe: position and value of the pixel under the mouse.

A pixel of the original, in the units that hold where it lies.
"""

from dataclasses import dataclass

from medviewer.imaging.display import are_values_known, value_at, value_unit
from medviewer.imaging.frame import Frame, Vector, region_at, short_unit, to_patient
from medviewer.translation import translate


@dataclass(frozen=True, slots=True)
class Probe:
    """Original pixel under the mouse, regardless of processing.

    Parameters
    ----------
    row, column : int
        From 0.
    position_mm : (x, y, z) or None
        In the patient (PS3.3 C.7.6.2.1.1); None: the file does not say.
    value : float or (red, green, blue)
        In `unit` after the modality transform; a color as it is stored. Where the transform is not known,
        the stored value, which `unit` then says.
    in_region : tuple of (value, unit), or None
        Across and down, in the units of the ultrasound region of the pixel, in "px" where it has none;
        None: the image has no regions.
    pane : int or None
        The pane under the mouse, from 0; None: it is the only one.
    """

    row: int
    column: int
    position_mm: Vector | None
    value: float | tuple[int, int, int]
    unit: str
    in_region: tuple[tuple[float, str], ...] | None = None
    pane: int | None = None


def probe_at(frame: Frame, row: int, column: int) -> Probe | None:
    """Return the probe of a pixel; None outside the frame."""
    if not (0 <= row < frame.rows and 0 <= column < frame.columns):
        return None
    position = to_patient(frame.geometry, row, column)
    value = value_at(frame, row, column)
    unit = value_unit(frame) or frame.attributes.unit_of_map or ""
    said = short_unit(unit) if are_values_known(frame) else translate("(stored value)")
    if not said and frame.attributes.unit_of_map is not None and not frame.is_color:
        said = translate("(no unit stated)")
    return Probe(row, column, position, value, said, _in_region(frame, row, column))


def _in_region(frame: Frame, row: int, column: int) -> tuple[tuple[float, str], ...] | None:
    """Return the position of a pixel in the units of its region.

    References
    ----------
    DICOM PS3.3 C.8.5.5: each region has units of its own; outside of all regions a pixel has none.
    """
    if not frame.regions:
        return None
    region = region_at(frame.regions, row, column)
    scales = (None, None) if region is None else (region.across, region.down)
    return tuple(
        (float(pixel), "px") if scale is None else (scale.value(pixel), scale.unit)
        for scale, pixel in zip(scales, (column, row), strict=True)
    )
