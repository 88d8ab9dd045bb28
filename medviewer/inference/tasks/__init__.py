"""Model tasks: meaning, wording and drawing of network outputs."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.inference.tasks.scores import Score, probability_text, rate_text, rounded
    from medviewer.inference.tasks.table import (
        TASKS,
        changed_scores,
        mapped_label,
        outline_in,
        outlining,
        scored,
    )
    from medviewer.inference.tasks.task import Answer, Call, ScoredClass

__getattr__ = lazy_names(
    __name__,
    {
        "scores": "Score probability_text rate_text rounded",
        "table": "TASKS changed_scores mapped_label outline_in outlining scored",
        "task": "Answer Call ScoredClass",
    },
)
