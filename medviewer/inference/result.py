"""The result of a model on one frame.

It has content, or the reason why there is none.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from medviewer.imaging.code_words import code_words, known_code_words
from medviewer.translation import Message, mark, message, message_of_list

if TYPE_CHECKING:
    from medviewer.imaging.frame import Frame
    from medviewer.inference.explanation import HeatMap
    from medviewer.inference.stability import Stability

QUESTION: Final = "question"
"""Name of the gate that only the reader's own yes passes."""

UNSIGNED: Final = mark("Model not verified: nobody vouches for it or its figures")
"""Said of a model that was added without a signature, and of its results."""

FIRST: Final = "first finding"
"""Name of the gate that passes only where another model has found something."""

NONE_FOUND: Final = "none found"
"""Fact of that gate where the other model does not flag the picture: what that is called."""


@dataclass(frozen=True, slots=True)
class ResultKey:
    """Identity of a result.

    Two results with one key are interchangeable, any other pair is not. `content_sha256` is of everything
    in the frame that the gates and the preprocessing read: the same stored pixels with another intercept,
    padding, orientation or body part are another frame.
    """

    sop_instance_uid: str
    frame_number: int
    pixel_sha256: str
    preprocessing_sha256: str
    model_sha256: str
    content_sha256: str


@dataclass(frozen=True, slots=True)
class ModelHashes:
    """Hashes of a model, loaded or asked, that go into a ResultKey."""

    preprocessing_sha256: str
    model_sha256: str

    def key(self, frame: "Frame") -> ResultKey:
        """Return the key of the model's result for a frame; hashes its pixels."""
        # guard(model_sha256=""): the key holds the model
        # guard(pixel_sha256=""): the key holds the pixels
        # guard(frame_number=1): the key holds the frame's number
        # guard(sop_instance_uid=""): the key holds the instance
        return ResultKey(
            sop_instance_uid=frame.sop_instance_uid,
            frame_number=frame.frame_number,
            pixel_sha256=frame.pixel_sha256,
            preprocessing_sha256=self.preprocessing_sha256,
            model_sha256=self.model_sha256,
            content_sha256=frame.content_sha256,
        )


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Decision threshold of the positive class, with its test metrics.

    Parameters
    ----------
    sensitivity_interval, specificity_interval : (float, float) or None
        95 %, by patient.
    uncertain : (float, float) or None
        Probabilities around the threshold, inclusive, at which nothing is called: another level or window may
        turn it, or sources that were left out bear neither answer out.
    """

    threshold: float
    sensitivity: float
    specificity: float
    sensitivity_interval: tuple[float, float] | None = None
    specificity_interval: tuple[float, float] | None = None
    uncertain: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        low, high = self.uncertain or (self.threshold, self.threshold)
        if not 0 <= low <= self.threshold <= high <= 1:
            raise ValueError(f"threshold {self.threshold}, uncertain {self.uncertain}")

    def is_uncertain(self, probability: float) -> bool:
        """Return whether a probability is too near to the threshold for a call."""
        return self.uncertain is not None and self.uncertain[0] <= probability <= self.uncertain[1]


@dataclass(frozen=True, slots=True)
class Gate:
    """One check of suitability that was passed, noted or failed."""

    name: str  # "modality", "body part", "view", "plane", "sequence", "contrast", "age", "question" ...
    passed: bool
    statement: str  # an English sentence marked for translation, its facts filled in by `facts`
    facts: tuple[tuple[str, str], ...] = ()
    is_stated: bool = True  # False: it could not be asked, as the file does not state it

    @property
    def message(self) -> Message:
        """The statement with its facts, each of which is translated too."""
        return Message(self.statement, tuple((name, _fact(name, fact)) for name, fact in self.facts))


CODED: Final = frozenset({"type", "intent", "position", "part"})
"""Facts of gates that are codes of a file."""


def _fact(name: str, fact: str) -> Message:
    """Return a fact of a gate, codes in words; or the list of expected values."""
    if name == "expected":
        return message_of_list(known_code_words(one) or one for one in fact.split(", "))
    return (
        message_of_list(map(code_words, fact.split(", ")))
        if name in CODED and not fact.endswith("?")
        else Message(fact)
    )


class Content(Protocol):
    """Interpretation of a network's outputs for one frame by a task.

    A frozen value (`inference.tasks`).
    """

    def redacted(self) -> "Content":
        """Return the displayable part of an overridden result.

        No score, no threshold and no measured performance: they hold for valid results only.
        """


@runtime_checkable
class ScoredContent(Content, Protocol):
    """Content with a score that small changes of the picture may turn."""

    @property
    def stability(self) -> "Stability | None":
        """Scores under small changes of the picture; None: not tried."""

    def with_stability(self, stability: "Stability") -> "Content":
        """Return the content beside the stability of its score."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelResult:
    """The result of a model on one frame: an answer, a refusal, or a failure.

    Never a class by default. What was computed although a gate failed is not valid: nothing that was
    measured of the model holds for it, so it has no population and a redacted content, whoever makes it.

    Parameters
    ----------
    key : ResultKey
        What the result belongs to.
    gates : tuple of Gate
        All with their verdicts, as far as they were asked; those with a statement that do not refuse stand
        beside the result.
    content : Content or None
        What the model's task made of the outputs; None where there is no answer.
    reason : Message or None
        Why there is no content.
    task : str
        The row of `inference.tasks.TASKS` that knows the content.
    refusal : Gate or None
        The gate that refused the frame; None of a failure, where the computation gave no valid numbers.
    population, population_title : str
        The group of patients whose figures are used, and as it is shown, in English; "" where the card has
        one only.
    own_folder : str
        Of a pack that did not come with the program; "" of a bundled one.
    is_unsigned : bool
        No trusted key vouches for that pack.
    device : str
        "CPU", "CUDA NVIDIA ...", "MPS"; "" where nothing was computed.
    first : ModelResult or None
        What the model found that has to find something first; None where none is asked.
    heat_map : HeatMap or None
        Which places speak for the answer, where the reader asked; None: nobody did.

    Raises
    ------
    ValueError
        It has both content and reason, or neither.
    """

    key: ResultKey
    gates: tuple[Gate, ...]
    content: Content | None
    reason: Message | None
    model: str
    model_version: str
    task: str
    refusal: Gate | None = None
    population: str = ""
    population_title: str = ""
    own_folder: str = ""
    is_unsigned: bool = False
    device: str = ""
    milliseconds: float = 0.0
    is_phantom: bool = False
    first: "ModelResult | None" = None
    heat_map: "HeatMap | None" = None

    def __post_init__(self) -> None:
        if (self.content is None) == (self.reason is None):
            raise ValueError("a result has a content, or the reason why there is none")
        if self.content is not None and self.overridden is not None:
            withheld = {
                "content": self.content.redacted(),
                "population": "",
                "population_title": "",
                "first": None,
                "heat_map": None,
            }
            for name, value in withheld.items():
                object.__setattr__(self, name, value)

    def keeping(self, before: "ModelResult | None") -> "ModelResult":
        """Return the result with the additions to the same one before."""
        # guard(test): what was computed beside a result stays with that very result
        if before is None or before.key != self.key or self.content is None:
            return self
        kept = replace(self, heat_map=self.heat_map or before.heat_map)
        return kept if kept.stability is not None else kept.with_stability(before.stability)

    @property
    def stability(self) -> "Stability | None":
        """Scores under small changes of the picture; None: not tried."""
        found: Stability | None = getattr(self.content, "stability", None)  # asked for each slice of a series
        return found

    def with_stability(self, stability: "Stability | None") -> "ModelResult":
        """Return the result beside the stability of its score."""
        if stability is None or not isinstance(self.content, ScoredContent):
            return self
        return replace(self, content=self.content.with_stability(stability))

    @property
    def overridden(self) -> Gate | None:
        """The first gate that failed and was overridden by the reader."""
        if self.content is None:
            return None
        return next((gate for gate in self.gates if not gate.passed), None)

    @property
    def is_valid(self) -> bool:
        """Whether it has content and every gate was passed.

        Else the content is struck out wherever shown.
        """
        return self.content is not None and self.overridden is None

    @property
    def headline(self) -> Message:
        """Headline of a result without content: "Not judged", "No result".

        Where another model was to find something first and did not, "No lesion found".
        """
        if self.refusal is None:
            return message("No result")
        # guard(-> None): that another model found nothing is an answer of its own
        none = dict(self.refusal.facts).get(NONE_FOUND)
        return message("Not judged") if none is None else Message(none)

    @property
    def has_failed(self) -> bool:
        """Whether there is neither content nor refusal.

        The computation gave no valid numbers.
        """
        return self.content is None and self.refusal is None

    @property
    def notes(self) -> tuple[Gate, ...]:
        """Notes beside the content: missing age, contrast not stated ..."""
        if self.content is None:
            return ()
        overridden = self.overridden
        return tuple(gate for gate in self.gates if gate.statement and gate is not overridden)
