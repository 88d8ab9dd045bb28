"""The processings of a frame: one table, one file each."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.imaging.processing.difference import difference_image
    from medviewer.imaging.processing.noise import frame_noise
    from medviewer.imaging.processing.parameter import MODALITY_UNIT, Parameter, Parameters
    from medviewer.imaging.processing.processed import (
        Processed,
        draw_mask,
        fidelity,
        outline,
        render,
        without_shutter,
    )
    from medviewer.imaging.processing.result_cache import RecentResults
    from medviewer.imaging.processing.table import (
        FIRST_SHOWN,
        OF_A_RANGE,
        ORIGINAL,
        PROCESSINGS,
        Processing,
        check_parameters,
        depends_on_window,
        known_result,
        process,
        process_gradually,
        source_name,
        why_not_processed,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "difference": "difference_image",
        "noise": "frame_noise",
        "parameter": "MODALITY_UNIT Parameter Parameters",
        "processed": "Processed draw_mask fidelity outline render without_shutter",
        "result_cache": "RecentResults",
        "table": "FIRST_SHOWN OF_A_RANGE ORIGINAL PROCESSINGS Processing check_parameters depends_on_window "
        "known_result process process_gradually source_name why_not_processed",
    },
)
