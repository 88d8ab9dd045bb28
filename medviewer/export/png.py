"""Annotated PNG of a pane, at the frame's resolution, with provenance.

The patient is named only if asked for. Without that, no text from a file is written that is no known word of
the field, and no UID, by which whoever has the study finds the frame again, unless that is asked for, too.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from medviewer import limits
from medviewer.errors import NotFoundError, ReadBackError
from medviewer.export.graphics import draw_graphics
from medviewer.export.provenance import describe_making, result_of
from medviewer.export.sheet import Surroundings, Words, compose
from medviewer.export.table import SliceExport
from medviewer.imaging.display import (
    ViewTransform,
    default_voi,
    draw_overlays,
    level_within,
    reduced_frame,
    square_pixels,
)
from medviewer.imaging.frame import DisplayImage, Frame
from medviewer.imaging.processing import (
    Parameters,
    Processed,
    difference_image,
    draw_mask,
    fidelity,
    process,
    render,
    without_shutter,
)
from medviewer.inference.result import ModelResult
from medviewer.limits import TEXT_SHOWN
from medviewer.plain_text import LEFT_TO_RIGHT_MARK, side_by_side
from medviewer.storage import atomic_write, refuse_source
from medviewer.translation import mark, translate
from medviewer.viewer.render import graphics_on
from medviewer.viewer.state import Comparison, PaneState
from medviewer.viewer.texts import (
    cautions,
    date_text,
    frame_aspect_text,
    messages_of_frame,
    model_name,
    orientation_text,
    patient_lines,
    result_text,
    result_without_texts,
    scale_bar,
    slice_text,
    stack_title,
    view_texts,
    without_texts,
)

SMALLEST: Final = 512  # an image with a shorter longer side is enlarged by an integer
ASPECT_TOLERANCE: Final = 0.01
SCALE_SHARE: Final = 0.4  # of the image's width, at most, for the scale bar
CHUNK: Final = "medviewer"
"""Keyword of the iTXt chunk that holds the provenance as JSON."""


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """A composed image and its provenance."""

    pixels: DisplayImage
    provenance: dict[str, Any]


def annotated_png(
    pane: PaneState,
    *,
    settings: Mapping[str, Parameters],
    with_identity: bool = False,
    with_uids: bool = False,
) -> bytes:
    """Return the image of a pane as a PNG file.

    Parameters
    ----------
    settings : mapping of processing name to parameters
        As the pane's image was made; what is absent has its default.
    with_identity : bool
        Write name, ID, birth date and study date into the image, and texts of its file as they are.
    with_uids : bool
        Write the SOP Instance UIDs of image and presentation state into the provenance.

    Raises
    ------
    NotFoundError
        The pane has no image yet, or one that is not of its slice.
    MissingFontError
        No font of this system can write a character of the caption.
    """
    return _encode(_compose(pane, settings, with_identity, with_uids))


def save_png(
    path: Path,
    pane: PaneState,
    *,
    settings: Mapping[str, Parameters],
    originals: Collection[Path],
    with_identity: bool = False,
    with_uids: bool = False,
    overwrite: bool = False,
) -> None:
    """Save the image of a pane, then read it back and compare.

    Parameters
    ----------
    originals : collection of Path
        The open files, which are never written over.

    Raises
    ------
    ExistingFileError
        The file exists and `overwrite` is False.
    OriginalFileError
        It is one of the originals, or any DICOM file.
    WriteError
        The operating system refused.
    ReadBackError
        The file does not decode to the same pixels.
    NotFoundError, MissingFontError
        As `annotated_png`.
    """
    refuse_source(path, originals)
    sheet = _compose(pane, settings, with_identity, with_uids)
    content = _encode(sheet)
    atomic_write(path, content, overwrite=overwrite, private=with_identity or with_uids)
    _read_back(path, content, sheet.pixels)


def write(path: Path, export: SliceExport, *, overwrite: bool = False) -> None:
    """Save the annotated image of a pane, see `save_png`."""
    save_png(
        path,
        export.pane,
        settings=export.settings,
        originals=export.originals,
        with_identity=export.with_identity,
        with_uids=export.with_uids,
        overwrite=overwrite,
    )


def _read_back(path: Path, content: bytes, pixels: DisplayImage) -> None:
    """Decode the file with another library than the one that wrote it."""
    try:
        written = path.read_bytes()
    except OSError as error:
        raise ReadBackError(path=path) from error
    decoded = cv2.imdecode(np.frombuffer(written, np.uint8), cv2.IMREAD_COLOR_RGB) if written else None
    if written != content or decoded is None or not np.array_equal(decoded, pixels):
        raise ReadBackError(path=path)


def _compose(
    pane: PaneState, settings: Mapping[str, Parameters], with_identity: bool, with_uids: bool
) -> _Sheet:
    frame = _frame(pane)
    result = result_of(pane)
    if not with_identity:
        pane = without_texts(pane)
        frame, result = _frame(pane), None if result is None else result_without_texts(result)
    seen = pane.seen
    assert seen is not None  # it has a frame
    processed = process(seen, pane.processing, settings, voi=pane.seen_voi)
    if pane.compares is Comparison.DIFFERENCE:
        processed = difference_image(processed, pane.seen_voi)
    drawn, reduction = _drawn_frame(pane, processed)
    square = square_pixels(drawn, seen)
    enlarged = max(1, -(-SMALLEST // max(square.shape[:2])))
    size_steps = _size_steps(frame, square, reduction, enlarged)
    caption = _caption(pane, processed, result, size_steps, with_identity)
    view, shape = pane.view, square.shape
    if enlarged > 1:
        square = np.repeat(np.repeat(square, enlarged, axis=0), enlarged, axis=1)
    image = view.apply(square)
    image = draw_graphics(image, graphics_on(pane), view)
    scale = _scale(pane, seen, view, image)
    surroundings = Surroundings(caption, view.edge_letters(frame.geometry), scale)
    provenance = describe_making(
        pane,
        frame,
        result,
        settings=settings,
        shape=shape,
        enlarged=enlarged,
        reduced=reduction,
        named=with_identity,
        with_uids=with_uids,
    )
    return _Sheet(compose(image, surroundings), provenance)


def _drawn_frame(pane: PaneState, processed: Processed) -> tuple[DisplayImage, int]:
    """Return the frame in RGB with its graphics, and its reduction factor."""
    shown = processed if pane.shutter_shown else without_shutter(processed)
    frame, channels = shown.frame, 3 if shown.frame.is_color else 1
    level = level_within(frame, limits.EXPORTED_PIXELS * channels)
    if level:  # nothing was done to so large a frame
        voi = pane.seen_voi or default_voi(frame)
        shown = Processed(reduced_frame(frame, level))
        drawn = draw_mask(render(shown, None if frame.is_color else voi), shown)
    else:
        drawn = draw_mask(render(shown, pane.seen_voi), shown)
    if pane.graphics_shown:
        drawn = draw_overlays(drawn, shown.frame.overlays)
    return drawn, 1 << level


def _frame(pane: PaneState) -> Frame:
    frame = pane.frame
    if frame is None or not pane.slice_key.names(frame):
        raise NotFoundError(what=mark("picture"), which=f"#{pane.index + 1}")
    return frame


def _size_steps(frame: Frame, square: DisplayImage, reduction: int, enlarged: int) -> list[str]:
    pieces = []
    rows, columns = -(-frame.rows // reduction), -(-frame.columns // reduction)
    if reduction > 1:
        size = f"{columns} × {rows}"
        pieces.append(translate("reduced {factor}×, to {size}", factor=reduction, size=size))
    if square.shape[:2] != (rows, columns):
        size = f"{square.shape[1]} × {square.shape[0]}"
        pieces.append(translate("resampled to square pixels, {size}", size=size))
    if enlarged > 1:
        pieces.append(translate("enlarged {factor}×", factor=enlarged))
    return pieces


def _scale(
    pane: PaneState, seen: Frame, view: ViewTransform, image: DisplayImage
) -> tuple[float, str] | None:
    """Return the scale bar.

    None where spacing is unknown or the state shows pixels of another shape.
    """
    spacing = seen.geometry.spacing_mm
    if spacing is None or abs(spacing[0] / spacing[1] / seen.geometry.pixel_aspect - 1) > ASPECT_TOLERANCE:
        return None
    mm_per_pixel = spacing[1] * view.size[0] / image.shape[1]
    chosen = scale_bar(pane, SCALE_SHARE * image.shape[1] * mm_per_pixel)
    return None if chosen is None else (chosen[0] / mm_per_pixel, chosen[1])


def _caption(
    pane: PaneState,
    processed: Processed,
    result: ModelResult | None,
    size_steps: list[str],
    with_identity: bool,
) -> list[Words]:
    warning = Words(translate("Research use only. Not for diagnosis."), "attention")
    said = [warning]
    if result is not None:
        text = result_text(result)
        said = [Words(text.headline, "struck" if text.is_struck else "headline")]
        said += [Words(caution, "attention") for caution in text.cautions]
        said += [Words(" · ".join(text.details))]
        said += [Words(model_name(result), "quiet"), warning]
    said += [Words(caution, "attention") for caution in cautions(pane)]
    said += [Words(line) for line in _whose(pane, with_identity)]
    steps = [fidelity(processed, pane.seen_voi)]
    if processed.frame.shutter is not None and pane.shutter_shown:
        steps.append(translate("shutter"))
    line = " → ".join((*steps, *size_steps))
    said += [Words(line, "quiet")]
    said += [Words(line) for line in _drawn(pane, processed.frame)]
    warnings = messages_of_frame(pane.stack, pane.header, processed.frame)
    said += [Words(warning.for_user(), "attention") for warning in warnings]
    if processed.frame.attributes.may_show_identity:
        said += [Words(translate("The pixels themselves may name the patient."), "attention")]
    once: dict[str, str] = {}
    for words in said:
        once.setdefault(_plain(words.text), words.role)
    return [Words(text, role) for text, role in once.items() if text]


def _whose(pane: PaneState, with_identity: bool) -> list[str]:
    """Return the lines of patient and place.

    Free text of the study, which may name somebody, only with the identity.
    """
    who = pane.identity
    aspect = frame_aspect_text(pane, known_only=not with_identity)
    title = stack_title(pane.stack, with_aspect=False, known_only=not with_identity)
    if not with_identity:
        modality = who.modality if title != who.modality else ""
        return [side_by_side((modality, aspect, title, slice_text(pane)))]
    identity = patient_lines(pane.identity, pane.header.attributes)
    study = (who.study_description or who.modality, date_text(who.study_date))
    return [*identity, side_by_side((*study, aspect, title, slice_text(pane)))]


def _drawn(pane: PaneState, seen: Frame) -> list[str]:
    """Return the notes on the presentation of the image.

    Of a presentation state only its label.
    """
    lines = [text for text in (orientation_text(pane), *view_texts(pane)) if text]
    state = pane.presentation_in_use
    if seen.shutter is not None and pane.shutter_shown:
        lines.append(translate("part of the picture is covered by a shutter"))
    has_texts = state is not None and any(part.content.texts for part in state.annotations)
    if pane.graphics_shown and (seen.overlays or has_texts):
        lines.append(translate("Overlays and drawings of the file may name the patient."))
    return [" · ".join(lines)] if lines else []


def _plain(text: str) -> str:
    """Return a file's text as one printable line, cut at the limit."""
    signs = (c if c.isprintable() or c == LEFT_TO_RIGHT_MARK else " " for c in text)
    return "".join(signs)[:TEXT_SHOWN].strip()


def _encode(sheet: _Sheet) -> bytes:
    chunks = PngInfo()
    chunks.add_itxt("Software", sheet.provenance["software"])
    chunks.add_itxt("Disclaimer", translate("Research use only. Not for diagnosis."))
    chunks.add_itxt(CHUNK, json.dumps(sheet.provenance, ensure_ascii=False, sort_keys=True))
    file = BytesIO()
    Image.fromarray(sheet.pixels).save(file, "PNG", pnginfo=chunks)
    return file.getvalue()
