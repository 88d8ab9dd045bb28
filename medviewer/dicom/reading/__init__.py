"""The work of the limited process: listing files and reading frames."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.dicom.reading.assembly import Assembly, assembly_of

__getattr__ = lazy_names(
    __name__,
    {
        "assembly": "Assembly assembly_of",
    },
)
