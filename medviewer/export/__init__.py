"""Writing annotated images: every file goes through `storage.atomic_write` and is read back."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.export.csv import csv_table
    from medviewer.export.feature_table import (
        SliceFeatures,
        as_csv,
        feature_rows,
        gray_statement,
        slice_features,
        value_text,
    )
    from medviewer.export.plain import plain_png
    from medviewer.export.png import save_png

__getattr__ = lazy_names(
    __name__,
    {
        "csv": "csv_table",
        "feature_table": "SliceFeatures as_csv feature_rows gray_statement slice_features value_text",
        "plain": "plain_png",
        "png": "save_png",
    },
)
