"""Studies, series and stacks made from the files that were found."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.dicom.library.index import ScanProgress, scan
    from medviewer.dicom.library.part_words import PART_WORDS, SPACING_WORDS

__getattr__ = lazy_names(
    __name__,
    {
        "index": "ScanProgress scan",
        "part_words": "PART_WORDS SPACING_WORDS",
    },
)
