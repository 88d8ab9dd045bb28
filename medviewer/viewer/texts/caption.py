"""The words on an image: corners, result, cautions, scale.

One source for the window and the export. Words of the clinic ("Axial 5 mm"), never tag keywords. Everything
returned is plain text, translated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

from medviewer.imaging.display import UPSIDE_DOWN, Orientation
from medviewer.imaging.frame import FrameAttributes, FrameGeometry, SpacingKind
from medviewer.imaging.presentation_state import drawn_layers
from medviewer.imaging.processing import ORIGINAL, PROCESSINGS, why_not_processed
from medviewer.imaging.source import ImageSource, SliceHeader
from medviewer.inference.labels import label_message
from medviewer.inference.result import UNSIGNED, Gate, ModelResult
from medviewer.inference.tasks import TASKS
from medviewer.plain_text import as_line, side_by_side
from medviewer.translation import NOTHING, Message, mark, message, translate
from medviewer.viewer.state import Comparison, PaneState
from medviewer.viewer.texts.heat_map import HEAT_MAP, heat_lines, heat_of
from medviewer.viewer.texts.image_numbers import (
    aspect_text,
    number_text,
    part_text,
    position_text,
    stack_aspect_text,
)

PLANES: Final = (mark("Axial"), mark("Coronal"), mark("Sagittal"), mark("Oblique"))
SCALE_STEPS: Final = (1, 2, 5)
DATES_KEPT: Final = 64
NOT_JUDGED: Final = "not judged"
PROCESSED: Final = message("processed, not for measurement")
NOT_FOR_MEASUREMENT: Final = message("not for measurement")
NOT_PROCESSED: Final = message("not processed")
ORIENTATION_WORDS: Final = {
    Orientation(1): mark("rotated 90° right"),
    Orientation(2): mark("rotated 180°"),
    Orientation(3): mark("rotated 90° left"),
    Orientation(0, flipped=True): mark("mirrored left-right"),
    Orientation(1, flipped=True): mark("mirrored left-right, rotated 90° right"),
    Orientation(2, flipped=True): mark("mirrored top-bottom"),
    Orientation(3, flipped=True): mark("mirrored left-right, rotated 90° left"),
}
"""How a picture is seen that is not seen as it is stored."""


@dataclass(frozen=True, slots=True)
class ResultText:
    """Texts of a result.

    Parameters
    ----------
    headline : str
        "Hemorrhage flagged (0.81)", "Hemorrhage not flagged (0.09)", "Not judged", "No result".
    details : tuple of str
        The reason, the operating point, notes.
    cautions : tuple of str
        What wants attention: overridden gates, PHANTOM, no calibration.
    source : str
        "head-ct-haemorrhage 1.0 · research use only, not for diagnosis"
    is_struck : bool
        The headline names a class that is not valid: it is struck out.
    brief : str
        For the chip of a pane: the headline, or "not flagged"; a score there is read as a percentage.
    kind : str
        The call, by its value; "not judged" of what is no valid answer.
    """

    headline: str
    details: tuple[str, ...]
    cautions: tuple[str, ...]
    source: str
    is_struck: bool = False
    brief: str = ""
    kind: str = NOT_JUDGED


@lru_cache(DATES_KEPT)
def date_text(stored: str) -> str:
    """Return a DICOM date (YYYYMMDD) in ISO 8601, else as stored."""
    digits = stored.replace(".", "").replace("-", "").strip()
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).isoformat()
    except ValueError:
        return stored


_thicknesses: WeakKeyDictionary[ImageSource, str] = WeakKeyDictionary()


def thickness_text(stack: ImageSource, index: int | None = None) -> str:
    """Return the thickness of a slice, or of all: "5 mm", "4–7 mm", or ""."""
    if index is not None:
        own = stack.geometry(index).slice_thickness_mm
        return f"{own:.3g} mm" if own else ""
    if stack not in _thicknesses:
        known = {header.geometry.slice_thickness_mm or 0.0 for header in stack.headers} - {0.0}
        ends = dict.fromkeys(f"{end:.3g}" for end in (min(known), max(known))) if known else ()
        _thicknesses[stack] = f"{'–'.join(ends)} mm" if ends else ""
    return _thicknesses[stack]


def stack_title(
    stack: ImageSource,
    *,
    with_aspect: bool = True,
    known_only: bool = False,
    part: Sequence[tuple[str, str]] | None = None,
    index: int | None = None,
) -> str:
    """Return plane and thickness ("Axial 5 mm"), else description or modality.

    In front stand side and view ("RMLO"), behind what sets the stack apart from others at the same positions:
    "Left · Sagittal 3 mm · echo 2".

    Parameters
    ----------
    with_aspect : bool
        Say side and view; not where they stand beside it.
    known_only : bool
        Leave out words of the file's own, which may name a person.
    part : sequence of (name, value), optional
        What is said in place of the stack's own `part`.
    index : int, optional
        Of the slice whose thickness is said; by default that of all slices ("4–7 mm").
    """
    aspect = stack_aspect_text(stack, known_only=known_only) if with_aspect else ""
    if stack.plane:
        thickness = thickness_text(stack, index)
        title = f"{translate(stack.plane)} {thickness}" if thickness else translate(stack.plane)
    elif aspect or known_only:
        title = "" if aspect else stack.identity.modality
    else:
        title = stack.identity.series_description or stack.identity.modality
    return side_by_side((aspect, title, part_text(stack.part if part is None else part)))


def slice_text(pane: PaneState) -> str:
    """Return numbers and position of the slice, as the pane has them.

    "Se 3  Im 27  (107/133) · F 63.5 mm".
    """
    number, position = number_text(pane.stack, pane.index), position_text(pane.stack, pane.index)
    return f"{number} · {position}" if position else number


def cautions(pane: PaneState) -> list[str]:
    """Return the cautions about the image.

    Phantom, damage, losses, processed pixels.
    """
    return [said for said, _ in _cautions(pane)]


def _cautions(pane: PaneState) -> list[tuple[str, str]]:
    attributes = _attributes(pane)
    lines = []
    if attributes.is_phantom:
        lines.append((translate("PHANTOM, not a patient"), translate("PHANTOM")))
    damage = pane.frame.damage if pane.frame is not None else None
    if damage is not None:
        lines.append((damage.note().for_user(), damage.short_note().for_user()))
    if attributes.lossy:
        ratio = attributes.lossy_ratio
        said = translate("lossy {ratio}:1", ratio=_short(ratio)) if ratio else translate("lossy")
        lines.append((said, said))
    said, shortly = _subtraction_words(pane)
    if said:
        lines.append((said, shortly))
    if pane.is_inverted and not _shows_lines(pane):
        by_hand, usual = translate("black and white exchanged by hand"), translate("inverted, as PET is read")
        lines.append((by_hand if pane.inverts else usual, translate("INVERTED")))
    if pane.compares is Comparison.DIFFERENCE:
        lines.append((translate("difference from the original"), translate("DIFFERENCE")))
    lines.extend(_heat_words(pane))
    if pane.processing != ORIGINAL:
        words = (PROCESSED, NOT_FOR_MEASUREMENT) if is_processed(pane) else (_refusal(pane), NOT_PROCESSED)
        lines.append((words[0].for_user(), words[1].for_user()))
    return lines


def _heat_words(pane: PaneState) -> list[tuple[str, str]]:
    """Return the words of the pane of a heat map, long and short."""
    said, found = heat_lines(pane), heat_of(pane)
    if not said:
        return []
    # guard(test): a plain picture is not called a heat map, in which nothing would be hot
    if found is None or found.is_withheld:
        return [(": ".join(line.for_user() for line in said[:2]), translate("NO HEAT MAP"))]
    return [(said[0].for_user(), translate("HEAT MAP"))]


def view_title(pane: PaneState, *, shortly: bool = False) -> str:
    """Return the view of a pane: "Original", "Edges", "Heat map"."""
    if pane.shows_heat:
        return HEAT_MAP.for_user()
    row = PROCESSINGS[pane.processing]
    return translate((row.short if shortly else "") or row.title)


def _shows_lines(pane: PaneState) -> bool:
    row = PROCESSINGS.get(pane.processing)
    return row is not None and row.gives == "rendered" and not row.changes_pixels and is_processed(pane)


def is_processed(pane: PaneState) -> bool:
    """Return whether a pane's image is not the original."""
    return pane.processing != ORIGINAL and not _refusal(pane)


def _refusal(pane: PaneState) -> Message:
    refused = why_not_processed(pane.seen, pane.processing) if pane.seen is not None else None
    return refused or NOTHING


def processing_tag(pane: PaneState) -> tuple[str, str]:
    """Return in a word or two that a pane is processed, and in a sentence."""
    if is_processed(pane):
        return translate("processed"), PROCESSED.for_user()
    return NOT_PROCESSED.for_user(), _refusal(pane).for_user()


def _subtraction_words(pane: PaneState) -> tuple[str, str]:
    """Return the note on a mask shown or left out against the file."""
    frame = pane.frame
    if frame is None:
        return "", ""
    if pane.is_subtracted and frame.subtraction is not None:
        return frame.subtraction.done.for_user(), translate("minus mask")
    if frame.attributes.views_subtracted and not frame.is_subtracted:
        return translate("not subtracted"), translate("not subtracted")
    return "", ""


def orientation_text(pane: PaneState) -> str:
    """Return the text of the image's turning and mirroring.

    "" where it is seen as it is stored.
    """
    words = ORIENTATION_WORDS.get(pane.seen_orientation)
    return "" if words is None else translate(words)


def orientation_mark(pane: PaneState) -> str:
    """Return in a word or two that the image is turned or mirrored.

    "MIRRORED"; "" where it is not.
    """
    orientation = pane.seen_orientation
    is_turned = orientation.quarter_turns and orientation != UPSIDE_DOWN
    words = (translate("MIRRORED") if orientation.flipped else "", translate("TURNED") if is_turned else "")
    return " ".join(word for word in words if word)


def frame_aspect_text(pane: PaneState, *, known_only: bool = False) -> str:
    """Return laterality and view of the pane's frame, decoded or not."""
    header = _header(pane)
    return "" if header is None else aspect_text(header.attributes.aspect, known_only=known_only)


def image_marks(pane: PaneState) -> list[tuple[str, str]]:
    """Return the marks needed to read an image correctly, long and short.

    Cautions, then how it is turned. They are never left out where the image is shown.
    """
    turned = orientation_text(pane)
    return [*_cautions(pane), *([(turned, orientation_mark(pane))] if turned else [])]


def view_texts(pane: PaneState) -> list[str]:
    """Return the presentation state in use and the hidden parts of the file."""
    lines = []
    state, seen = pane.presentation_in_use, pane.seen
    if state is not None:
        lines.append(translate("presentation state {name}", name=state.label or "?"))
    has_graphics = seen is not None and bool(seen.overlays or pane.annotations or _has_drawings(pane))
    if has_graphics and not pane.graphics_shown:
        lines.append(translate("overlays and drawings are not shown"))
    if seen is not None and not pane.shutter_shown and seen.shutter is not None:
        lines.append(translate("shutter opened"))
    if pane.annotations_apart:
        count = pane.annotations_apart
        lines.append(
            translate("annotations of another version of this image, not drawn: {count}", count=count)
        )
    return lines


def _has_drawings(pane: PaneState) -> bool:
    state, frame = pane.presentation_in_use, pane.frame
    return (
        state is not None
        and frame is not None
        and any(layer.graphics or layer.texts for layer in drawn_layers(frame, state))
    )


def _short(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.2g}"


def scale_bar(pane: PaneState, available_mm: float) -> tuple[float, str] | None:
    """Return the length of the scale bar in mm and its label.

    None where no one spacing holds everywhere. An ultrasound image with a Doppler trace beside tissue has
    no scale of its own.

    Parameters
    ----------
    available_mm : float
        Room for the bar. The longest of 1, 2, 5, 10, 20, 50 ... mm that fits is taken.
    """
    geometry = _geometry(pane)
    if geometry.spacing_mm is None or geometry.spacing_kind is SpacingKind.UNKNOWN:
        return None
    regions = pane.frame.regions if pane.frame is not None else ()
    if not all(region.is_in_mm for region in regions):
        return None
    if not (math.isfinite(available_mm) and available_mm > 0):
        return None
    power = 10.0 ** math.floor(math.log10(available_mm))
    millimeters = max(step * power for step in SCALE_STEPS if step * power <= available_mm * (1 + 1e-9))
    length = f"{millimeters / 10:g} cm" if millimeters >= 10 else f"{millimeters:g} mm"
    if geometry.spacing_kind is SpacingKind.DETECTOR:
        length = translate("{length} at the detector", length=length)
    elif geometry.spacing_kind is SpacingKind.CALIBRATED:
        length = translate("{length} (calibrated)", length=length)
    return millimeters, length


def label_title(label: str) -> str:
    """Return a class label as it is shown.

    Translated where the catalogue has it, upper case first.
    """
    return label_message(label).for_user()


def gate_statement(gate: Gate) -> str:
    """Return a gate's statement, its facts filled in.

    Each of them is translated too.
    """
    return gate.message.for_user()


def result_text(result: ModelResult) -> ResultText:
    """Return the full text of a result."""
    source = " · ".join(
        (
            model_name(result),
            translate("research use only, not for diagnosis"),
        )
    )
    origin = (translate("PHANTOM, not a patient"),) if result.is_phantom else ()
    # guard(test): a model for which nobody vouches says so wherever it answers
    if result.is_unsigned:
        origin = (*origin, translate(UNSIGNED))
    if result.reason is not None:
        headline = result.headline.for_user()
        brief = _brief(result, headline)
        return ResultText(headline, (as_line(result.reason.for_user()),), origin, source, brief=brief)
    return _content_text(result, origin, source)


def _brief(result: ModelResult, said: str) -> str:
    return f"{said} · {translate('model not verified')}" if result.is_unsigned else said


def model_name(result: ModelResult) -> str:
    """Return name and version of the answering model, and if user-supplied."""
    name = f"{result.model} {result.model_version}".strip()
    if not result.own_folder:
        return name
    folder = Path(result.own_folder).name
    if result.is_unsigned:
        return translate("{name} (your own model, {folder}, not verified)", name=name, folder=folder)
    return translate("{name} (your own model, {folder})", name=name, folder=folder)


def _content_text(result: ModelResult, origin: tuple[str, ...], source: str) -> ResultText:
    words = TASKS[result.task].words(result.content)
    details = [one.for_user() for one in (*words.details, words.rates, *words.measures) if one]
    if not result.is_valid:
        details.append(translate("Not valid: no figure of the model holds for this picture."))
    if result.population_title:
        title = translate(result.population_title)
        details.append(translate("figures for the group: {title}", title=title))
    details += [gate_statement(note) for note in result.notes]
    warnings = list(origin)
    if result.overridden is not None:
        reason = gate_statement(result.overridden)
        warnings.append(translate("You asked in spite of the refusal: {reason}", reason=reason))
    warnings += [one.for_user() for one in words.cautions]
    headline = words.headline.for_user()
    brief = _brief(result, words.brief.for_user() or headline)
    kind = TASKS[result.task].answer(result.content).call.value if result.is_valid else NOT_JUDGED
    return ResultText(
        headline,
        tuple(map(as_line, details)),
        tuple(map(as_line, warnings)),
        source,
        is_struck=not result.is_valid,
        brief=brief,
        kind=kind,
    )


def _header(pane: PaneState) -> SliceHeader | None:
    headers = pane.stack.headers
    return headers[pane.index] if 0 <= pane.index < len(headers) else None


def _geometry(pane: PaneState) -> FrameGeometry:
    if pane.frame is not None:
        return pane.frame.geometry
    header = _header(pane)
    return header.geometry if header is not None else FrameGeometry()


def _attributes(pane: PaneState) -> FrameAttributes:
    if pane.frame is not None:
        return pane.frame.attributes
    header = _header(pane)
    return header.attributes if header is not None else FrameAttributes()
