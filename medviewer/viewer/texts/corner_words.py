"""The words in the corners of an image.

One source for the window and the exports. Plain text, translated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from medviewer.imaging.display import default_voi
from medviewer.imaging.frame import FrameAttributes, SpacingKind, describe_voi
from medviewer.imaging.identity import Identity
from medviewer.plain_text import side_by_side
from medviewer.translation import translate
from medviewer.viewer.state import PaneState
from medviewer.viewer.texts.caption import date_text, stack_title
from medviewer.viewer.texts.study_rows import sex_and_age_text

if TYPE_CHECKING:  # it loads OpenCV, which the window's start may not
    from medviewer.imaging.processing import Processed


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
    title = stack_title(pane.stack, with_aspect=False, known_only=hidden)
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


def exposure_text(pane: PaneState) -> str:
    """Return the peak kilovoltage, "120 kV", or ""."""
    kvp = _attributes(pane).kvp
    return f"{kvp:.4g} kV" if kvp else ""


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
    return translate("no scale: the file states no pixel size")


def pixel_words(
    pane: PaneState, processed: Processed | None = None, *, repeat_window: bool = True
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
    from medviewer.imaging.processing import Processed, fidelity

    processed = processed or Processed(seen)
    steps = fidelity(processed, pane.seen_voi, with_numbers=repeat_window)
    if seen.shutter is not None and pane.shutter_shown:
        steps = f"{steps} → {translate('shutter')}"
    if seen.is_color or not processed.is_windowed:
        return PixelWords("", "", steps)
    voi = processed.voi or pane.seen_voi or default_voi(seen)
    return PixelWords(describe_voi(voi), describe_voi(voi, with_name=False), steps)


def _attributes(pane: PaneState) -> FrameAttributes:
    return pane.header.attributes if pane.frame is None else pane.frame.attributes
