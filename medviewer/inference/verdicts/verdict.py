"""The reader's verdict on one answer of a model.

A reading is given while the answer is hidden; agreement, disagreement or doubt while it is in sight. Both are
kept apart from the answer, and apart from each other.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from medviewer.inference.labels import finding_words, label_message
from medviewer.inference.result import ModelResult
from medviewer.inference.tasks import TASKS, Call
from medviewer.translation import Message, message

CANNOT_TELL: Final = ""
"""The label of a reading, or of an answer, that names no class."""


class Stance(StrEnum):
    """The reader's view of an answer in sight."""

    AGREE = "agree"
    DISAGREE = "disagree"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Reading:
    """The reader's own answer.

    Parameters
    ----------
    label : str
        One of the model's answers, or CANNOT_TELL.
    sureness : int or None
        0 (a guess) to 100 (certain); None: the reader did not say.
    is_blind : bool
        The model's answer had not been on the screen before.
    at : str
        Time (UTC).
    """

    label: str
    sureness: int | None = None
    is_blind: bool = True
    at: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that the reader said of one answer.

    Parameters
    ----------
    reading : Reading or None
        Own answer, given while the model's was hidden.
    is_skipped : bool
        The answer was shown without one.
    stance : Stance or None
        Said with the answer in sight.
    stance_at : str
        Time (UTC).
    """

    reading: Reading | None = None
    is_skipped: bool = False
    stance: Stance | None = None
    stance_at: str = ""

    @property
    def is_said(self) -> bool:
        """Whether the reader said anything of the answer."""
        return self.reading is not None or self.stance is not None

    @property
    def reveals(self) -> bool:
        """Whether a hidden answer may be shown."""
        return self.is_said or self.is_skipped


NO_VERDICT: Final = Verdict()


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a model that the reader may give, too."""

    label: str
    title: Message


@dataclass(frozen=True, slots=True)
class ReaderQuestion:
    """The question of a model, put to a reader.

    Parameters
    ----------
    choices : tuple of Choice
        Its answers but CANNOT_TELL.
    answered : str
        The label of the model's own answer, or CANNOT_TELL.
    score : float
        Of the class that is decided about, or of the one that is named.
    finding : str
        The label that the score is of; "" where kinds are named.
    """

    question: Message
    choices: tuple[Choice, ...]
    answered: str
    score: float
    finding: str

    def title_of(self, label: str) -> Message:
        """Return the words of an answer."""
        found = (choice.title for choice in self.choices if choice.label == label)
        return next(found, message("Unsure"))


def question_of(result: ModelResult) -> ReaderQuestion | None:
    """Return the question that a valid result answers.

    None for what is not valid: a verdict on it would say nothing of the model.
    """
    if not result.is_valid:
        return None
    task = TASKS[result.task]
    answer = task.answer(result.content)
    scores: dict[str, float] = task.row(result.content, True)["probabilities"]
    if answer.call is Call.NAMED:
        choices = tuple(Choice(label, label_message(label)) for label in scores)
        label = str(task.row(result.content, True)["label"])
        return ReaderQuestion(
            message("Which of these is it?"), choices, label, scores.get(label, math.nan), ""
        )
    words, others = finding_words(answer.finding), [label for label in scores if label != answer.finding]
    absent = others[0] if len(others) == 1 else f"not_{answer.finding}"
    answered = {Call.FLAGGED: answer.finding, Call.NOT_FLAGGED: absent}.get(answer.call, CANNOT_TELL)
    choices = Choice(answer.finding, words.present), Choice(absent, words.absent)
    score = scores.get(answer.finding, math.nan)
    return ReaderQuestion(words.question, choices, answered, score, answer.finding)


def implied_stance(question: ReaderQuestion, label: str) -> Stance | None:
    """Return the stance that follows from an own answer.

    None where the model gave no answer: nobody agrees with it, nor differs.
    """
    # guard(-> False): an own answer beside an uncertain one of the model is no disagreement
    if question.answered == CANNOT_TELL:
        return None
    if label == CANNOT_TELL:
        return Stance.UNSURE
    return Stance.AGREE if label == question.answered else Stance.DISAGREE


def final_stance(question: ReaderQuestion, verdict: Verdict) -> Stance | None:
    """Return the last stance on an answer, or None.

    It is the one given in sight of it, else that which follows from the reading.
    """
    if verdict.stance is not None:
        return verdict.stance
    return None if verdict.reading is None else implied_stance(question, verdict.reading.label)


def own_label(question: ReaderQuestion, verdict: Verdict) -> str | None:
    """Return the reader's own answer, that which a stance in sight stands for.

    None where nothing was said, or where of several other kinds none was named.
    """
    reading, stance = verdict.reading, verdict.stance
    if stance is None or question.answered == CANNOT_TELL:
        return None if reading is None else reading.label
    if stance is Stance.AGREE:
        return question.answered
    if stance is Stance.UNSURE:
        return CANNOT_TELL
    # guard(question.choices -> ()): disagreement with one of two answers is the other one
    others = [choice.label for choice in question.choices if choice.label != question.answered]
    if reading is not None and reading.label in others:
        return reading.label
    return others[0] if len(others) == 1 else None


def has_switched(question: ReaderQuestion, verdict: Verdict) -> bool:
    """Return whether the reader left the own reading for another view."""
    if verdict.stance is None or verdict.reading is None:
        return False
    return implied_stance(question, verdict.reading.label) not in (None, verdict.stance)
