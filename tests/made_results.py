"""Results of a classifier that are made by hand.

An answer, a refusal, a failure.
"""

from dataclasses import fields
from typing import Any

from medviewer.inference.result import Gate, ModelResult, OperatingPoint, ResultKey
from medviewer.inference.tasks.classification import Classification
from medviewer.translation import Message

MODEL = {"model": "head-ct-haemorrhage", "model_version": "1.0", "task": "classification"}
OF_CONTENT = {field.name for field in fields(Classification)}


def answered(
    key: ResultKey, *, notes: tuple[Gate, ...] = (), overridden: Gate | None = None, **more: Any
) -> ModelResult:
    """Return a classification.

    `more` are fields of the content or of the result.
    """
    content: dict[str, Any] = {
        "probabilities": (("haemorrhage", 0.81), ("no haemorrhage", 0.19)),
        "label": "haemorrhage",
        "operating_point": OperatingPoint(0.35, 0.91, 0.78),
        "calibrated": True,
        "positive_label": "haemorrhage",
    }
    content |= {name: value for name, value in more.items() if name in OF_CONTENT}
    result: dict[str, Any] = {**MODEL, "device": "CPU", "milliseconds": 1.0}
    result |= {name: value for name, value in more.items() if name not in OF_CONTENT}
    gates = notes if overridden is None else (overridden, *notes)
    return ModelResult(key, gates, Classification(**content), None, **result)


def refused(key: ResultKey, gate: Gate, **more: Any) -> ModelResult:
    """Return a refusal by a gate."""
    return ModelResult(key, (gate,), None, gate.message, refusal=gate, **{**MODEL, **more})


def failed(key: ResultKey, reason: Message, **more: Any) -> ModelResult:
    """Return a computation that gave no valid numbers."""
    return ModelResult(key, (), None, reason, **{**MODEL, **more})
