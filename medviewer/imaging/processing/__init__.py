"""The processings of a frame: one table, one file each."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.imaging.processing.labels import why_not_processed
    from medviewer.imaging.processing.parameter import MODALITY_UNIT, Parameter, Parameters
    from medviewer.imaging.processing.processed import (
        Processed,
        Processing,
        draw_mask,
        fidelity,
        outline,
        render,
        without_shutter,
    )
    from medviewer.imaging.processing.result_cache import RecentResults
    from medviewer.imaging.processing.table import (
        PROCESSING,
        check_parameters,
        depends_on_window,
        known_result,
        process,
        process_gradually,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "labels": "why_not_processed",
        "parameter": "MODALITY_UNIT Parameter Parameters",
        "processed": "Processed Processing draw_mask fidelity outline render without_shutter",
        "result_cache": "RecentResults",
        "table": "PROCESSING check_parameters depends_on_window known_result process process_gradually",
    },
)
