"""Interface of a model task and its results.

Words, bars and records, all as values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from medviewer.inference.outline import Outline
from medviewer.inference.result import Content, OperatingPoint
from medviewer.inference.tasks.call_counts import CallCounts
from medviewer.inference.tasks.scores import Score
from medviewer.translation import NOTHING, Message

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Floats: TypeAlias = "npt.NDArray[np.float32]"


class TaskCard(Protocol):
    """The entries of a model card that decide about its outputs.

    `ModelCard` has them.
    """

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Classes, in the order of the logits."""

    @property
    def positive(self) -> str:
        """The class that the operating point decides about; "" for none."""

    @property
    def temperature(self) -> float:
        """Logits are divided by it."""

    @property
    def shift(self) -> tuple[float, ...]:
        """Added to the logits before that; () for nothing."""

    @property
    def calibrated(self) -> bool:
        """Whether the temperature was fitted."""

    @property
    def operating_point(self) -> OperatingPoint | None:
        """The threshold of the positive class."""

    @property
    def figures(self) -> Mapping[str, Any]:
        """Measured figures, in the words of the training."""


class FrameOutputs(Protocol):
    """The outputs of a network for one frame.

    Logits (C,), embedding (E,), feature map (E, h, w).
    """

    @property
    def logits(self) -> Floats:
        """Return (C,) numbers, one a class or as the task has it."""

    @property
    def embedding(self) -> Floats:
        """Return the (E,) features that the logits are made from."""

    @property
    def feature_map(self) -> Floats:
        """Return the (E, h, w) features of each place."""


class FramePlace(Protocol):
    """Place of a network's input on the frame."""

    def outline(self, log_odds: Floats) -> Outline | None:
        """Return the outline of log odds over the input, on the frame.

        None where no place is likely.
        """


@dataclass(frozen=True, slots=True)
class ContentWords:
    """The sentences about a content.

    Parameters
    ----------
    headline : Message
        In a few words; struck out where the result is not valid.
    details, cautions : tuple of Message
        A line each.
    brief : Message
        For the chip of a pane, where the headline would be read as a finding; NOTHING: the headline.
    rates : Message
        Sensitivity and specificity of the test at the threshold; card, export and chip say these.
    measures : tuple of Message
        Of what is drawn, a line each; they stand wherever the answer is said.
    """

    headline: Message
    details: tuple[Message, ...] = ()
    cautions: tuple[Message, ...] = ()
    brief: Message = NOTHING
    rates: Message = NOTHING
    measures: tuple[Message, ...] = ()


class Call(StrEnum):
    """The kind of an answer."""

    FLAGGED = "flagged"
    NOT_FLAGGED = "not flagged"
    UNCERTAIN = "uncertain"
    NAMED = "named"  # the likeliest of several kinds, none of which is flagged


@dataclass(frozen=True, slots=True)
class Answer:
    """A content in one word, one number and one sentence.

    Parameters
    ----------
    word : Message
        "Flagged", "Most like glioma".
    score : Score or None
        Of the class that is decided about, with its threshold; None: no number is said.
    band : (float, float) or None
        Scores around the threshold that are not called.
    finding : str
        The label of the class that is decided about; "" for none.
    counts : CallCounts or None
        What the test found on either side of the threshold.
    caveat : Message
        What the number is not, in a few words that stand beside it in place of the content's cautions;
        NOTHING where it is what it seems.
    """

    call: Call
    word: Message
    sentence: Message = NOTHING
    score: Score | None = None
    band: tuple[float, float] | None = None
    finding: str = ""
    counts: CallCounts | None = None
    caveat: Message = NOTHING


@dataclass(frozen=True, slots=True)
class Bar:
    """A score that is drawn as a bar, with the threshold as a tick on it."""

    title: Message
    score: Score


@dataclass(frozen=True, slots=True)
class ScoredClass:
    """The class of a content that has a score.

    Parameters
    ----------
    label : str
        As the card has it.
    score : float
        As it was computed, 0 to 1.
    operating_point : OperatingPoint or None
        None: no threshold decides about it.
    """

    label: str
    score: float
    operating_point: OperatingPoint | None


@dataclass(frozen=True, slots=True)
class ModelTask:
    """Meaning, wording and drawing of a network's outputs.

    Sentences are messages and records are plain values: they are rendered in viewer/texts, painted in the
    window, and written by the command line and the exporters, none of which knows one task from another.

    Parameters
    ----------
    name : str
        As a card states it.
    check : callable
        Raises ValueError where a card lacks what the task needs.
    decode : callable
        One frame's outputs and the card, with the figures of the patient's group -> content. Raises
        InvalidNumbersError for NaN and infinity, DamagedModelError for outputs that do not fit the card.
    words : callable
        Content -> what is said of it.
    answer : callable
        Content -> the same in one word, one number and one sentence, for the card beside the image.
    bars : callable
        Content -> the bars in the panel, the first one first; () draws none, and the headline is shown.
    blank : mapping
        Every field that the task has in a row of `classify --json` and `--csv`, without a value.
    row : callable
        (content, whether it is valid) -> those fields and the "status".
    provenance : callable
        (content, whether it is valid) -> what an exported image says of it.
    placed : callable
        (content, where the input lies on the frame) -> content with what lies at places of the frame.
    outline : callable
        Content -> the outline in it, or None.
    draws : bool
        Its contents can have an outline.
    mapped : callable
        Content -> the class for which a heat map speaks; "" where the task has none.
    scored : callable
        Content -> the class that it is scored by, or None.
    """

    name: str
    check: Callable[[TaskCard], None]
    decode: Callable[[FrameOutputs, TaskCard], Content]
    words: Callable[[Any], ContentWords]
    answer: Callable[[Any], Answer]
    bars: Callable[[Any], tuple[Bar, ...]]
    blank: Mapping[str, object]
    row: Callable[[Any, bool], dict[str, Any]]
    provenance: Callable[[Any, bool], dict[str, Any]]
    placed: Callable[[Any, FramePlace], Content] = lambda content, place: content
    outline: Callable[[Any], Outline | None] = lambda content: None
    draws: bool = False
    mapped: Callable[[Any], str] = lambda content: ""
    scored: Callable[[Any], ScoredClass | None] = lambda content: None
