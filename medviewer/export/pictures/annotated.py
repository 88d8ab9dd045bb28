"""The annotated image of a slice, to be saved in one format or another.

The patient is named only if asked for. Without that, no text from a file is written that is no known word of
the field, and no UID, by which whoever has the study finds the frame again, unless that is asked for, too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np

from medviewer import limits
from medviewer.errors import NotFoundError
from medviewer.export.graphics import draw_graphics
from medviewer.export.provenance import describe_making
from medviewer.export.sheet import Surroundings, Words
from medviewer.export.statement import DISCLAIMER, Statement, statement_of
from medviewer.export.table import SliceExport
from medviewer.imaging.annotation import OUTLINE
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
    Processed,
    difference_image,
    draw_mask,
    fidelity,
    process,
    render,
    without_shutter,
)
from medviewer.limits import TEXT_SHOWN
from medviewer.plain_text import LEFT_TO_RIGHT_MARK, side_by_side
from medviewer.translation import mark, translate
from medviewer.viewer.annotations import OutlineVolume
from medviewer.viewer.render import Bounds, graphics_on
from medviewer.viewer.state import Comparison, PaneState
from medviewer.viewer.texts import (
    cautions,
    date_text,
    frame_aspect_text,
    heat_lines,
    model_name,
    orientation_text,
    patient_lines,
    result_text,
    scale_bar,
    slice_text,
    stack_title,
    view_texts,
)

SMALLEST: Final = 512  # an image with a shorter longer side is enlarged by an integer
ASPECT_TOLERANCE: Final = 0.01
NEARLY: Final = 1e-6  # of a pixel: what rounding adds to an edge is no further pixel
SCALE_SHARE: Final = 0.4  # of the image's width, at most, for the scale bar


@dataclass(frozen=True, slots=True, eq=False)
class AnnotatedImage:
    """An image as a pane shows it, with its surroundings and provenance.

    Parameters
    ----------
    image : (rows, columns, 3) uint8
        Turned and windowed as in the pane, with all that is drawn on it.
    provenance : mapping
        Ready for JSON.
    statement : Statement
        Of the slice.
    """

    image: DisplayImage
    surroundings: Surroundings
    provenance: dict[str, Any]
    statement: Statement


def annotated_image(
    export: SliceExport, *, longest_side: int = 0, steps: Sequence[str] = ()
) -> AnnotatedImage:
    """Return the image of a pane with its words.

    Parameters
    ----------
    longest_side : int
        An image with a longer one is reduced by an integer; 0: as large as is allowed.
    steps : sequence of str
        What the format does to the image, translated.

    Raises
    ------
    NotFoundError
        The pane has no image yet, or one that is not of its slice.
    """
    refuse_other_slice(export.pane)
    said = statement_of(export)
    pane, frame = said.pane, said.frame
    seen = pane.seen
    assert seen is not None  # it has a frame
    processed = process(seen, pane.processing, export.settings, voi=pane.seen_voi)
    if pane.compares is Comparison.DIFFERENCE:
        processed = difference_image(processed, pane.seen_voi)
    drawn, reduction = _drawn_frame(pane, processed)
    square, view = square_pixels(drawn, seen), pane.view
    whole = square.shape[:2]
    square, part = _cropped(square, view, export.part)
    is_part = square.shape[:2] != whole
    square, fewer = _reduced(square, longest_side)
    enlarged = max(1, -(-SMALLEST // max(square.shape[:2])))
    size_steps = [translate("part of the image, as it was seen")] if is_part else []
    size_steps += _size_steps(frame, square, whole, (reduction, fewer), enlarged)
    shape = square.shape
    if enlarged > 1:
        square = np.repeat(np.repeat(square, enlarged, axis=0), enlarged, axis=1)
    image = draw_graphics(view.apply(square), graphics_on(pane), view, part=part)
    caption = _caption(
        said, processed, [*size_steps, *steps], named=export.with_identity, volume=export.volume
    )
    provenance = describe_making(
        pane,
        frame,
        said.result,
        settings=export.settings,
        shape=shape,
        enlarged=enlarged,
        reduced=reduction * fewer,
        part=part if is_part else None,
        named=export.with_identity,
        with_uids=export.with_uids,
        volume=export.volume,
    )
    around = Surroundings(
        caption, view.edge_letters(frame.geometry), _scale(pane, seen, part[2] - part[0], image)
    )
    return AnnotatedImage(image, around, provenance, said)


def refuse_other_slice(pane: PaneState) -> None:
    """Refuse a pane whose image is on its way, or of another slice.

    Raises
    ------
    NotFoundError
    """
    if pane.frame is None or not pane.slice_key.names(pane.frame):
        raise NotFoundError(what=mark("picture"), which=f"#{pane.index + 1}")


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


def _cropped(square: DisplayImage, view: ViewTransform, part: Bounds | None) -> tuple[DisplayImage, Bounds]:
    """Return the pixels of a part of the view, and the part that they are.

    They are not turned yet. All of them where no part is asked for, or it lies beside the image.
    """
    whole = (0.0, 0.0, *view.size)
    if part is None:
        return square, whole
    rows, columns = square.shape[:2]
    across, down = columns / view.columns, rows / view.rows  # pixels of the image for one of the frame
    corners = [view.view_to_frame(x, y) for x, y in (part[:2], part[2:])]
    tops = sorted((row + 0.5) * down for row, _ in corners)
    lefts = sorted((column + 0.5) * across for _, column in corners)
    top, left = max(0, math.floor(tops[0] + NEARLY)), max(0, math.floor(lefts[0] + NEARLY))
    bottom, right = min(rows, math.ceil(tops[1] - NEARLY)), min(columns, math.ceil(lefts[1] - NEARLY))
    if top >= bottom or left >= right:
        return square, whole
    ends = [
        view.frame_to_view(row / down - 0.5, column / across - 0.5)
        for row, column in ((top, left), (bottom, right))
    ]
    (x, end_x), (y, end_y) = (sorted(values) for values in zip(*ends, strict=True))
    return square[top:bottom, left:right], (x, y, end_x, end_y)


def _reduced(image: DisplayImage, longest_side: int) -> tuple[DisplayImage, int]:
    """Return an image within a longest side, and its reduction factor."""
    rows, columns = image.shape[:2]
    factor = -(-max(rows, columns) // longest_side) if longest_side else 1
    if factor <= 1:
        return image, 1
    size = max(1, round(columns / factor)), max(1, round(rows / factor))
    smaller = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(smaller, np.uint8), factor


def _size_steps(
    frame: Frame,
    square: DisplayImage,
    whole: tuple[int, ...],
    reductions: tuple[int, int],
    enlarged: int,
) -> list[str]:
    pieces = []
    reduction, fewer = reductions
    rows, columns = -(-frame.rows // reduction), -(-frame.columns // reduction)
    if reduction * fewer > 1:
        size = f"{columns} × {rows}" if fewer == 1 else f"{square.shape[1]} × {square.shape[0]}"
        pieces.append(translate("reduced {factor}×, to {size}", factor=reduction * fewer, size=size))
    if fewer == 1 and whole != (rows, columns):
        size = f"{square.shape[1]} × {square.shape[0]}"
        pieces.append(translate("resampled to square pixels, {size}", size=size))
    if enlarged > 1:
        pieces.append(translate("enlarged {factor}×", factor=enlarged))
    return pieces


def _scale(pane: PaneState, seen: Frame, width: float, image: DisplayImage) -> tuple[float, str] | None:
    """Return the scale bar.

    None where spacing is unknown or the state shows pixels of another shape.

    Parameters
    ----------
    width : float
        Of what the image shows, in units of the view.
    """
    spacing = seen.geometry.spacing_mm
    if spacing is None or abs(spacing[0] / spacing[1] / seen.geometry.pixel_aspect - 1) > ASPECT_TOLERANCE:
        return None
    mm_per_pixel = spacing[1] * width / image.shape[1]
    chosen = scale_bar(pane, SCALE_SHARE * image.shape[1] * mm_per_pixel)
    return None if chosen is None else (chosen[0] / mm_per_pixel, chosen[1])


def _caption(
    said: Statement,
    processed: Processed,
    steps: Sequence[str],
    *,
    named: bool,
    volume: OutlineVolume | None,
) -> list[Words]:
    pane, result = said.pane, said.result
    warning = Words(translate(DISCLAIMER), "attention")
    words = [warning]
    if result is not None:
        text = result_text(result)
        words = [Words(text.headline, "struck" if text.is_struck else "headline")]
        words += [Words(caution, "attention") for caution in text.cautions]
        words += [Words(" · ".join(text.details))]
        words += [Words(model_name(result), "quiet"), warning]
    words += [Words(caution, "attention") for caution in cautions(pane)]
    words += [Words(line.for_user()) for line in heat_lines(pane)[1:]]
    if pane.graphics_shown and any(one.kind == OUTLINE for one in pane.annotations):
        words += [Words(translate("The dashed outline was corrected by the reader."), "attention")]
    if pane.graphics_shown and volume is not None:
        words += [Words(volume.message.for_user())]
    words += [Words(line) for line in _whose(pane, named)]
    done = [fidelity(processed, pane.seen_voi)]
    if processed.frame.shutter is not None and pane.shutter_shown:
        done.append(translate("shutter"))
    words += [Words(" → ".join((*done, *steps)), "quiet")]
    words += [Words(line) for line in _drawn(pane, processed.frame)]
    words += [Words(warning.for_user(), "attention") for warning in said.warnings]
    if processed.frame.attributes.may_show_identity:
        words += [Words(translate("The pixels themselves may name the patient."), "attention")]
    return each_once(words)


def each_once(words: Sequence[Words]) -> list[Words]:
    """Return paragraphs as printable lines, each once, without empty ones."""
    once: dict[str, str] = {}
    for paragraph in words:
        once.setdefault(_plain(paragraph.text), paragraph.role)
    return [Words(text, role) for text, role in once.items() if text]


def _whose(pane: PaneState, named: bool) -> list[str]:
    """Return the lines of patient and place.

    Free text of the study, which may name somebody, only with the identity.
    """
    who = pane.identity
    aspect = frame_aspect_text(pane, known_only=not named)
    title = stack_title(pane.stack, with_aspect=False, known_only=not named, index=pane.index)
    if not named:
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
