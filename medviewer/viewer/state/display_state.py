"""Display state of the panes, a frozen value.

Knows no Qt and no threads. No result may ever stand on the wrong image. Each pane paints from its own
PaneState only; a state is swapped in one assignment; navigating clears a pane's result first. A result is
painted only where its token equals the pane's; otherwise it is stored under its key or dropped.

Reducers take a DisplayState and return the next one: of which image is shown (`images`), what a model says
of it (`results`), and how it is shown (`appearance`). A pane that is not concerned stays the same object, so
that a caller sees by identity which panes changed.
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from medviewer.imaging.display import Orientation
from medviewer.imaging.frame import Voi
from medviewer.imaging.presentation_state import PresentationState
from medviewer.imaging.source import SliceKey
from medviewer.inference.result import ModelHashes, ModelResult, ResultKey
from medviewer.viewer.state.pane_state import PaneState
from medviewer.viewer.windowing import KeptWindows

if TYPE_CHECKING:
    from medviewer.imaging.annotation import Annotations
    from medviewer.inference.verdicts import EarlierVerdicts, Verdict
    from medviewer.viewer.state.history import History


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """View settings of a series, restored when it comes back."""

    slice_key: SliceKey
    voi: Voi | None
    orientation: Orientation
    presentation: PresentationState | None
    before_presentation: tuple[Voi | None, Orientation]
    subtracts: bool | None
    inverts: bool | None
    voi_subtracted: Voi | None


@dataclass(frozen=True, slots=True, eq=False)
class DisplayState:
    """All panes, the focused one, the data epoch and the results so far.

    Parameters
    ----------
    reader_first : bool
        Answers of models are hidden until the reader has given a verdict.
    verdicts : mapping
        What the reader said of results, by their keys, with what was said before.
    series_verdicts : mapping
        The same of whole series, by the results that they were judged from.
    earlier : EarlierVerdicts or None
        What the reader said of slices in earlier sessions; None: nothing, or not read yet.
    unread : frozenset of SliceKey
        Slices that could not be read when a model was asked about them with their series.
    seen_results : frozenset of ResultKey
        Results that have been on the screen; a reading after that is not blind.
    """

    epoch: int = 0
    panes: tuple[PaneState | None, ...] = (None, None, None, None)
    focus: int = 0
    valid_since: int = 0  # results asked for in an earlier epoch are about closed data
    model: ModelHashes | None = None
    results: Mapping[ResultKey, ModelResult] = field(default_factory=dict)
    result_studies: Mapping[ResultKey, Hashable] = field(default_factory=dict)  # by `Identity.study_key`
    result_slices: Mapping[tuple[SliceKey, ModelHashes], ResultKey] = field(default_factory=dict)
    looks: Mapping[object, Look] = field(default_factory=dict)  # of stacks that are not shown, by their owner
    automatic: KeptWindows = field(default_factory=dict)  # windows of stacks that state none
    annotations: "Mapping[str, Annotations]" = field(default_factory=dict)  # by their `slice_digest`
    selected: str = ""  # the id of an annotation
    reader_first: bool = False
    verdicts: "Mapping[ResultKey, History[Verdict]]" = field(default_factory=dict)
    series_verdicts: "Mapping[frozenset[ResultKey], History[Verdict]]" = field(default_factory=dict)
    earlier: "EarlierVerdicts | None" = None
    seen_results: frozenset[ResultKey] = frozenset()
    unread: frozenset[SliceKey] = frozenset()

    @property
    def focused(self) -> PaneState | None:
        """The pane that keys and commands act on."""
        return self.panes[self.focus]


def with_panes(state: DisplayState, count: int) -> DisplayState:
    """Return a state of at least so many panes; new ones are empty."""
    missing = count - len(state.panes)
    return state if missing <= 0 else replace(state, panes=(*state.panes, *(None,) * missing))


def clear_panes(state: DisplayState, numbers: Collection[int]) -> DisplayState:
    """Empty panes."""
    panes = tuple(None if number in numbers else pane for number, pane in enumerate(state.panes))
    return replace(state, panes=panes)


def swap_panes(state: DisplayState, one: int, other: int) -> DisplayState:
    """Exchange all that two panes show."""
    panes = list(state.panes)
    panes[one], panes[other] = panes[other], panes[one]
    return replace(state, panes=tuple(panes))


def set_focus(state: DisplayState, number: int) -> DisplayState:
    """Give a pane the focus."""
    return replace(state, focus=number)


def change_panes(
    state: DisplayState, numbers: Collection[int], change: Callable[[PaneState], PaneState]
) -> DisplayState:
    """Return a state with some panes changed; empty ones stay empty."""
    panes = tuple(
        change(pane) if pane is not None and number in numbers else pane
        for number, pane in enumerate(state.panes)
    )
    return replace(state, panes=panes)
