"""Classifying a frame and the frames of a series."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.inference.classification.classifier import Classifier, load_classifier
    from medviewer.inference.classification.engine_choice import Engine, cpu_engine
    from medviewer.inference.classification.series import classify_series

__getattr__ = lazy_names(
    __name__,
    {
        "classifier": "Classifier load_classifier",
        "engine_choice": "Engine cpu_engine",
        "series": "classify_series",
    },
)
