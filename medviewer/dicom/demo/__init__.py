"""The phantom study and the sample files inside the wheel of pydicom."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.dicom.demo.phantom import DEMO_SLICES, demo_folder, is_complete, written_demo_study
    from medviewer.dicom.demo.phantom_anatomy import Head, slice_heights
    from medviewer.dicom.demo.samples import sample_files

__getattr__ = lazy_names(
    __name__,
    {
        "phantom": "DEMO_SLICES demo_folder is_complete written_demo_study",
        "phantom_anatomy": "Head slice_heights",
        "samples": "sample_files",
    },
)
