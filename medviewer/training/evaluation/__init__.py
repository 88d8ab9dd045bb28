"""Evaluating a published model: predictions, robustness, plots."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.training.evaluation.plots import NOT_FOR_DIAGNOSIS, curves_image
    from medviewer.training.evaluation.predictions import judged, logits_of
    from medviewer.training.evaluation.test_set_log import note_reading

__getattr__ = lazy_names(
    __name__,
    {
        "plots": "NOT_FOR_DIAGNOSIS curves_image",
        "predictions": "judged logits_of",
        "test_set_log": "note_reading",
    },
)
