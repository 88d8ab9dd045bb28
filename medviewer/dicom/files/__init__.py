"""Files and archives: found, recognized by their content, opened."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.dicom.files.archive import archive_record
    from medviewer.dicom.files.finding import Finder, FoundFile, middle_file, natural_order
    from medviewer.dicom.files.opening import file_state, open_file
    from medviewer.dicom.files.recognition import described, unopened_kind
    from medviewer.dicom.files.regular_file import Announce, FileState, silently

__getattr__ = lazy_names(
    __name__,
    {
        "archive": "archive_record",
        "finding": "Finder FoundFile middle_file natural_order",
        "opening": "file_state open_file",
        "recognition": "described unopened_kind",
        "regular_file": "Announce FileState silently",
    },
)
