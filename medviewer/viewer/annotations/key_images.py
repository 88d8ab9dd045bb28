"""Key images: slices that are marked to be found again, with a note."""

from collections.abc import Callable
from dataclasses import replace

from medviewer.imaging.annotation import (
    KEY_IMAGE,
    Annotation,
    Annotations,
    image_sha256,
    new_id,
    slice_digest_of,
)
from medviewer.translation import message
from medviewer.viewer.annotations.edits import change_annotation, edit_annotations, present_in
from medviewer.viewer.annotations.listing import AnnotationRow, annotation_rows, go_to
from medviewer.viewer.state import PaneState
from medviewer.viewer.texts import numbers_text
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

NOWHERE = ((0.0, 0.0),)


def key_image_rows(state: ViewerState) -> tuple[AnnotationRow, ...]:
    """Return the key images of the focused pane's study, by series and slice."""
    return annotation_rows(state, key_images=True)


def key_image_text(row: AnnotationRow, said: Callable[[str], str] = str) -> str:
    """Return number and note of a key image, translated.

    Parameters
    ----------
    said : callable
        What is said of the note, which may name somebody.
    """
    number = "" if row.stack is None else numbers_text(row.stack, row.index)
    note = said(row.annotation.text.replace("\n", " "))
    return " · ".join(part for part in (number, note) if part)


def toggle_key_image(viewer: Viewer) -> None:
    """Mark the focused pane's slice as a key image, or no longer."""
    pane = viewer.state.focused
    if pane is None or pane.frame is None:
        return
    present, marked = present_in(viewer.state), _marks(viewer.state, pane)
    if marked:
        names = {one.id for one in marked}
        kept = tuple(one for one in present if one.id not in names)
        edit_annotations(viewer, message("removal of the key image"), kept)
    else:
        edit_annotations(viewer, message("key image"), (*present, _new(pane)))


def write_note(viewer: Viewer, text: str) -> None:
    """Give the focused pane's slice a note, as a key image."""
    pane, note = viewer.state.focused, text.strip()
    if pane is None or pane.frame is None:
        return
    marked = _marks(viewer.state, pane)
    if not marked:
        new = replace(_new(pane), text=note)
        edit_annotations(viewer, message("key image"), (*present_in(viewer.state), new))
    elif marked[0].text != note:
        change_annotation(viewer, message("note"), replace(marked[0], text=note))


def go_to_key_image(viewer: Viewer, step: int) -> None:
    """Go to the next key image from the focused slice, or the one before.

    After the last one comes the first.
    """
    rows = [row for row in key_image_rows(viewer.state) if row.stack is not None]
    pane = viewer.state.focused
    if not rows or pane is None:
        return
    here = slice_digest_of(pane.slice_key)
    places = [number for number, row in enumerate(rows) if row.annotation.slice_digest == here]
    if places:
        go_to(viewer, rows[(places[0] + step) % len(rows)])
        return
    series = [
        number for number, row in enumerate(rows) if row.stack is not None and row.stack.key == pane.stack.key
    ]
    behind = [number for number in series if rows[number].index > pane.index]
    before = [number for number in series if rows[number].index < pane.index]
    if step > 0:
        go_to(viewer, rows[behind[0] if behind else (series[-1] + 1) % len(rows) if series else 0])
    else:
        go_to(viewer, rows[before[-1] if before else series[0] - 1 if series else -1])


def without_key_images(annotations: Annotations) -> Annotations:
    """Return annotations without the marks of key images."""
    return tuple(one for one in annotations if one.kind != KEY_IMAGE)


def _marks(state: ViewerState, pane: PaneState) -> list[Annotation]:
    here = slice_digest_of(pane.slice_key)
    return [one for one in present_in(state) if one.kind == KEY_IMAGE and one.slice_digest == here]


def _new(pane: PaneState) -> Annotation:
    assert pane.frame is not None
    return Annotation(new_id(), KEY_IMAGE, NOWHERE, slice_digest_of(pane.slice_key), image_sha256(pane.frame))
