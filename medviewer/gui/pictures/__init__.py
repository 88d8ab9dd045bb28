"""The panes as pictures: copied and printed as they are seen."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.pictures.picture import copy_picture
    from medviewer.gui.pictures.printing import PrintDialog

__getattr__ = lazy_names(__name__, {"picture": "copy_picture", "printing": "PrintDialog"})
