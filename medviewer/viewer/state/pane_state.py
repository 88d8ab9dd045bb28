"""State of one pane: its slice, view settings and result.

The token that a result is painted by is here as well.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field, fields
from enum import StrEnum
from operator import attrgetter, is_
from typing import TYPE_CHECKING, Final

from medviewer.imaging.display import (
    AS_STORED,
    Orientation,
    ViewTransform,
    inverted_frame,
    subtracted_frame,
)
from medviewer.imaging.frame import Frame, Voi
from medviewer.imaging.identity import Identity
from medviewer.imaging.presentation_state import PresentationState, presented, view_of
from medviewer.imaging.processing import ORIGINAL, PROCESSINGS, why_not_processed
from medviewer.imaging.source import ImageSource, Slice, SliceHeader, SliceKey, slice_of
from medviewer.inference.result import ModelResult, ResultKey
from medviewer.translation import NOTHING, Message

if TYPE_CHECKING:
    from medviewer.imaging.annotation import Annotation, Annotations


class Comparison(StrEnum):
    """Comparison of a processed image with the original in one pane."""

    NONE = ""
    WIPE = "wipe"  # the original left of a line
    DIFFERENCE = "difference"


READ_INVERTED: Final = frozenset({"PT"})
"""Modalities that are read black on white."""


@dataclass(frozen=True, slots=True)
class Token:
    """The right to paint a result.

    The state's epoch and what the result must be about. `key` is None until the frame is decoded and a
    model is loaded, because the hashes are not known before.

    Parameters
    ----------
    study : hashable
        That the slice is of, by `Identity.study_key`; a stored result leaves with it. None: not known.
    slice : SliceKey or None
        Of the slice itself; None: not known.
    """

    epoch: int
    key: ResultKey | None = None
    study: Hashable = field(default=None, compare=False)
    slice: SliceKey | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class PaneState:
    """Everything that one pane paints."""

    stack: ImageSource
    index: int  # of the slice in the stack, from 0
    processing: str  # a row of the PROCESSINGS table
    frame: Frame | None = None  # None: on its way
    failure: Message = NOTHING  # why the frame cannot be shown
    voi: Voi | None = None  # None: the frame's own first, or automatic
    subtracts: bool | None = None  # its mask from a frame that has one; None: as the file recommends
    inverts: bool | None = None  # black and white are exchanged; None: as images of its kind are read
    comparison: Comparison = Comparison.NONE  # with the original, of a processed image
    voi_subtracted: Voi | None = None  # None: the subtraction's own
    result: ModelResult | None = None
    token: Token = field(default_factory=lambda: Token(0))
    heat_instead_of: str = ""  # the processing whose place a model's heat map has; "": none is shown
    plane: str = "stored"
    presentation: PresentationState | None = None
    before_presentation: tuple[Voi | None, Orientation] = (None, AS_STORED)  # to return to without it
    orientation: Orientation = AS_STORED  # by hand, behind what the presentation state says
    graphics_shown: bool = True  # overlays, drawings and texts
    shutter_shown: bool = True
    model_outline_shown: bool = True  # also where the reader has corrected it
    annotations: "Annotations" = ()  # of the frame, in this version of it
    annotations_apart: int = 0  # of another version of it, which are never drawn
    key_image: "Annotation | None" = None  # the mark of the slice as one
    selected: str = ""  # the id of the one that is selected, where it is among them

    @property
    def seen(self) -> Frame | None:
        """The frame with its presentation state, or unmasked, or inverted.

        `frame` is measured and classified.
        """
        frame, state = self.frame, self.presentation_in_use
        if frame is None:
            return None
        if state is not None:
            seen = presented(frame, state)
        else:
            seen = subtracted_frame(frame) if self.is_subtracted else frame
        return inverted_frame(seen) if self.is_inverted else seen

    @property
    def is_inverted(self) -> bool:
        """Whether black and white are exchanged on the screen.

        PET is read black on white, unless its file or presentation state says how it is to be seen.
        """
        frame = self.frame
        if frame is None or frame.is_color:
            return False
        if self.inverts is not None:
            return self.inverts
        is_read_so = frame.attributes.modality in READ_INVERTED
        return is_read_so and not frame.inverted and self.presentation_in_use is None

    @property
    def compares(self) -> Comparison:
        """The comparison with the original that is seen.

        An original is compared with nothing, a mask or lines in a wipe only.
        """
        if not self.comparison:
            return Comparison.NONE
        row, seen = PROCESSINGS.get(self.processing), self.seen
        if row is None or row.name == ORIGINAL or seen is None:
            return Comparison.NONE
        is_drawn_over = self.comparison is Comparison.DIFFERENCE and not row.changes_pixels
        is_refused = is_drawn_over or why_not_processed(seen, row.name) is not None
        return Comparison.NONE if is_refused else self.comparison

    @property
    def shows_heat(self) -> bool:
        """Whether it is the pane of a model's heat map, there or not."""
        return bool(self.heat_instead_of)

    @property
    def kept_processing(self) -> str:
        """The processing to which it returns, and which is remembered."""
        return self.heat_instead_of or self.processing

    @property
    def presentation_in_use(self) -> PresentationState | None:
        """The chosen presentation state, where it is about the frame."""
        frame, state = self.frame, self.presentation
        if frame is None or state is None or presented(frame, state) is frame:
            return None
        return state

    @property
    def is_subtracted(self) -> bool:
        """Whether the frame is seen without its mask.

        A presentation state that says so is not followed.
        """
        frame = self.frame
        if frame is None or frame.subtraction is None or self.presentation_in_use is not None:
            return False
        return frame.attributes.views_subtracted if self.subtracts is None else self.subtracts

    @property
    def seen_voi(self) -> Voi | None:
        """The VOI of the displayed frame.

        None: the frame's own first, or automatic.
        """
        return self.voi_subtracted if self.is_subtracted else self.voi

    @property
    def view(self) -> ViewTransform:
        """Orientation of the pane's frame in the view, decoded or not."""
        frame, state = self.frame, self.presentation_in_use
        if frame is not None and state is not None:
            return view_of(frame, state).then(self.orientation)
        geometry = self.header.geometry if frame is None else frame.geometry
        rows, columns = (
            (self.stack.rows, self.stack.columns) if frame is None else (frame.rows, frame.columns)
        )
        turns, flipped = self.orientation.quarter_turns, self.orientation.flipped
        return ViewTransform(rows, columns, geometry.pixel_aspect, turns, flipped)

    @property
    def seen_orientation(self) -> Orientation:
        """Orientation of the frame in the view, decoded or not."""
        return self.orientation if self.presentation_in_use is None else self.view.orientation

    @property
    def identity(self) -> Identity:
        """Identity of the image."""
        return self.stack.identity

    @property
    def awaits_frame(self) -> bool:
        """Whether its frame is on the way."""
        return self.frame is None and not self.failure

    @property
    def header(self) -> SliceHeader:
        """Header of the pane's slice, read or not."""
        return self.stack.headers[self.index]

    @property
    def slice_key(self) -> SliceKey:
        """The name of the pane's current slice."""
        return self.stack.slice_key(self.index)

    @property
    def slice(self) -> Slice:
        """The pane's current slice, to be read."""
        return slice_of(self.stack, self.index)


_BESIDE_WINDOW: Final = attrgetter(
    *(one.name for one in fields(PaneState) if one.name not in ("voi", "voi_subtracted"))
)

_BESIDE_DRAWINGS: Final = attrgetter(*(one.name for one in fields(PaneState) if one.name != "annotations"))


def differs_in_drawings_only(state: PaneState, other: PaneState) -> bool:
    """Return whether two states differ in drawings only.

    Both have some.
    """
    if not state.annotations or not other.annotations:
        return False
    return all(map(is_, _BESIDE_DRAWINGS(state), _BESIDE_DRAWINGS(other)))


def differs_in_window_only(state: PaneState, other: PaneState) -> bool:
    """Return whether two states are the same but for their window."""
    return all(map(is_, _BESIDE_WINDOW(state), _BESIDE_WINDOW(other)))
