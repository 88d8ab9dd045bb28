"""The data elements of a file, one after another."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.dicom.elements.element import Element, ElementKind, FileElements
    from medviewer.dicom.elements.reader import read_elements

__getattr__ = lazy_names(
    __name__,
    {
        "element": "Element ElementKind FileElements",
        "reader": "read_elements",
    },
)
