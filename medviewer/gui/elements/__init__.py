"""The window with the data elements of an image."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.elements.dialog import ElementsDialog

__getattr__ = lazy_names(__name__, {"dialog": "ElementsDialog"})
