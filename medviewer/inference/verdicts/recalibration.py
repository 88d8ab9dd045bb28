"""Calibration of a model from own verdicts, beside the shipped one.

Platt's scaling of the logit of the shipped score: p = 1 / (1 + exp(-(slope * logit + shift))), fitted to the
reader's labels by maximum likelihood with his targets, which keep few verdicts from saying 0 or 1. The labels
are what the reader said, which need not be the truth.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from medviewer import storage
from medviewer.errors import MedviewerError, MemoryAccessError
from medviewer.inference.result import ModelResult
from medviewer.inference.verdicts.table import SLICE, VerdictRow, last_verdicts, verdict_folder
from medviewer.inference.verdicts.verdict import question_of
from medviewer.plain_json import read_json
from medviewer.translation import mark

FILE: Final = "calibrations.json"
VERSION: Final = 1
LEAST_VERDICTS: Final = 200
LEAST_OF_EACH: Final = 20
MOST_STEPS: Final = 100
CLOSE: Final = 1e-9
LEAST_SCORE: Final = 1e-6  # so that the logit is finite

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


class TooFewVerdictsError(MedviewerError):
    """Own verdicts do not suffice for a calibration.

    Facts: model, count, present, absent, least, each.
    """

    sentence = mark(
        "There are too few verdicts on {model} for a calibration of your own: {count} with a class, "
        "{present} with the finding and {absent} without."
    )
    hint = mark("It needs 200 verdicts on slices, 20 of each class; unsure ones do not count.")


class NoCalibrationError(MedviewerError):
    """Own verdicts show no calibration. Facts: model."""

    sentence = mark(
        "Your verdicts on {model} do not rise with its score, so no calibration follows from them."
    )
    hint = mark("The shipped score stays as it is.")


@dataclass(frozen=True, slots=True)
class LocalCalibration:
    """A calibration for one version of a model on this computer.

    Parameters
    ----------
    slope, shift : float
        On the logit of the shipped score of `finding`.
    count, present : int
        The verdicts that it was fitted to, and those of them with the finding.
    blind : int
        So many of them were given before the answer was seen.
    """

    model: str
    model_sha256: str
    preprocessing: str
    finding: str
    slope: float
    shift: float
    count: int
    present: int
    blind: int
    made_at: str

    def probability(self, score: float) -> float:
        """Return the probability that this reader sees the finding at a score."""
        return float(_sigmoid(np.array(self.slope * _logit(score) + self.shift)))


def calibration_for(
    result: ModelResult, calibrations: Iterable[LocalCalibration]
) -> tuple[LocalCalibration, float] | None:
    """Return the calibration of a result's model with its probability.

    None where there is none for this version of the model, or the result is not valid.
    """
    question = question_of(result)
    if question is None or not question.finding or math.isnan(question.score):
        return None
    wanted = (result.key.model_sha256, result.key.preprocessing_sha256, question.finding)
    for one in calibrations:
        # guard(-> True): a calibration holds for the version of the model from whose verdicts it comes
        is_same = (one.model_sha256, one.preprocessing, one.finding) == wanted
        if is_same:
            return one, one.probability(question.score)
    return None


def calibrate(rows: Iterable[VerdictRow], model: str, model_sha256: str, now: str) -> LocalCalibration:
    """Return the calibration of a version of a model from verdicts on slices.

    Raises
    ------
    TooFewVerdictsError, NoCalibrationError
    """
    last = [
        row
        for row in last_verdicts(rows)
        if row.model == model and row.model_sha256 == model_sha256 and row.unit == SLICE and row.finding
    ]
    labeled = [row for row in last if row.own_label in (row.finding, row.absent) and row.own_label]
    present = sum(row.own_label == row.finding for row in labeled)
    absent = len(labeled) - present
    if len(labeled) < LEAST_VERDICTS or min(present, absent) < LEAST_OF_EACH:
        raise TooFewVerdictsError(model=model, count=len(labeled), present=present, absent=absent)
    labels = np.array([row.own_label == row.finding for row in labeled])
    slope, shift = platt(np.array([_logit(row.score) for row in labeled]), labels)
    if slope <= 0:
        raise NoCalibrationError(model=model)
    newest = labeled[-1]
    return LocalCalibration(
        model,
        model_sha256,
        newest.preprocessing,
        newest.finding,
        slope,
        shift,
        len(labeled),
        present,
        sum(not row.is_seen for row in labeled),
        now,
    )


def platt(logits: "Floats", labels: "npt.NDArray[np.bool_]") -> tuple[float, float]:
    """Return slope and shift by Newton's method with halved steps."""
    present = int(labels.sum())
    absent = len(labels) - present
    targets = np.where(labels, (present + 1) / (present + 2), 1 / (absent + 2))
    design = np.column_stack([logits, np.ones(len(logits))])
    found = np.array([0.0, math.log((present + 1) / (absent + 1))])
    loss = _loss(design @ found, targets)
    for _ in range(MOST_STEPS):
        said = _sigmoid(design @ found)
        gradient = design.T @ (said - targets)
        weights = said * (1 - said)
        step = np.linalg.solve(design.T @ (design * weights[:, None]) + CLOSE * np.eye(2), gradient)
        size, better = 1.0, found
        while size > CLOSE:
            better = found - size * step
            if _loss(design @ better, targets) <= loss:
                break
            size /= 2
        improved = loss - _loss(design @ better, targets)
        found, loss = better, loss - improved
        if improved < CLOSE:
            break
    return float(found[0]), float(found[1])


def _loss(values: "Floats", targets: "Floats") -> float:
    return float(np.sum(np.logaddexp(0, values) - targets * values))


def _sigmoid(values: "Floats") -> "Floats":
    return np.asarray(0.5 * (1 + np.tanh(values / 2)))


def _logit(score: float) -> float:
    bounded = min(1 - LEAST_SCORE, max(LEAST_SCORE, score))
    return math.log(bounded / (1 - bounded))


def read_calibrations(folder: Path | None = None) -> tuple[LocalCalibration, ...]:
    """Return the calibrations of this computer; () where they cannot be read."""
    try:
        content = read_json(((folder or verdict_folder()) / FILE).read_text("utf-8"))
        if content["version"] != VERSION:
            return ()
        found = tuple(_checked(one) for one in content["calibrations"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ()
    return found


def _checked(values: Mapping[str, Any]) -> LocalCalibration:
    one = LocalCalibration(**values)
    numbers = (one.slope, one.shift)
    if not all(isinstance(value, float) and math.isfinite(value) for value in numbers) or one.slope <= 0:
        raise ValueError(f"slope {one.slope}, shift {one.shift}")
    if not all(type(value) is int for value in (one.count, one.present, one.blind)):
        raise ValueError(f"count {one.count}")
    return one


def keep_calibration(calibration: LocalCalibration) -> None:
    """Write a calibration in the place of an older one of the model.

    Raises
    ------
    WriteError
    """
    others = [one for one in read_calibrations() if one.model != calibration.model]
    _write([*others, calibration])


def remove_calibration(model: str) -> bool:
    """Remove the calibration of a model; return whether there was one.

    Raises
    ------
    MemoryAccessError, WriteError
    """
    before = read_calibrations()
    others = [one for one in before if one.model != model]
    if len(others) == len(before):
        return False
    if others:
        _write(others)
        return True
    try:
        storage.remove(verdict_folder() / FILE)
    except OSError as error:
        raise MemoryAccessError(reason=error.strerror or str(error)) from error
    return True


def _write(calibrations: Iterable[LocalCalibration]) -> None:
    content = {"version": VERSION, "calibrations": [asdict(one) for one in calibrations]}
    storage.write_private(verdict_folder() / FILE, json.dumps(content, indent=1).encode())
