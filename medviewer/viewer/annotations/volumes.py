"""The volume of all outlines of a series, and its sources."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from operator import is_
from typing import Final

import numpy as np

from medviewer.imaging.annotation import OUTLINE, Annotation, Annotations, pixels_of_points, slice_digest_of
from medviewer.imaging.frame import SpacingKind
from medviewer.imaging.source import ImageSource
from medviewer.imaging.volume import slice_shares
from medviewer.inference.result import ModelResult
from medviewer.inference.tasks import TASKS, Call, outline_in, outlining
from medviewer.translation import Message, mark, message
from medviewer.viewer.annotations.outlines import fingerprint
from medviewer.viewer.state import DisplayState, asked_places, corrects_model, is_hidden

ML: Final = 1000.0  # mm³
VOLUMES_KEPT: Final = 16  # of the series of a study

VOLUME: Final = mark("Outlined: {ml} ml on {drawn} of {of} slices, all of them judged. {made_from}.")
PART_VOLUME: Final = mark("Not the whole volume: {ml} ml on {drawn} of {of} slices. {made_from}.")
ONE_SLICE: Final = mark("No volume yet: 1 of {of} slices judged. “Ask series” asks the rest.")
NO_VOLUME: Final = mark("No volume: the file does not state the size of a pixel and where the slices lie.")
BRIDGED: Final = mark(
    "slices are missing between them, {length} mm in all, and are counted like their neighbours"
)


@dataclass(frozen=True, slots=True)
class OutlineVolume:
    """The volume of all outlines of a series.

    Parameters
    ----------
    ml : float or None
        None where the file does not state what it needs.
    corrected, of_model : int
        Slices whose outline is the reader's, and those with the model's.
    uncertain : int
        Slices of which the model cannot tell, so that it drew nothing there.
    unknown : int
        Slices that the model was not asked about, or did not judge; nothing of them is in it.
    bridged_mm : float
        What is counted between slices farther apart than the others.
    of : int
        Slices of the series.
    """

    ml: float | None
    corrected: int
    of_model: int
    uncertain: int
    unknown: int
    bridged_mm: float = 0.0
    of: int = 0

    @property
    def is_of_one_slice(self) -> bool:
        """Whether a single slice was judged, of which the others say nothing."""
        return bool(self.unknown) and self.of - self.unknown == 1

    @property
    def clear(self) -> int:
        """Slices that were judged and have no outline."""
        return max(0, self.of - self.corrected - self.of_model - self.uncertain - self.unknown)

    @property
    def is_part(self) -> bool:
        """Whether some slices have no answer, so that it is a part."""
        return bool(self.uncertain or self.unknown)

    @property
    def text(self) -> str:
        """The volume as it is written, in ml; "" where none is said."""
        # guard(self.is_of_one_slice): the slab of a single slice is quoted nowhere as a volume
        if self.ml is None or self.is_of_one_slice:
            return ""
        return f"{self.ml:.1f}" if self.ml >= 10 else f"{self.ml:.2f}" if self.ml >= 0.1 else f"{self.ml:.4f}"

    @property
    def message(self) -> Message:
        """The volume in words, with its sources."""
        if self.ml is None:
            return Message(NO_VOLUME)
        if self.is_of_one_slice:
            # guard(ONE_SLICE -> PART_VOLUME): the slab of a single slice is not quoted as a volume
            return Message(ONE_SLICE, (("of", str(self.of)),))
        counts = (("drawn", str(self.corrected + self.of_model)), ("of", str(self.of)))
        # guard(PART_VOLUME -> VOLUME): what was outlined on a part of the slices is not called the whole
        said = PART_VOLUME if self.is_part else VOLUME
        return Message(said, (*counts, ("ml", self.text), ("made_from", self.made_from)))

    @property
    def made_from(self) -> Message:
        """The outlines that are in it, and the slices of which nothing is."""
        parts = []
        if self.corrected:
            parts.append(message("{count} corrected by you", count=self.corrected))
        if self.of_model:
            parts.append(message("{count} outlined by the model", count=self.of_model))
        if self.uncertain:
            parts.append(message("{count} uncertain", count=self.uncertain))
        if self.clear:
            parts.append(message("{count} not flagged", count=self.clear))
        if self.unknown:
            parts.append(message("{count} without an answer", count=self.unknown))
        if self.bridged_mm:
            parts.append(Message(BRIDGED, (("length", f"{self.bridged_mm:.1f}"),)))
        return _listed(parts)


def volume_record(found: OutlineVolume | None) -> dict[str, object] | None:
    """Return a volume with its sources, ready for JSON."""
    return None if found is None else asdict(found)


class _Basis:
    """All that a volume depends on, the same while all parts are."""

    __slots__ = ("parts", "stack", "state")

    def __init__(self, state: DisplayState, stack: ImageSource) -> None:
        self.state, self.stack = state, stack
        self.parts = (
            *(stack, state.model, state.results, state.result_slices),
            *(state.reader_first, state.verdicts, state.series_verdicts, state.annotations),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Basis) and all(map(is_, self.parts, other.parts))

    def __hash__(self) -> int:
        return hash(tuple(map(id, self.parts)))


def outline_volume(state: DisplayState, stack: ImageSource) -> OutlineVolume | None:
    """Return the volume of all outlines on a stack.

    None where that is a single slice, the model draws no outlines, none is there, or an answer is hidden.
    """
    if len(stack) < 2 or state.model is None or not state.result_slices:
        return None
    return _volume(_Basis(state, stack))


@lru_cache(VOLUMES_KEPT)
def _volume(basis: _Basis) -> OutlineVolume | None:
    """Return the volume; the last ones are kept, as scrolling asks again."""
    state, stack = basis.state, basis.stack
    asked = asked_places(state, stack)
    # guard(test): no volume is said while an answer that is in it is hidden
    if any(is_hidden(state, key) for key in asked.values()):
        return None
    found = {place: state.results[key] for place, key in asked.items() if key in state.results}
    if not any(outlining(result) for result in found.values()):
        return None
    return volume_of(stack, [found.get(place) for place in range(len(stack))], state.annotations)


def volume_of(
    stack: ImageSource, results: Sequence[ModelResult | None], drawn_on: Mapping[str, Annotations]
) -> OutlineVolume | None:
    """Return the volume of all outlines on a stack; None where none is there.

    Parameters
    ----------
    results : sequence of ModelResult or None
        Of each slice.
    drawn_on : mapping of str to Annotations
        By `slice_digest_of` a slice; the reader's outlines are among them.
    """
    pixels: dict[int, int] = {}
    corrected = uncertain = unknown = 0
    for index, result in enumerate(results):
        key = stack.slice_key(index)
        about = None if result is None else outlining(result)
        if result is None or about is None:
            unknown += 1
            continue
        image = fingerprint(result.key.pixel_sha256, stack.geometry(index))
        own = _correction(drawn_on.get(slice_digest_of(key), ()), about, image)
        if own is not None:
            corrected += 1
            pixels[index] = pixels_of_points([(x, y) for x, y, *_ in own.points])
        elif (found := outline_in(about)) is not None:
            pixels[index] = int(np.count_nonzero(found.mask))
        elif TASKS[about.task].answer(about.content).call is Call.UNCERTAIN:
            uncertain += 1
    drawn = {index for index, count in pixels.items() if count}
    if not pixels:
        return None
    of_model = len(pixels) - corrected
    areas, places = _areas(stack, pixels), [header.position_mm for header in stack.headers]
    known = [place for place in places if place is not None]
    counts = (corrected, of_model, uncertain, unknown)
    if areas is None or len(known) < len(places):
        return OutlineVolume(None, *counts, of=len(stack))
    shares, bridged = slice_shares(known, drawn)
    if drawn and not shares:
        return OutlineVolume(None, *counts, of=len(stack))
    ml = sum(areas[index] * shares[index] for index in drawn) / ML
    return OutlineVolume(ml, *counts, bridged, len(stack))


def _correction(drawn: Annotations, about: ModelResult, image: float) -> Annotation | None:
    """Return the reader's outline of a slice that is about the answer there."""
    for one in reversed(drawn):
        # guard(dict(one.found).get("image") == image): a volume holds corrections of these very pixels only
        if one.kind == OUTLINE and corrects_model(one, about) and dict(one.found).get("image") == image:
            return one
    return None


def _listed(parts: Sequence[Message]) -> Message:
    first, *others = parts
    for other in others:
        facts = (("first", first), ("comma", Message("; ")), ("second", other))
        first = Message("{first}{comma}{second}", facts)
    return first


def _areas(stack: ImageSource, pixels: Mapping[int, int]) -> dict[int, float] | None:
    """Return the area of each slice in mm²; None where a file earns none."""
    areas = {}
    for index, count in pixels.items():
        geometry = stack.geometry(index)
        spacing = geometry.spacing_mm
        if spacing is None or geometry.spacing_kind is not SpacingKind.PATIENT or 0 in spacing:
            return None
        areas[index] = count * spacing[0] * spacing[1]
    return areas
