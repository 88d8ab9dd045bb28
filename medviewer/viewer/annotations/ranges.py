"""Regions of a range of values, found by a click and kept as annotations."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Final

from medviewer.imaging.annotation import (
    Annotation,
    Annotations,
    Facts,
    new_id,
    points_on,
    slice_digest_of,
)
from medviewer.imaging.frame import Frame
from medviewer.imaging.measurement import RANGE
from medviewer.imaging.processing import OF_A_RANGE, PROCESSINGS, check_parameters
from medviewer.imaging.source import ImageSource
from medviewer.imaging.volume import Boundary, Grown, Refused, ValueRange, extent_of, facts_of, grown
from medviewer.translation import Message, message
from medviewer.viewer.processing_settings import Settings

MOST_OUTLINES: Final = 200  # slices; of more, only that of the click is outlined
MOST_CORNERS: Final = 20_000  # of one outline
MOST_CORNERS_OF_ALL: Final = 10 * MOST_CORNERS
MOST_PARTS: Final = 8  # outlines of one slice

NO_OUTLINE: Final = message("The outline of this region has too many corners to be kept.")


@dataclass(frozen=True, slots=True, eq=False)
class RangeClick:
    """A click into a region of a range.

    Parameters
    ----------
    source, index
        The slice.
    place : (row, column)
        Of the pixel.
    through : bool
        The region is followed through the stack.
    """

    source: ImageSource
    index: int
    place: tuple[int, int]
    values: ValueRange
    through: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """The number of slices that were read so far."""

    slices: int


@dataclass(frozen=True, slots=True, eq=False)
class FoundRegion:
    """The annotations of a region, that of the click first."""

    annotations: Annotations
    is_in_part: bool = False  # not every slice is outlined


ReadFrame = Callable[[int], Generator[None, None, Frame]]


def range_of(settings: Settings, frame: Frame) -> ValueRange:
    """Return the range of values that the threshold is set to.

    Ends that nobody has set are those with which the threshold begins on such an image.
    """
    chosen = dict(settings.get(OF_A_RANGE, {}))
    for parameter in PROCESSINGS[OF_A_RANGE].parameters:
        if parameter.suggest is not None and parameter.name not in chosen:
            chosen[parameter.name] = parameter.suggest(frame)
    known = check_parameters(OF_A_RANGE, chosen)
    low, high = sorted(float(str(known[name])) for name in ("lower", "upper"))
    return ValueRange(low, high)


def found_by(
    click: RangeClick, read: ReadFrame
) -> Generator[Progress | FoundRegion | Refused | None, None, None]:
    """Yield progress, then the annotations of a region or why there are none.

    It runs in a worker's thread: nothing of the viewer is touched.
    """
    growth = grown(read, click.source, click.index, click.place, click.values, click.through)
    while True:
        try:
            done = next(growth)
        except StopIteration as end:
            region = end.value
            break
        yield None if done is None else Progress(done)
    if isinstance(region, Refused):
        yield region
        return
    yield None
    yield from _kept(region, click)


def _kept(region: Grown, click: RangeClick) -> Generator[FoundRegion | Refused | None, None, None]:
    source, start = click.source, region.start
    of_click = Boundary(region.mask(start))
    first = of_click.around(*click.place)
    if len(first) > MOST_CORNERS:
        yield Refused(NO_OUTLINE)
        return
    yield None
    facts = facts_of(region, extent_of(region, source), source, first)
    yield None
    made = [_annotation(source, start, region.images[start], first, facts)]
    corners, is_in_part = len(first), len(region.indices) > MOST_OUTLINES
    for index in region.indices if not is_in_part else (start,):
        boundary = of_click if index == start else Boundary(region.mask(index))
        lines = boundary.largest(MOST_PARTS + 1)  # the one of the click may be among them
        others = [line for line in lines if index != start or line != first]
        is_in_part |= boundary.count - (index == start) > MOST_PARTS
        for line in others[:MOST_PARTS]:
            corners += len(line)
            if corners > MOST_CORNERS_OF_ALL:
                is_in_part = True
                break
            made.append(_annotation(source, index, region.images[index], line, ()))
        if corners > MOST_CORNERS_OF_ALL:
            break
        yield None
    yield FoundRegion(tuple(made), is_in_part)


def _annotation(
    source: ImageSource, index: int, image: str, line: tuple[tuple[int, int], ...], facts: Facts
) -> Annotation:
    places, space = points_on(source.geometry(index), [(float(x), float(y)) for x, y in line])
    digest = slice_digest_of(source.slice_key(index))
    return Annotation(new_id(), RANGE, places, digest, image, space, found=facts)


def name_of(click: RangeClick) -> Message:
    """Return the name of the edit, for "Undo {name}"."""
    return message("volume of a range") if click.through else message("region of a range")
