"""The table of model tasks.

The card of a model names its row; a new task is a row and a file.
"""

from typing import Final

from medviewer.inference.outline import Outline
from medviewer.inference.result import ModelResult
from medviewer.inference.tasks import classification, segmentation
from medviewer.inference.tasks.task import ModelTask, ScoredClass

TASKS: Final[dict[str, ModelTask]] = {
    task.name: task
    for task in (
        ModelTask(
            name="classification",
            check=classification.check,
            decode=classification.decode,
            words=classification.words,
            answer=classification.answer,
            bars=classification.bars,
            blank=classification.BLANK,
            row=classification.row,
            provenance=classification.provenance,
            mapped=classification.mapped,
            scored=classification.scored,
        ),
        ModelTask(
            name="segmentation",
            check=segmentation.check,
            decode=segmentation.decode,
            words=segmentation.words,
            answer=segmentation.answer,
            bars=classification.bars,
            blank=segmentation.BLANK,
            row=segmentation.row,
            provenance=segmentation.provenance,
            placed=segmentation.placed,
            scored=classification.scored,
            outline=segmentation.outline,
            draws=True,
        ),
    )
}


def outline_in(result: ModelResult) -> Outline | None:
    """Return the outline of a valid result, or of another model's before.

    None where none is drawn.
    """
    if not result.is_valid:
        return None
    own = TASKS[result.task].outline(result.content)
    if own is None and result.first is not None:
        return outline_in(result.first)
    return own


def outlining(result: ModelResult) -> ModelResult | None:
    """Return the part of a valid result whose model draws outlines.

    It is the result itself or that of another model before, whether it has drawn one or not; None where no
    gate-passing model of it draws any.
    """
    # guard(-> False): nothing is corrected that a gate refused
    if not result.is_valid:
        return None
    if TASKS[result.task].draws:
        return result
    return None if result.first is None else outlining(result.first)


def mapped_label(result: ModelResult) -> str:
    """Return the class for which a heat map of a result speaks.

    "" where there can be none: it is not valid, or its task has no such map.
    """
    # guard(-> TASKS[result.task].mapped(result.content)): no heat map lies on a refused image
    return TASKS[result.task].mapped(result.content) if result.is_valid else ""


def scored(result: ModelResult) -> ScoredClass | None:
    """Return the class that a valid result is scored by; None: no score."""
    return TASKS[result.task].scored(result.content) if result.is_valid else None


def changed_scores(result: ModelResult | None) -> tuple[float, ...]:
    """Return the scores of a valid result under the harmless changes.

    () where none was tried.
    """
    if result is None or not result.is_valid or result.stability is None:
        return ()
    return result.stability.scores
