"""Reference lines of other panes' slices, and the located point."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from medviewer.imaging import image_colors
from medviewer.imaging.annotation import Point
from medviewer.imaging.frame import Color, FrameGeometry, is_parallel, plane_name, shares_space
from medviewer.imaging.source import ImageSource
from medviewer.imaging.space import Segment, crossing_line
from medviewer.translation import NOTHING, Message, message
from medviewer.viewer.compare.locating import marked_point
from medviewer.viewer.state import PaneState
from medviewer.viewer.texts import short_number_text
from medviewer.viewer.viewer_state import ViewerState

MOST_LINES: Final = 40  # of one stack; of more slices every second, third or so has one
LINES_KEPT: Final = 64

PLANE_COLORS: Final = {
    "Axial": image_colors.AXIAL,
    "Coronal": image_colors.CORONAL,
    "Sagittal": image_colors.SAGITTAL,
}

_OUTSIDE: Final = message("The point lies outside of this series")


class Weight(IntEnum):
    """Strength of a line."""

    FAINT = 0  # a slice of the active pane's stack that is not shown
    THIN = 1  # the slice of another pane
    STRONG = 2  # that of the active one


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """A line in which a slice crosses an image.

    Parameters
    ----------
    ends : pair of (x, y)
        In the view, in columns of the frame.
    label : str
        Which slice it is; "" for most of the faint ones.
    """

    ends: Segment
    color: Color
    weight: Weight
    label: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything over an image that other panes are the reason for.

    Parameters
    ----------
    point : (x, y) or None
        The located point, in the view, in columns of the frame.
    says : Message
        That it cannot be shown here.
    """

    lines: tuple[ReferenceLine, ...] = ()
    point: Point | None = None
    says: Message = NOTHING


NO_REFERENCE: Final = Reference()


def has_reference(state: ViewerState) -> bool:
    """Return whether a line or a point is to be shown over any visible pane."""
    panes = [state.display.panes[number] for number in state.visible if number < len(state.display.panes)]
    stacks = {pane.stack.key for pane in panes if pane is not None}
    return state.located is not None or (state.reference_lines and len(stacks) > 1)


def reference_inputs(state: ViewerState) -> tuple[object, ...]:
    """Return everything that reference lines and the located point depend on."""
    panes = state.display.panes
    places = tuple(
        None if (pane := panes[number]) is None else (pane.stack.key, pane.index, pane.orientation)
        for number in state.visible
        if number < len(panes)
    )
    return (
        places,
        state.visible,
        state.display.focus,
        state.links,
        state.located,
        state.reference_lines,
    )


def reference_of(state: ViewerState, number: int, painted: PaneState) -> Reference:
    """Return the reference lines and the located point of a pane.

    Parameters
    ----------
    painted : PaneState
        Of the image on the screen, which may be the one before.
    """
    lines = tuple(_lines(state, number, painted)) if state.reference_lines else ()
    located = state.located
    if located is None or number in state.links.parted:
        return Reference(lines)
    marked = marked_point(painted, state.links, located)
    if marked is None:
        return Reference(lines)
    point = None if marked.at is None else _to_view(painted, marked.at)
    return Reference(lines, point, NOTHING if marked.is_held else _OUTSIDE)


def _lines(state: ViewerState, number: int, painted: PaneState) -> Iterator[ReferenceLine]:
    here, focus = painted.header.geometry, state.display.focus
    size = painted.stack.rows, painted.stack.columns
    done: set[tuple[str, int]] = set()
    others = sorted((other for other in state.visible if other != number), key=lambda other: other != focus)
    for other in others:
        pane = state.display.panes[other]
        if pane is None or not _crosses(painted, pane) or (pane.stack.key, pane.index) in done:
            continue
        done.add((pane.stack.key, pane.index))
        is_active = other == focus
        if is_active:
            yield from _faint(painted, here, size, pane)
        line = crossing_line(here, size, pane.header.geometry, (pane.stack.rows, pane.stack.columns))
        if line is not None:
            weight = Weight.STRONG if is_active else Weight.THIN
            label = short_number_text(pane.stack, pane.index) if is_active else str(other + 1)
            yield ReferenceLine(_in_view(painted, line), _color(pane), weight, label)


def _crosses(painted: PaneState, pane: PaneState) -> bool:
    """Return whether a pane's slice may cross an image of the same patient."""
    here, there = painted.header.geometry, pane.header.geometry
    # guard(test): reference lines are of one patient
    if painted.identity.patient_key != pane.identity.patient_key:
        return False
    return shares_space(here, there) and not is_parallel(here, there)


def _faint(
    painted: PaneState, here: FrameGeometry, size: tuple[int, int], pane: PaneState
) -> Iterator[ReferenceLine]:
    """Yield the lines of the active pane's slices, the ends numbered."""
    known = _all_lines(here, size, pane.stack)
    ends = {known[0][0], known[-1][0]} if known else set()
    for index, line in known:
        if index == pane.index:
            continue
        label = short_number_text(pane.stack, index) if index in ends else ""
        yield ReferenceLine(_in_view(painted, line), _color(pane), Weight.FAINT, label)


@lru_cache(maxsize=LINES_KEPT)
def _all_lines(
    here: FrameGeometry, size: tuple[int, int], stack: ImageSource
) -> tuple[tuple[int, Segment], ...]:
    step = -(-len(stack) // MOST_LINES)
    indices = [*range(0, len(stack) - 1, step), len(stack) - 1]
    there_size = stack.rows, stack.columns
    lines = ((index, crossing_line(here, size, stack.geometry(index), there_size)) for index in indices)
    return tuple((index, line) for index, line in lines if line is not None)


def _color(pane: PaneState) -> Color:
    return image_colors.rgb(PLANE_COLORS.get(plane_name(pane.header.geometry), image_colors.QUIET))


def _in_view(painted: PaneState, line: Segment) -> Segment:
    return _to_view(painted, line[0]), _to_view(painted, line[1])


def _to_view(painted: PaneState, point: Point) -> Point:
    return painted.view.frame_to_view(point[1] - 0.5, point[0] - 0.5)
