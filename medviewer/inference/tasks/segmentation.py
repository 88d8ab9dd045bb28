"""The task "segmentation".

Whether a finding is there, which the operating point decides, and its outline where it is called. The
network's feature map is the outline: the log odds of each place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from medviewer.errors import DamagedModelError
from medviewer.inference.outline import Outline
from medviewer.inference.stability import Stability
from medviewer.inference.tasks import classification
from medviewer.inference.tasks.classification import Classification
from medviewer.inference.tasks.task import (
    Answer,
    Call,
    ContentWords,
    FrameOutputs,
    FramePlace,
    TaskCard,
)
from medviewer.translation import Message, mark, message

BLANK: Final[dict[str, object]] = {
    **classification.BLANK,
    "outline_area_mm2": None,
    "outline_diameter_mm": None,
}


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation(Classification):
    """Whether a finding is on a frame, and where.

    Parameters
    ----------
    outline : Outline or None
        None where the finding is not called, or nothing is drawn.
    """

    outline: Outline | None = None

    def with_stability(self, stability: Stability) -> Segmentation:
        """Return the content beside its stability; drawn only where it holds."""
        held = replace(self, stability=stability)
        # guard(-> held): no outline stands on an answer that harmless changes turn
        return held if is_found(held) else replace(held, outline=None)

    def redacted(self) -> Segmentation:
        """Return the likeliest class alone, without an outline."""
        plain = Classification.redacted(self)
        assert isinstance(plain, Segmentation)
        # guard(outline=self.outline): no outline stands on a refused image
        return replace(plain, outline=None)


def check(card: TaskCard) -> None:
    """Raise ValueError unless a card states two classes and the finding."""
    classification.check(card)
    if len(card.labels) != 2 or not card.positive or card.operating_point is None:
        raise ValueError(f"segmentation of {card.labels}, positive {card.positive!r}")


def decode(outputs: FrameOutputs, card: TaskCard) -> Segmentation:
    """Return whether the finding is called; `placed` draws it.

    Raises
    ------
    InvalidNumbersError, DamagedModelError
    """
    plain = classification.decode(outputs, card)
    if outputs.feature_map.ndim != 3 or len(outputs.feature_map) != 1:
        raise DamagedModelError(model=card.name, detail=mark("it draws no outline"))
    return Segmentation(
        probabilities=plain.probabilities,
        label=plain.label,
        operating_point=plain.operating_point,
        calibrated=plain.calibrated,
        positive_label=plain.positive_label,
        counts=plain.counts,
        embedding=plain.embedding,
        feature_map=plain.feature_map,
    )


def placed(content: Segmentation, place: FramePlace) -> Segmentation:
    """Return the content with its outline, where the finding is called."""
    # guard(test): an outline is drawn only where the finding is called
    if not is_found(content) or content.feature_map is None:
        return content
    return replace(content, outline=place.outline(content.feature_map[0]))


def outline(content: Segmentation) -> Outline | None:
    """Return the outline, or None."""
    return content.outline


def is_found(content: Classification) -> bool:
    """Return whether the finding is called, neither denied nor left open."""
    return classification.answer(content).call is Call.FLAGGED


def words(content: Segmentation) -> ContentWords:
    """Return the sentences of a classification and the outline's size."""
    said = classification.words(content)
    size = size_message(content.outline)
    return said if size is None else replace(said, measures=(size,))


def answer(content: Segmentation) -> Answer:
    """Return the content in one word, one number and one sentence."""
    return classification.answer(content)


def size_message(outline: Outline | None) -> Message | None:
    """Return the size of an outline in words; None where there is none.

    Where the file states no spacing, it says only that an outline was drawn.
    """
    if outline is None:
        return None
    if outline.area_cm2 is None or outline.diameter_cm is None:
        return message("outline on the picture, its size is not known")
    return message(
        "outline: {area} cm², longest diameter {length} cm",
        area=f"{outline.area_cm2:.1f}",
        length=f"{outline.diameter_cm:.1f}",
    )


def row(content: Segmentation, is_valid: bool) -> dict[str, Any]:
    """Return the fields of a row of `classify --json`."""
    return classification.row(content, is_valid) | _sizes(content.outline)


def provenance(content: Segmentation, is_valid: bool) -> dict[str, Any]:
    """Return the provenance entries of the answer in an export."""
    return classification.provenance(content, is_valid) | _sizes(content.outline)


def _sizes(outline: Outline | None) -> dict[str, Any]:
    area, diameter = (None, None) if outline is None else (outline.area_mm2, outline.diameter_mm)
    return {
        "outline_area_mm2": None if area is None else round(area, 1),
        "outline_diameter_mm": None if diameter is None else round(diameter, 1),
    }
