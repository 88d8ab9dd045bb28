"""Outlines of models as the reader corrects them.

A correction is an annotation of the kind OUTLINE, one for each slice and model. It holds the whole mask, so
that the model's own outline stays what it is.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from medviewer.imaging import volume
from medviewer.imaging.annotation import (
    OUTLINE,
    Annotation,
    Point,
    digest,
    image_sha256,
    mask_of_points,
    new_id,
    points_of_mask,
    slice_digest_of,
)
from medviewer.imaging.frame import FrameGeometry, Mask
from medviewer.imaging.measurement import Measurement
from medviewer.inference.tasks import outline_in, outlining
from medviewer.translation import NOTHING, Message, message
from medviewer.viewer.annotations.brush import brush_size
from medviewer.viewer.annotations.edits import edit_annotations, present_in, select
from medviewer.viewer.render import measured
from medviewer.viewer.state import PaneState, corrects_model, hidden_result, model_text, show_model_outline
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

MOST_CORNERS: Final = 50_000

NO_IMAGE: Final = message("Open a study first.")
NOT_ASKED: Final = message("Ask a model that draws outlines about this slice first.")
HIDDEN: Final = message("The model's answer is hidden until you have given your own.")
REFUSED: Final = message("A gate refused this picture: there is no outline to correct.")
DRAWS_NONE: Final = message("The model of this answer draws no outlines.")
LOCKED: Final = message("This drawing is locked.")
NOT_CORRECTED: Final = message("You have not corrected the outline of this slice.")
TOO_MANY: Final = message("This outline has too many corners to be kept.")
IS_SMOOTH: Final = message("With this brush the outline stays as it is.")
NONE_LEFT: Final = message("So large a brush would smooth all of the outline away; take a smaller one.")
ADDED, CUT, SMOOTHED = message("addition to the outline"), message("cut"), message("smoothing")
REVERTED: Final = message("return to the model's outline")


@dataclass(frozen=True, slots=True, eq=False)
class Correctable:
    """An outline that can be corrected, as it is now.

    Parameters
    ----------
    mask : (rows, columns) bool
        The reader's where there is one, else the model's; of a finding that it did not call an empty one.
    corrects : str
        Name and version of the model.
    correction : Annotation or None
        The reader's, which the next edit replaces.
    """

    mask: Mask
    corrects: str
    correction: Annotation | None = None


def correction_of(pane: PaneState) -> Annotation | None:
    """Return the corrected outline on a pane's slice that may be seen."""
    found = [one for one in pane.annotations if one.kind == OUTLINE]
    about = None if pane.result is None else outlining(pane.result)
    chosen = found if about is None else [one for one in found if corrects_model(one, about)]
    return chosen[-1] if chosen else None


def measured_correction(pane: PaneState) -> Measurement | None:
    """Return the sizes of the corrected outline on a pane, or None."""
    one = correction_of(pane)
    if one is None or pane.frame is None:
        return None
    return measured(pane.frame, one.kind, _flat(one), one.found)


def why_not_correctable(state: ViewerState, pane: PaneState | None) -> Message | None:
    """Return why no outline on a pane can be corrected, or None."""
    if pane is None or pane.frame is None:
        return NO_IMAGE
    result, correction = pane.result, correction_of(pane)
    if correction is not None:
        return LOCKED if correction.is_locked else None
    if hidden_result(state.display, pane) is not None:
        return HIDDEN
    # guard(result.key != pane.token.key): only an answer about this very picture is corrected
    if result is None or result.key != pane.token.key:
        return NOT_ASKED
    if outlining(result) is not None:
        return None
    return DRAWS_NONE if result.is_valid else REFUSED


def correctable(state: ViewerState, pane: PaneState) -> Correctable | Message:
    """Return the outline on a pane that can be corrected, or why none can."""
    reason = why_not_correctable(state, pane)
    if reason is not None:
        return reason
    frame, result, correction = pane.frame, pane.result, correction_of(pane)
    assert frame is not None
    if correction is not None:
        mask = mask_of_points(_flat(correction), frame.rows, frame.columns)
        return Correctable(mask, correction.corrects, correction)
    about = None if result is None else outlining(result)
    assert about is not None
    found = outline_in(about)
    mask = np.zeros((frame.rows, frame.columns), bool) if found is None else found.mask
    return Correctable(mask, model_text(about))


def corrected(pane: PaneState, before: Correctable, mask: Mask, name: str = "") -> Annotation | None:
    """Return the correction of a pane's outline to a mask.

    None where it has too many corners.

    Parameters
    ----------
    name : str
        The id of a new one; "": any.
    """
    assert pane.frame is not None
    points = points_of_mask(mask)
    if len(points) > MOST_CORNERS:
        return None
    if before.correction is not None:
        return replace(before.correction, points=points)
    return Annotation(
        name or new_id(),
        OUTLINE,
        points,
        slice_digest_of(pane.slice_key),
        image_sha256(pane.frame),
        found=(("image", fingerprint(pane.frame.pixel_sha256, pane.stack.geometry(pane.index))),),
        corrects=before.corrects,
    )


def fingerprint(pixel_sha256: str, geometry: FrameGeometry) -> float:
    """Return a number that tells images apart of which no frame is in memory.

    It is of the stored pixels and their place, and exact as a float.
    """
    numbers = (
        (geometry.spacing_mm, geometry.pixel_aspect, geometry.position_mm),
        (geometry.row_direction, geometry.column_direction),
    )
    return float(int(digest(pixel_sha256, numbers)[:12], 16))


def keep_correction(viewer: Viewer, name: Message, made: Annotation) -> None:
    """Keep a correction as one edit, selected; the same again is none."""
    present = present_in(viewer.state)
    others = tuple(made if one.id == made.id else one for one in present)
    is_new = all(one.id != made.id for one in present)
    edit_annotations(viewer, name, (*present, made) if is_new else others)
    select(viewer, made.id)


def smooth(viewer: Viewer) -> Message:
    """Smooth the outline of the focused pane by the size of the brush.

    Returns
    -------
    Message
        Why it stays as it is; NOTHING where it does not.
    """
    pane = viewer.state.focused
    if pane is None or pane.frame is None:
        return NO_IMAGE
    before = correctable(viewer.state, pane)
    if isinstance(before, Message):
        return before
    rows, columns = np.nonzero(before.mask)
    if not len(rows):
        return IS_SMOOTH
    size, _ = brush_size(pane.frame, (float(columns.mean()) + 0.5, float(rows.mean()) + 0.5))
    mask = volume.smoothed(before.mask, viewer.state.brush, size)
    if np.array_equal(mask, before.mask):
        return IS_SMOOTH
    made = corrected(pane, before, mask) if mask.any() else None
    if made is None:
        return NONE_LEFT
    keep_correction(viewer, SMOOTHED, made)
    return NOTHING


def revert(viewer: Viewer) -> None:
    """Return to the model's outline: the reader's is removed, as one edit."""
    pane = viewer.state.focused
    one = None if pane is None else correction_of(pane)
    if one is not None and not one.is_locked:
        kept = tuple(other for other in present_in(viewer.state) if other.id != one.id)
        edit_annotations(viewer, REVERTED, kept)


def why_not_revertible(state: ViewerState) -> Message | None:
    """Return why there is no correction to be taken off, or None."""
    one = None if state.focused is None else correction_of(state.focused)
    if one is None:
        return NOT_CORRECTED
    return LOCKED if one.is_locked else None


def show_models(viewer: Viewer) -> None:
    """Show the model's outline beside the reader's, or no longer."""
    pane = viewer.state.focused
    shown = pane is None or pane.model_outline_shown
    viewer.show(show_model_outline(viewer.state.display, not shown))


def _flat(one: Annotation) -> tuple[Point, ...]:
    return tuple((x, y) for x, y, *_ in one.points)
