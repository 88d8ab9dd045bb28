"""The annotations of a study as a list, with their slices and values."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from medviewer.imaging.annotation import KEY_IMAGE, Annotation, kind_of, points_in_image, slice_digest_of
from medviewer.imaging.measurement import Measurement
from medviewer.imaging.source import ImageSource
from medviewer.translation import Message
from medviewer.viewer.annotations.edits import present_in, select
from medviewer.viewer.annotations.volumes import OutlineVolume, outline_volume
from medviewer.viewer.render import measured
from medviewer.viewer.state import may_be_seen, result_of
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

REMEMBERED: Final = 1000
_remembered: dict[Annotation, Measurement | None] = {}
_digests: WeakKeyDictionary[ImageSource, dict[str, int]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class AnnotationRow:
    """One annotation and where it is.

    Parameters
    ----------
    stack, index
        The open slice that it is on; None where its series is not open.
    """

    annotation: Annotation
    stack: ImageSource | None = None
    index: int = 0

    @property
    def title(self) -> Message:
        """Its name, or else its kind."""
        lines = self.annotation.text.split("\n")
        return (
            Message("{name}", (("name", lines[0]),)) if lines[0] else Message(kind_of(self.annotation).title)
        )


def annotation_rows(state: ViewerState, *, key_images: bool = False) -> tuple[AnnotationRow, ...]:
    """Return the annotations of the focused pane's study, by series and slice.

    Parameters
    ----------
    key_images : bool
        The marks of key images instead, which are not drawn.
    """
    present = tuple(one for one in present_in(state) if (one.kind == KEY_IMAGE) == key_images)
    if not present:
        return ()
    places: dict[str, tuple[int, ImageSource, int]] = {}
    for number, stack in enumerate(_stacks(state)):
        for name, index in digests_of(stack).items():
            places.setdefault(name, (number, stack, index))
    rows = []
    for order, one in enumerate(present):
        found = places.get(one.slice_digest)
        row = AnnotationRow(one) if found is None else AnnotationRow(one, found[1], found[2])
        # guard(test): no hidden outline is listed
        if not _may_be_seen(state, row):
            continue
        rows.append(((len(places), 0) if found is None else (found[0], found[2]), order, row))
    return tuple(row for *_, row in sorted(rows, key=lambda entry: entry[:2]))


def _may_be_seen(state: ViewerState, row: AnnotationRow) -> bool:
    if not row.annotation.corrects:
        return True
    key = None if row.stack is None else row.stack.slice_key(row.index)
    result = None if key is None else result_of(state.display, key)
    return may_be_seen(state.display, row.annotation, result)


def annotated_slices(state: ViewerState, stack: ImageSource) -> frozenset[int]:
    """Return the slices of a stack on which something is drawn."""
    known = state.display.annotations
    if not known:
        return frozenset()
    return frozenset(
        index
        for name, index in digests_of(stack).items()
        if any(_may_be_seen(state, AnnotationRow(one, stack, index)) for one in known.get(name, ()))
    )


def drawn_slices(state: ViewerState) -> list[tuple[ImageSource, int]]:
    """Return the open slices on which something is drawn, in their order.

    They are of the study of the focused pane.
    """
    places = [(row.stack, row.index) for row in annotation_rows(state) if row.stack is not None]
    return list(dict.fromkeys(places))


def outline_volumes(state: ViewerState) -> tuple[tuple[ImageSource, OutlineVolume], ...]:
    """Return the volumes of the outlines of the focused pane's study."""
    asked = {whose for whose, _ in state.display.result_slices}
    if not asked:
        return ()
    found = []
    for stack in {stack.key: stack for stack in _stacks(state)}.values():
        if any(stack.slice_key(index) in asked for index in range(len(stack))):
            volume = outline_volume(state.display, stack)
            found += [] if volume is None else [(stack, volume)]
    return tuple(found)


def digests_of(stack: ImageSource) -> dict[str, int]:
    """Return the slices of a stack by `slice_digest_of`, made once."""
    if stack not in _digests:
        _digests[stack] = {slice_digest_of(stack.slice_key(index)): index for index in range(len(stack))}
    return _digests[stack]


def _stacks(state: ViewerState) -> Iterator[ImageSource]:
    study = state.study
    if study is not None:
        yield from (stack for series in study.series for stack in series.stacks)
    for pane in state.display.panes:
        if pane is not None:
            yield pane.stack


def go_to(viewer: Viewer, row: AnnotationRow) -> None:
    """Show the slice of an annotation in the focused pane, and select it."""
    pane = viewer.state.focused
    if pane is None or row.stack is None:
        return
    if pane.stack.key != row.stack.key:
        viewer.show_stack(row.stack, viewer.state.display.focus)
    viewer.scroll_to(row.index)
    if row.annotation.kind != KEY_IMAGE:
        select(viewer, row.annotation.id)


def go_on(viewer: Viewer, step: int) -> None:
    """Go to the next annotation of the list, or the one before."""
    rows = [row for row in annotation_rows(viewer.state) if row.stack is not None]
    if not rows:
        return
    names = [row.annotation.id for row in rows]
    selected = viewer.state.display.selected
    start = names.index(selected) if selected in names else -1 if step > 0 else 0
    go_to(viewer, rows[(start + step) % len(rows)])


def measurement_of(viewer: Viewer, row: AnnotationRow) -> Measurement | None:
    """Return the measurement of an annotation whose frame was read."""
    if row.stack is not None:
        frame = viewer.frames.cached(row.stack.slice_key(row.index))
        if frame is not None:
            points = points_in_image(frame.geometry, row.annotation)
            found = (
                None if points is None else measured(frame, row.annotation.kind, points, row.annotation.found)
            )
            if len(_remembered) >= REMEMBERED:
                _remembered.clear()
            _remembered[row.annotation] = found
            return found
    return _remembered.get(row.annotation)  # of the very same points on the very same image


def value_text(viewer: Viewer, annotation: Annotation) -> str:
    """Return name and measurement of an annotation, translated lines."""
    row = next((row for row in annotation_rows(viewer.state) if row.annotation == annotation), None)
    found = None if row is None else measurement_of(viewer, row)
    lines = [] if found is None else [line.for_user() for line in found.lines]
    return "\n".join((*annotation.text.splitlines(), *lines))
