"""How pictures are looked at: turned and mirrored, with or without overlays and shutter."""

from PySide6.QtCore import QObject

from medviewer import display_state as ds
from medviewer.gui.display import Display
from medviewer.imaging.transform import Orientation


class Viewing(QObject):
    """Changes how the focused pane, and those linked to it, show their pictures; never what is measured."""

    def __init__(self, display: Display, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._display = display

    def turn(self, more: Orientation) -> None:
        """Turn or mirror what is seen now."""
        self._display.swap(ds.turn(self._display.state, self._together, more))

    def turn_back(self) -> None:
        """Show the pictures as they are stored, or as their presentation state says."""
        self._display.swap(ds.turn_back(self._display.state, self._together))

    @property
    def graphics_shown(self) -> bool:
        """Whether overlays, drawings and texts of the file are shown."""
        pane = self._display.state.focused
        return pane is None or pane.graphics_shown

    def toggle_graphics(self) -> None:
        """Show overlays, drawings and texts of the file in all panes, or leave them out."""
        self._display.swap(ds.set_graphics_shown(self._display.state, not self.graphics_shown))

    @property
    def shutter_shown(self) -> bool:
        """Whether what the file's shutter hides is covered."""
        pane = self._display.state.focused
        return pane is None or pane.shutter_shown

    def toggle_shutter(self) -> None:
        """Cover what the file's shutter hides in all panes, or uncover it."""
        self._display.swap(ds.set_shutter_shown(self._display.state, not self.shutter_shown))

    @property
    def _together(self) -> list[int]:
        return self._display.together(self._display.state.focus)
