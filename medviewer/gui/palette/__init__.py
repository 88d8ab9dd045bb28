"""Command palette."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.palette.palette import CommandPalette

__getattr__ = lazy_names(__name__, {"palette": "CommandPalette"})
