"""Classifying a frame and the frames of a series."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.inference.classification.classifier import Classifier, Engine, cpu_engine, load_classifier
    from medviewer.inference.classification.series import classify_series

__getattr__ = lazy_names(
    __name__,
    {
        "classifier": "Classifier Engine cpu_engine load_classifier",
        "series": "classify_series",
    },
)
