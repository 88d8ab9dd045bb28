"""The task "classification".

Probabilities of classes, and which class the operating point calls.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

import numpy as np

from medviewer.errors import DamagedModelError
from medviewer.inference.labels import finding_words, label_message, label_word, others_than
from medviewer.inference.probabilities import calibrated
from medviewer.inference.result import OperatingPoint
from medviewer.inference.stability import Stability
from medviewer.inference.tasks.call_counts import CallCounts, counts_of
from medviewer.inference.tasks.scores import Score, probability_text, rate_text, rounded
from medviewer.inference.tasks.task import (
    Answer,
    Bar,
    Call,
    ContentWords,
    FrameOutputs,
    ScoredClass,
    TaskCard,
)
from medviewer.translation import NOTHING, Message, mark, message

BLANK: Final[dict[str, object]] = {
    "probabilities": {},
    "calibrated": None,
    "valid": None,
    "label": None,
    "call": None,
    "uncertain": None,
    "changes_tried": None,
    "changes_flipped": None,
    "lowest_score": None,
    "highest_score": None,
    "operating_point": None,
    "prediction_set": None,
}
"""The fields of a row of `classify --json`, in their order; no model gives a prediction set."""

UNCERTAIN_DECIMALS: Final = 3
_NAMES_ONE: Final = mark(
    "It always names one of these {count}: it cannot see another kind, or that there is none."
)
_WITHOUT_OTHERS: Final = mark(
    "It always names one of these {count}; {others} are not among them, and it cannot see that there is none."
)
SAME: Final = 0.005  # rates that are written alike

_NOT_A_PROBABILITY: Final = message("not a probability")


@dataclass(frozen=True, slots=True, eq=False)
class Classification:
    """Calibrated class probabilities of one frame.

    The content of a classifier's result.

    Parameters
    ----------
    probabilities : tuple of (label, probability)
        In the card's order.
    label : str
        The class that is called: by the operating point, not by the largest probability.
    positive_label : str
        The class that the operating point decides about; "" the first.
    counts : CallCounts or None
        What the test found on either side of the operating point.
    embedding, feature_map : (E,), (E, h, w) float32 or None
        The network's last features.
    stability : Stability or None
        How far the score goes under small changes of the picture; None: not tried.
    """

    probabilities: tuple[tuple[str, float], ...]
    label: str
    operating_point: OperatingPoint | None
    calibrated: bool
    positive_label: str = ""
    counts: CallCounts | None = None
    embedding: np.typing.NDArray[np.float32] | None = field(default=None, repr=False)
    feature_map: np.typing.NDArray[np.float32] | None = field(default=None, repr=False)
    stability: Stability | None = None

    def with_stability(self, stability: Stability) -> Classification:
        """Return the content beside the stability of its score."""
        return replace(self, stability=stability)

    def redacted(self) -> Classification:
        """Return the likeliest class alone.

        A score is a figure of the model, too: without its measured performance it says nothing.
        """
        likeliest = (
            max(self.probabilities, key=lambda entry: entry[1])[0] if self.probabilities else self.label
        )
        # guard(probabilities=self.probabilities): what a refused image scored is nowhere
        return replace(
            self,
            label=likeliest,
            probabilities=(),
            operating_point=None,
            calibrated=False,
            counts=None,
            stability=None,
        )


def check(card: TaskCard) -> None:
    """Raise ValueError unless a card states valid classes."""
    if len(card.labels) < 2 or len(set(card.labels)) != len(card.labels):
        raise ValueError(f"labels: {card.labels}")
    if card.positive and card.positive not in card.labels:
        raise ValueError(f"positive: {card.positive}")


def decode(outputs: FrameOutputs, card: TaskCard) -> Classification:
    """Return a frame's calibrated probabilities and the called class.

    Raises
    ------
    InvalidNumbersError
        A logit or a probability is no number.
    DamagedModelError
        The network has other classes than the card.
    """
    if outputs.logits.shape != (len(card.labels),):
        raise DamagedModelError(model=card.name, detail=mark("it has other classes than its card"))
    [probabilities] = calibrated(outputs.logits[None], card.temperature, card.shift)
    return Classification(
        probabilities=tuple(zip(card.labels, map(float, probabilities), strict=True)),
        label=called(card, probabilities),
        operating_point=card.operating_point,
        calibrated=card.calibrated,
        positive_label=card.positive,
        counts=_counts(card),
        embedding=outputs.embedding,
        feature_map=outputs.feature_map,
    )


def _counts(card: TaskCard) -> CallCounts | None:
    point = card.operating_point
    if point is None or not card.positive:
        return None
    counts = counts_of(card.figures, card.labels, card.positive, point.threshold)
    # guard(-> counts): counts and rates that stand side by side are of one test
    return counts if counts is not None and _agree(counts, point) else None


def _agree(counts: CallCounts, point: OperatingPoint) -> bool:
    """Return whether counts give the rates of an operating point as written."""
    return (
        abs(counts.sensitivity - point.sensitivity) < SAME
        and abs(counts.specificity - point.specificity) < SAME
    )


def called(card: TaskCard, probabilities: np.typing.NDArray[np.float64]) -> str:
    """Return the label that is called.

    By the operating point where there is one, else the likeliest.
    """
    if card.operating_point is None or not card.positive:
        return card.labels[int(np.argmax(probabilities))]
    place = card.labels.index(card.positive)
    if probabilities[place] >= card.operating_point.threshold:
        return card.positive
    others = probabilities.copy()
    others[place] = -1.0
    return card.labels[int(np.argmax(others))]


def words(content: Classification) -> ContentWords:
    """Return the class with its probability, and the operating point's call.

    Where there is an operating point the probability is that of the class it decides about, called or not,
    for that one is compared with the threshold.
    """
    point, stated = content.operating_point, _stated_label(content)
    if not content.probabilities:
        return ContentWords(label_message(content.label))
    value = dict(content.probabilities).get(stated, math.nan)
    score = _score(value, point)
    details = () if point is None else _operating_point(content, point)
    rates = NOTHING if point is None else _rates(point)
    cautions = (
        () if content.calibrated else (message("not calibrated elsewhere: a score, not a probability"),)
    )
    if is_uncertain(content):
        said = message("{label} uncertain (score {score})", label=label_message(stated), score=score.text)
        return ContentWords(said, details, cautions, message("uncertain"), rates=rates)
    if not _is_called(content):
        said = message("{label} not flagged (score {score})", label=label_message(stated), score=score.text)
        return ContentWords(said, details, cautions, message("not flagged"), rates=rates)
    if point is None:
        said = message("Most like {label} (score {score})", label=label_word(stated), score=score.text)
        brief = message("most like {label}", label=label_word(stated))
        details = (led,) if (led := _led(content)) else ()
        return ContentWords(said, details, cautions, brief)
    said = message("{label} flagged (score {score})", label=label_message(stated), score=score.text)
    return ContentWords(said, details, cautions, message("flagged"), rates=rates)


def answer(content: Classification) -> Answer:
    """Return the content in one word, one number and one sentence.

    A class that no operating point decides about is never said as a finding.
    """
    point, stated = content.operating_point, _stated_label(content)
    if not content.probabilities:
        return Answer(Call.NAMED, label_message(content.label))
    # guard(-> NOTHING): a number that was not calibrated elsewhere is not taken for a probability
    caveat = NOTHING if content.calibrated else _NOT_A_PROBABILITY
    value = dict(content.probabilities).get(stated, math.nan)
    score = _score(value, point)
    if point is None:
        word = message("Most like {label}", label=label_word(stated))
        others, count = others_than(dict(content.probabilities)), len(content.probabilities)
        sentence = message(_NAMES_ONE, count=count)
        if others is not None:
            sentence = message(_WITHOUT_OTHERS, count=count, others=others)
        if led := _led(content):
            sentence = Message("{led} {sentence}", (("led", led), ("sentence", sentence)))
        return Answer(Call.NAMED, word, sentence, score, caveat=caveat)
    words, band = finding_words(stated), point.uncertain
    if is_uncertain(content):
        sentence = message("Neither answer can be ruled out.") if is_in_band(content) else _flips(content)
        return Answer(Call.UNCERTAIN, message("Uncertain"), sentence, score, band, stated, caveat=caveat)
    if _is_called(content):
        call, word, sentence = Call.FLAGGED, message("Flagged"), words.possible
    else:
        call, word, sentence = Call.NOT_FLAGGED, message("Not flagged"), words.not_excluded
    return Answer(call, word, sentence, score, band, stated, content.counts, caveat)


def is_uncertain(content: Classification) -> bool:
    """Return whether the displayed probability is too near to the threshold.

    It lies in the card's band, or harmless changes turn what it would be called.
    """
    stability = content.stability
    flips = stability is not None and content.operating_point is not None and stability.is_uncertain
    return flips or is_in_band(content)


def is_in_band(content: Classification) -> bool:
    """Return whether the probability lies in the card's uncertain band."""
    value = dict(content.probabilities).get(_stated_label(content), math.nan)
    # guard(-> False): a score that the conformal sets leave open is no call
    return content.operating_point is not None and content.operating_point.is_uncertain(value)


def _flips(content: Classification) -> Message:
    """Return that harmless changes turn the answer; NOTHING where none does."""
    stability = content.stability
    if stability is None or not stability.flips:
        return NOTHING
    # without counts, which are read as shares of a hundred; records have them
    return message("No answer: slight alterations of the picture turn it.")


def _led(content: Classification) -> Message:
    """Return that another kind leads under changes; NOTHING where none does."""
    stability = content.stability
    # guard(-> True): a kind that slight changes replace is not named without a word
    if stability is None or not stability.led:
        return NOTHING
    return message(
        "In {count} of {of} slightly altered pictures another kind led.",
        count=stability.led,
        of=stability.count,
    )


def _is_called(content: Classification) -> bool:
    """Return whether the class of the displayed probability is called."""
    point = content.operating_point
    if point is None or not content.probabilities:
        return True
    return dict(content.probabilities).get(_stated_label(content), math.nan) >= point.threshold


def _score(value: float, point: OperatingPoint | None) -> Score:
    """Return a probability as it is written beside its operating point."""
    if point is None:
        return rounded(value)
    return rounded(value, point.threshold, band=point.uncertain)


def _labeled(label: str, score: str) -> Message:
    return Message("{label} {score}", (("label", label_message(label)), ("score", score)))


def _operating_point(content: Classification, point: OperatingPoint) -> tuple[Message, ...]:
    probabilities = dict(content.probabilities)
    positive = _stated_label(content)
    value = probabilities.get(positive, 0.0)
    score = _score(value, point)
    threshold = score.threshold_text
    if is_uncertain(content) and not is_in_band(content):
        side = _flips(content)
    elif point.uncertain is not None and point.is_uncertain(value):
        places = max(UNCERTAIN_DECIMALS, score.decimals)  # both ends are as far from the score as it says
        low, high = (f"{end:.{places}f}" for end in point.uncertain)
        side = message("{low} to {high}: too near to the threshold for a call", low=low, high=high)
    elif value >= point.threshold:
        side = message("above the operating point ({threshold}): flagged", threshold=threshold)
    else:
        side = message("below the operating point ({threshold}): not flagged", threshold=threshold)
    others: tuple[Message, ...] = ()
    if len(probabilities) > 2 and content.label != positive:
        other = probability_text(probabilities.get(content.label, math.nan))
        others = (_labeled(content.label, other),)
    return (side, *others)


def _rates(point: OperatingPoint) -> Message:
    sensitivity = rate_text(point.sensitivity, point.sensitivity_interval)
    specificity = rate_text(point.specificity, point.specificity_interval)
    rates = (
        ("sensitivity", message("sensitivity {value}", value=sensitivity)),
        ("specificity", message("specificity {value}", value=specificity)),
    )
    return Message("{sensitivity} · {specificity}", rates)


def mapped(content: Classification) -> str:
    """Return the class for which a heat map of the content speaks."""
    return _stated_label(content)


def scored(content: Classification) -> ScoredClass | None:
    """Return the class of the displayed probability, with that probability."""
    if not content.probabilities:
        return None
    label = _stated_label(content)
    return ScoredClass(label, dict(content.probabilities)[label], content.operating_point)


def _stated_label(content: Classification) -> str:
    """Return the class of the displayed probability.

    That of the operating point, else the one called.
    """
    if content.operating_point is None or not content.probabilities:
        return content.label
    return _first_label(content)


def _first_label(content: Classification) -> str:
    """Return the class that the operating point decides about.

    It stands first.
    """
    return content.positive_label or (content.probabilities[0][0] if content.probabilities else "")


def bars(content: Classification) -> tuple[Bar, ...]:
    """Return a bar for each class.

    A tick stands at the operating point, where the class has one.
    """
    point, first = content.operating_point, _first_label(content)
    ranked = sorted(content.probabilities, key=lambda entry: entry[0] != first)
    drawn, decimals = [], 2
    for label, probability in ranked:
        is_decided = point is not None and label == first
        score = _score(probability, point) if is_decided else rounded(probability, decimals=decimals)
        decimals = score.decimals  # the first decides, so that all can be compared
        drawn.append(Bar(label_message(label), score))
    return tuple(drawn)


def row(content: Classification, is_valid: bool) -> dict[str, Any]:
    """Return the fields of a row of `classify --json`.

    What is not valid has no label.
    """
    point = content.operating_point
    figures = ("threshold", "sensitivity", "specificity")
    return {
        "status": "classified",
        "probabilities": dict(content.probabilities),
        "calibrated": content.calibrated,
        **_call_row(content, is_valid),
        "operating_point": None if point is None else {name: getattr(point, name) for name in figures},
    }


def _call_row(content: Classification, is_valid: bool) -> dict[str, Any]:
    """Return the call as programs read it; an uncertain one names no class."""
    if not is_valid:
        return {"label": None, "call": None, "uncertain": None}
    stability, is_open = content.stability, is_uncertain(content)
    found: dict[str, Any] = {
        "label": None if is_open else content.label,
        "call": answer(content).call.value,
        "uncertain": is_open,
    }
    if stability is not None:
        found |= {
            "changes_tried": stability.count,
            "changes_flipped": stability.flips,
            "lowest_score": round(stability.lowest, 6),
            "highest_score": round(stability.highest, 6),
        }
    return found


def provenance(content: Classification, is_valid: bool) -> dict[str, Any]:
    """Return the provenance entries of the classification in an export."""
    return {
        **_call_row(content, is_valid),
        "probabilities": dict(content.probabilities),
        "operating_point": asdict(content.operating_point) if content.operating_point else None,
        "calibrated": content.calibrated,
    }
