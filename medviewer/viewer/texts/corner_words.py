"""The texts in the corners of an image; `render/pane_text.py` places them.

One source for the window and the exports. Plain text, translated.
"""

from __future__ import annotations

from dataclasses import dataclass

from medviewer.imaging import processing
from medviewer.imaging.display import default_voi, is_same_window, stated_window, value_unit
from medviewer.imaging.frame import Frame, FrameAttributes, SpacingKind, Voi, VoiOrigin, Window, describe_voi
from medviewer.imaging.identity import Identity
from medviewer.plain_text import side_by_side
from medviewer.translation import translate
from medviewer.viewer.state import PaneState
from medviewer.viewer.texts.caption import date_text, stack_title
from medviewer.viewer.texts.study_rows import sex_and_age_text


@dataclass(frozen=True, slots=True)
class PixelWords:
    """The making of an image's pixels.

    Parameters
    ----------
    window, numbers : str
        With its name, "W 80 L 40 (Brain)", and without; "" where nothing is windowed.
    steps : str
        From stored values to the screen.
    """

    window: str
    numbers: str
    steps: str


def patient_lines(who: Identity, attributes: FrameAttributes) -> list[str]:
    """Return name, sex with age and birth date, and ID, a line for each."""
    name = who.shown_name or translate("Patient without a name")
    born = date_text(who.birth_date)
    lines = [name, side_by_side((sex_and_age_text(who, attributes.patient_age_years), born))]
    if who.id_beside_name:
        lines.append(translate("ID {number}", number=who.id_beside_name))
    return [line for line in lines if line]


def plane_text(pane: PaneState, *, hidden: bool = False) -> str:
    """Return plane, thickness and kernel or repetition and echo time.

    "Axial 5 mm · H31s". `hidden`: without words of the file's own, which may name a person.
    """
    title = stack_title(pane.stack, with_aspect=False, known_only=hidden, index=pane.index)
    attributes = _attributes(pane)
    kernel = "" if hidden else attributes.convolution_kernel
    return side_by_side((title, kernel or _times_text(attributes)))


def _times_text(attributes: FrameAttributes) -> str:
    said = []
    if attributes.repetition_time_ms:
        said.append(translate("TR {time}", time=f"{attributes.repetition_time_ms:.6g}"))
    if attributes.echo_time_ms:
        said.append(translate("TE {time}", time=f"{attributes.echo_time_ms:.4g}"))
    return " ".join(said)


def map_unit_text(pane: PaneState) -> str:
    """Return the unit of a map's values, or that the file states none.

    "" for what is no map of measured values.
    """
    frame = pane.frame
    if frame is None or frame.is_color or frame.attributes.unit_of_map is None:
        return ""
    unit = value_unit(frame) or frame.attributes.unit_of_map
    return translate("values in {unit}", unit=unit) if unit else translate("values: no unit stated")


def exposure_text(pane: PaneState) -> str:
    """Return the peak kilovoltage, "120 kV", or ""."""
    kvp = _attributes(pane).kvp
    return f"{kvp:.4g} kV" if kvp else ""


def acquisition_lines(pane: PaneState) -> list[str]:
    """Return the acquisition of an image, a few numbers in each line.

    "120 kV · 170 mA · 1601 ms · 272 mAs"; empty where the file says nothing of it.
    """
    said = None if pane.frame is None else pane.frame.acquisition
    if said is None:
        return []
    tube = (
        exposure_text(pane),
        _with_unit(said.tube_current_ma, "mA"),
        _with_unit(said.exposure_time_ms, "ms"),
        _with_unit(said.exposure_mas, "mAs"),
    )
    dose = (
        _named("CTDIvol", said.ctdi_vol_mgy, " mGy"),
        _named(translate("pitch"), said.pitch),
        _named("FOV", said.field_of_view_mm, " mm"),
    )
    detector = (
        _named("EI", said.exposure_index),
        _named(translate("target"), said.target_exposure_index),
        _named("DI", said.deviation_index),
        _named("SID", said.source_to_detector_mm, " mm"),
    )
    compressed = _with_unit(said.compression_force_n, "N"), _with_unit(said.body_thickness_mm, "mm")
    magnet = (
        _named("TI", said.inversion_time_ms),
        _named(translate("flip"), said.flip_angle_deg, "°"),
        _named("ETL", said.echo_train_length),
        _named("NEX", said.averages),
        _with_unit(said.field_strength_t, "T"),
    )
    thickness = (_named(translate("slice"), said.slice_thickness_mm, " mm"),)
    lines = (tube, dose, magnet, thickness, detector, compressed)
    return [line for line in (side_by_side(filter(None, parts)) for parts in lines) if line]


def _with_unit(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:.4g} {unit}"


def _named(name: str, value: float | None, unit: str = "") -> str:
    return "" if value is None else f"{name} {value:.4g}{unit}".replace(" -", " \N{MINUS SIGN}")


def spacing_text(pane: PaneState) -> str:
    """Return the size of a pixel, "0.354 mm/pixel"; "" where none is known."""
    geometry = pane.header.geometry if pane.frame is None else pane.frame.geometry
    if geometry.spacing_mm is None or geometry.spacing_kind is SpacingKind.UNKNOWN:
        return ""
    regions = pane.frame.regions if pane.frame is not None else ()
    if regions and not all(region.is_in_mm for region in regions):
        return ""
    down, across = geometry.spacing_mm
    size = f"{across:.3g}" if abs(down - across) < 1e-3 * across else f"{across:.3g} × {down:.3g}"
    text = translate("{size} mm/pixel", size=size)
    if geometry.spacing_kind is SpacingKind.DETECTOR:
        return translate("{length} at the detector", length=text)
    return text


def no_scale_text(pane: PaneState) -> str:
    """Return the reason why an image has no scale, or ""."""
    if spacing_text(pane):
        return ""
    if pane.frame is not None and pane.frame.regions:
        return translate("no scale: not all of its regions are in mm")
    return translate("no scale: the file states no usable pixel size")


def pixel_words(
    pane: PaneState, processed: processing.Processed | None = None, *, repeat_window: bool = True
) -> PixelWords | None:
    """Return the words for the pixels of a pane, or None without a frame.

    Parameters
    ----------
    processed : Processed, optional
        The displayed one; None: the original frame.
    repeat_window : bool
        The steps give the window's numbers once more, so that they are whole.
    """
    seen = pane.seen
    if seen is None:
        return None

    processed = processed or processing.Processed(seen)
    steps = processing.fidelity(processed, pane.seen_voi, with_numbers=repeat_window)
    if seen.shutter is not None and pane.shutter_shown:
        steps = f"{steps} → {translate('shutter')}"
    if seen.is_color or not processed.is_windowed:
        return PixelWords("", "", steps)
    voi = processed.voi or pane.seen_voi or default_voi(seen)
    return PixelWords(_window_words(seen, voi), describe_voi(voi, with_name=False), steps)


def _window_words(seen: Frame, voi: Voi) -> str:
    """Return a window, with that which the file states for this slice.

    The latter where the former is the file's for another slice of the stack.
    """
    stated, said = stated_window(seen), describe_voi(voi)
    is_of_file = isinstance(voi, Window) and voi.origin is VoiOrigin.FILE
    if stated is None or not is_of_file or any(is_same_window(one, voi) for one in seen.voi):
        return said
    # guard(-> said): a window that was stated for another slice is not taken for this one's
    return translate("{window}, file here: {own}", window=said, own=describe_voi(stated, with_name=False))


def _attributes(pane: PaneState) -> FrameAttributes:
    return pane.header.attributes if pane.frame is None else pane.frame.attributes
