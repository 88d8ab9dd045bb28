"""Edits of annotations: each is a new value in the history of its study."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from medviewer.imaging.annotation import (
    OUTLINE,
    Annotation,
    Annotations,
    Point,
    image_sha256,
    label_in_image,
    new_id,
    points_in_image,
    points_on,
    slice_digest_of,
)
from medviewer.imaging.frame import Color, FrameGeometry, place_along, slice_normal
from medviewer.imaging.measurement import RANGE
from medviewer.translation import NOTHING, Message, message
from medviewer.viewer import state as display_state
from medviewer.viewer.state import History, by_slice
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

Change = Callable[[History[Annotations]], History[Annotations]]

NO_IMAGE: Final = message("Open a study first.")
ELSEWHERE: Final = message("The copied drawing is of another frame of reference.")
ACROSS: Final = message("The copied drawing lies across this slice: flattened, its numbers would be others.")
OUTSIDE: Final = message("The copied drawing lies outside of this picture.")
STAYS: Final = message("A corrected outline stays on its slice.")
BESIDE: Final = 12.0  # pixels between an annotation and its copy on the same slice


def edit_annotations(viewer: Viewer, name: Message, annotations: Annotations) -> None:
    """Put other annotations of the focused pane's study in place.

    Parameters
    ----------
    name : Message
        The name of the edit, for "Undo {name}": "length".
    """
    _change(viewer, lambda history: history.edited(name, annotations))


def add_annotations(viewer: Viewer, study: str, name: Message, added: Annotations) -> None:
    """Put further annotations into a study, focused or not, as one edit."""
    before = history_of(viewer.state, study)
    after = before.edited(name, (*before.present, *added))
    put_histories(viewer, {**viewer.state.annotations, study: after})


def preview_annotation(viewer: Viewer, draft: Annotation | None) -> None:
    """Show an annotation that is still being drawn or moved.

    It is in no history and in no file, and stands for the one with its id.

    Parameters
    ----------
    draft : Annotation or None
        None: it is dropped.
    """
    studies = [history.present for history in viewer.state.annotations.values()]
    if draft is not None:
        is_kept = any(one.id == draft.id for present in studies for one in present)
        studies = [tuple(draft if one.id == draft.id else one for one in present) for present in studies]
        if not is_kept:
            studies.append((draft,))
    known = by_slice(studies)
    if known != viewer.state.display.annotations:
        viewer.change(display=display_state.set_annotations(viewer.state.display, known))


def undo(viewer: Viewer) -> None:
    """Undo the last edit of the focused pane's study."""
    _change(viewer, History.undone)


def redo(viewer: Viewer) -> None:
    """Redo the last undone edit of the focused pane's study."""
    _change(viewer, History.redone)


def history_of(state: ViewerState, study_uid: str) -> History[Annotations]:
    """Return the annotations of a study with their history."""
    return state.annotations.get(study_uid) or History(())


def put_histories(viewer: Viewer, histories: Mapping[str, History[Annotations]]) -> None:
    """Put the annotations of all studies in place, on the panes too."""
    display, known = viewer.state.display, by_slice(one.present for one in histories.values())
    if known != display.annotations:
        display = display_state.set_annotations(display, known)
    viewer.change(display=display, annotations=histories)


def select(viewer: Viewer, name: str) -> None:
    """Select the annotation of an id; "": none."""
    viewer.show(display_state.select_annotation(viewer.state.display, name))


def present_in(state: ViewerState) -> Annotations:
    """Return the annotations of the focused pane's study."""
    pane = state.focused
    return () if pane is None else history_of(state, pane.identity.study_instance_uid).present


def selected_in(state: ViewerState) -> Annotation | None:
    """Return the selected annotation of the focused pane's study."""
    name = state.display.selected
    return next((one for one in present_in(state) if one.id == name), None) if name else None


def change_annotation(viewer: Viewer, name: Message, changed: Annotation) -> None:
    """Put another version of an annotation in place, as one edit."""
    present = present_in(viewer.state)
    edit_annotations(viewer, name, tuple(changed if one.id == changed.id else one for one in present))


def remove_selected(viewer: Viewer) -> None:
    """Remove the selected annotation."""
    selected = selected_in(viewer.state)
    if selected is not None:
        others = tuple(one for one in present_in(viewer.state) if one is not selected)
        edit_annotations(viewer, message("removal"), others)
        select(viewer, "")


def rename(viewer: Viewer, name: str, text: str) -> None:
    """Give the annotation of an id another text, as one edit."""
    one = next((one for one in present_in(viewer.state) if one.id == name), None)
    if one is not None and text.strip() != one.text:
        change_annotation(viewer, message("name"), replace(one, text=text.strip()))


def lock_selected(viewer: Viewer) -> None:
    """Lock the selected annotation, or unlock it."""
    one = selected_in(viewer.state)
    if one is not None:
        change_annotation(viewer, message("lock"), replace(one, is_locked=not one.is_locked))


def color_selected(viewer: Viewer, color: Color | None) -> None:
    """Draw the selected annotation in another color; None: the usual one."""
    one = selected_in(viewer.state)
    if one is not None:
        change_annotation(viewer, message("colour"), replace(one, color=color))


def moved(annotation: Annotation, geometry: FrameGeometry, across: float, down: float) -> Annotation | None:
    """Return an annotation moved on its image, its label with it.

    Parameters
    ----------
    across, down : float
        In pixels of the image.
    """
    points = points_in_image(geometry, annotation)
    if points is None or annotation.kind == OUTLINE:  # which stays on its pixels
        return None
    return with_points(
        without_found(annotation),
        geometry,
        tuple((x + across, y + down) for x, y in points),
        None
        if (label := label_in_image(geometry, annotation)) is None
        else (label[0] + across, label[1] + down),
    )


def without_found(annotation: Annotation) -> Annotation:
    """Return an annotation for another place, without its found numbers.

    The outline of a range is a line drawn freely there.
    """
    # guard(-> True): a volume leaves with the place at which it was found
    if annotation.kind != RANGE:
        return annotation
    return replace(annotation, kind="freehand", found=())


def with_points(
    annotation: Annotation, geometry: FrameGeometry, points: tuple[Point, ...], label: Point | None
) -> Annotation:
    """Return an annotation with other points and another place of its label.

    All are in pixels of the image; None as label: it finds its place by itself.
    """
    places, space = points_on(geometry, points if label is None else (*points, label))
    count = len(points)
    return replace(
        annotation,
        points=places[:count],
        frame_of_reference=space,
        label_place=None if label is None else places[count],
    )


def move_selected(viewer: Viewer, across: float, down: float) -> None:
    """Move the selected annotation on the focused pane's image, as it is seen."""
    selected, pane = selected_in(viewer.state), viewer.state.focused
    if selected is None or pane is None or pane.frame is None or selected not in pane.annotations:
        return
    row, column = pane.view.view_to_frame(across, down)
    row0, column0 = pane.view.view_to_frame(0.0, 0.0)
    changed = moved(selected, pane.frame.geometry, column - column0, row - row0)
    if changed is not None:
        change_annotation(viewer, message("move"), changed)


def paste(viewer: Viewer, copied: Annotation) -> Message:
    """Put a copy of an annotation on the focused pane's slice.

    It has the same place in the patient, or else in the image; on its own slice it lies a little beside.

    Returns
    -------
    Message
        Why it cannot be put there; NOTHING where it is.
    """
    pane = viewer.state.focused
    if pane is None or pane.frame is None:
        return NO_IMAGE
    # guard(test): a corrected outline is put on no other picture
    if copied.kind == OUTLINE:
        return STAYS
    geometry = pane.frame.geometry
    points = points_in_image(geometry, copied)
    if points is None:
        return ELSEWHERE
    # guard(test): an annotation across the slice is not put on it flattened
    if copied.is_in_patient and not _lies_along(geometry, copied):
        return ACROSS
    columns, rows = zip(*points, strict=True)
    if max(columns) < 0 or min(columns) > pane.frame.columns or max(rows) < 0 or min(rows) > pane.frame.rows:
        return OUTSIDE
    label = label_in_image(geometry, copied)
    here = slice_digest_of(pane.slice_key)
    beside = BESIDE if here == copied.slice_digest else 0.0
    put = with_points(
        replace(
            without_found(copied),
            id=new_id(),
            slice_digest=here,
            image_sha256=image_sha256(pane.frame),
            is_locked=False,
        ),
        geometry,
        tuple((x + beside, y + beside) for x, y in points),
        None if label is None else (label[0] + beside, label[1] + beside),
    )
    edit_annotations(viewer, message("copy"), (*present_in(viewer.state), put))
    select(viewer, put.id)
    return NOTHING


def _lies_along(geometry: FrameGeometry, annotation: Annotation) -> bool:
    """Return whether a slice holds the shape of an annotation."""
    normal, spacing = slice_normal(geometry), geometry.spacing_mm
    if normal is None or spacing is None:
        return True
    heights = [place_along(normal, (x, y, z)) for x, y, z in annotation.points]
    return max(heights) - min(heights) <= min(spacing) / 2


def _change(viewer: Viewer, change: Change) -> None:
    state = viewer.state
    if state.focused is None:
        return
    study = state.focused.identity.study_instance_uid
    before = history_of(state, study)
    after = change(before)
    if after is not before:
        put_histories(viewer, {**state.annotations, study: after})
