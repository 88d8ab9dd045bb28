"""Metrics and calibration from predictions and labels."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.training.metrics.calibration import (
        Array,
        expected_calibration_error,
        expected_calibration_error_95,
        fit_temperature,
        negative_log_likelihood,
        reliability,
        softmax,
        threshold_for_sensitivity,
    )
    from medviewer.training.metrics.conformal import COVERAGE, coverages, least_probabilities
    from medviewer.training.metrics.metrics import (
        BOOTSTRAP_DRAWS,
        Flat,
        area_under_curve,
        average_precision,
        bootstrap_by_group,
        called_labels,
        confusion,
        flat_figures,
        report,
        series_report,
        series_scores,
        stated,
    )
    from medviewer.training.metrics.outlines import dice, outline_figures, surface_distance

__getattr__ = lazy_names(
    __name__,
    {
        "calibration": (
            "Array expected_calibration_error expected_calibration_error_95 fit_temperature "
            "negative_log_likelihood reliability softmax threshold_for_sensitivity"
        ),
        "conformal": "COVERAGE coverages least_probabilities",
        "metrics": (
            "BOOTSTRAP_DRAWS Flat area_under_curve average_precision bootstrap_by_group "
            "called_labels confusion flat_figures report series_report series_scores stated"
        ),
        "outlines": "dice outline_figures surface_distance",
    },
)
