"""Forms in which a slice is saved.

A row of EXPORTERS and a file each, which writes through `storage`.
"""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.export.csv import csv_table
    from medviewer.export.feature_table import (
        SliceFeatures,
        feature_rows,
        gray_statement,
        save_csv,
        slice_features,
        value_text,
    )
    from medviewer.export.films.played import pane_at_slice, played_images
    from medviewer.export.pictures.mask import mask_png
    from medviewer.export.pictures.plain import plain_image, plain_png
    from medviewer.export.pictures.png import save_png
    from medviewer.export.result_table import blank_row, result_row, results_csv
    from medviewer.export.table import (
        EXPORTERS,
        WITHOUT,
        ExportedImage,
        ExportedImages,
        Exporter,
        Extent,
        SheetPlace,
        SliceExport,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "csv": "csv_table",
        "feature_table": "SliceFeatures feature_rows gray_statement save_csv slice_features value_text",
        "films.played": "pane_at_slice played_images",
        "pictures.mask": "mask_png",
        "pictures.plain": "plain_image plain_png",
        "pictures.png": "save_png",
        "result_table": "blank_row result_row results_csv",
        "table": "EXPORTERS ExportedImage WITHOUT ExportedImages Exporter Extent SheetPlace SliceExport",
    },
)
