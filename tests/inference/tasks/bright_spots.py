"""A second task as a newcomer adds one.

The count of bright spots in a slice. A file, and a row of TASKS.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from medviewer.errors import InvalidNumbersError
from medviewer.inference.result import Content
from medviewer.inference.tasks.task import Answer, Call, ContentWords, FrameOutputs, ModelTask, TaskCard
from medviewer.translation import Message


@dataclass(frozen=True, slots=True)
class Spots:
    """The places where the network's features are strongest."""

    count: int
    strongest: float | None

    def redacted(self) -> "Spots":
        return replace(self, strongest=None)


def check(card: TaskCard) -> None:
    if card.operating_point is not None:
        raise ValueError("a count has no operating point")


def decode(outputs: FrameOutputs, card: TaskCard) -> Content:
    strength = outputs.feature_map.max(axis=0)
    if not np.isfinite(strength).all():
        raise InvalidNumbersError(where="network's output")
    return Spots(int(np.count_nonzero(strength > strength.mean())), float(strength.max()))


def words(spots: Spots) -> ContentWords:
    details = () if spots.strongest is None else (Message(f"the strongest has {spots.strongest:.2f}"),)
    return ContentWords(Message("{count} bright spots", (("count", spots.count),)), details)


def row(spots: Spots, is_valid: bool) -> dict[str, Any]:
    return {"status": "counted", "spots": spots.count if is_valid else None}


TASK = ModelTask(
    name="bright spots",
    check=check,
    decode=decode,
    words=words,
    answer=lambda spots: Answer(Call.NAMED, Message("{count} bright spots", (("count", spots.count),))),
    bars=lambda _spots: (),
    blank={"spots": None},
    row=row,
    provenance=row,
)
