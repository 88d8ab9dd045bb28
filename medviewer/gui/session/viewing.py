"""Viewing settings of images.

Turned and mirrored, with or without overlays and shutter.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from medviewer.dicom.model import Library, Stack
from medviewer.gui.session.cine import Cine
from medviewer.gui.session.display import Display
from medviewer.gui.session.frame_loader import FrameSource
from medviewer.gui.session.presentation_states import PresentationStates
from medviewer.gui.session.tasks import Workers
from medviewer.imaging.display import (
    ASKED_FOR,
    Orientation,
    automatic_window,
    has_same_values,
    lacks_window,
)
from medviewer.imaging.source import ImageSource
from medviewer.viewer import state as ds
from medviewer.viewer.freshness import place
from medviewer.viewer.render import Zoom

if TYPE_CHECKING:
    from medviewer.imaging.processing import Processed

FRAMES_LOOKED_AT: Final = 16  # for an automatic window, on request


class Viewing(QObject):
    """Changes how the focused pane, and those linked to it, show their images.

    Never what is measured.
    """

    came_ahead = Signal()  # something that is coming may be ready

    def __init__(
        self, display: Display, workers: Workers, source: FrameSource, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._display = display
        self.zooms: dict[tuple[object, int | None], Zoom] = {}
        """What was last seen of a stack, by `pane_belonging.place`, in each pane and in the active one."""
        self.cine = Cine(display, workers, self)
        self.states = PresentationStates(display, workers, source, self)
        display.came_ahead.connect(self.came_ahead)

    def next_slice(self, pane: int) -> "tuple[ds.PaneState, Processed] | None":
        """Return a pane's state and result at the next slice, or None.

        None where not all of it is in memory.
        """
        return self._display.next_slice(pane)

    def forget_zooms(self, stacks: Iterable[ImageSource]) -> None:
        """Forget how large stacks were shown: they are closed."""
        closed = set(map(place, stacks))
        self.zooms = {key: zoom for key, zoom in self.zooms.items() if key[0] not in closed}

    def window_anew(self) -> None:
        """Window automatically, from all cached images of the stack."""
        pane = self._display.state.focused
        seen = pane.seen if pane is not None else None
        if pane is None or pane.frame is None or seen is None or seen.is_color:
            return
        frames = [seen]
        if seen is pane.frame:
            keys = (header.key for header in pane.stack.headers)
            in_memory = map(self._display.loader.cached, keys)
            alike = [one for one in in_memory if one is not None and has_same_values(one, seen)]
            step = max(1, -(-len(alike) // FRAMES_LOOKED_AT))
            frames += [one for one in alike[::step] if one is not seen]
        window = automatic_window(frames, "" if lacks_window(seen) else ASKED_FOR)
        self._display.swap(ds.window_anew(self._display.state, self._together, seen, window))

    @property
    def is_subtracted(self) -> bool:
        """Whether the focused pane shows its image without its mask."""
        pane = self._display.state.focused
        return pane is not None and pane.is_subtracted

    def toggle_subtraction(self) -> None:
        """Show the images without their masks, or as they are stored."""
        self._display.swap(ds.set_subtraction(self._display.state, self._together, not self.is_subtracted))

    def turn(self, more: Orientation) -> None:
        """Turn or mirror the displayed image."""
        self._display.swap(ds.turn(self._display.state, self._together, more))

    def turn_back(self) -> None:
        """Show the images as they are stored, or as their presentation state says."""
        self._display.swap(ds.turn_back(self._display.state, self._together))

    @property
    def graphics_shown(self) -> bool:
        """Whether overlays, drawings and texts of the file are shown."""
        pane = self._display.state.focused
        return pane is None or pane.graphics_shown

    def toggle_graphics(self) -> None:
        """Show or hide the file's overlays, drawings and texts in all panes."""
        self._show_marks(graphics=not self.graphics_shown, shutter=self.shutter_shown)

    @property
    def shutter_shown(self) -> bool:
        """Whether the file's shutter is applied."""
        pane = self._display.state.focused
        return pane is None or pane.shutter_shown

    def toggle_shutter(self) -> None:
        """Apply or remove the file's shutter in all panes."""
        self._show_marks(graphics=self.graphics_shown, shutter=not self.shutter_shown)

    def _show_marks(self, *, graphics: bool, shutter: bool) -> None:
        self._display.swap(ds.show_marks(self._display.state, graphics=graphics, shutter=shutter))

    def phases(self, library: Library) -> list[Stack]:
        """Return the series' other stacks with the same content.

        In another phase, echo or so.
        """
        pane = self._display.state.focused
        if pane is None or not pane.stack.part:
            return []
        here = pane.stack
        names = [name for name, _ in here.part]
        return [
            stack
            for study in library.studies
            for series in study.series
            if any(stack.key == here.key for stack in series.stacks)
            for stack in series.stacks
            if stack.identity.patient_key == here.identity.patient_key
            and [name for name, _ in stack.part] == names
            and (stack.plane, stack.rows, stack.columns) == (here.plane, here.rows, here.columns)
        ]

    def change_phase(self, library: Library, steps: int) -> None:
        """Show the next phase, or one before, at the nearest position.

        Window, zoom and orientation stay.
        """
        pane, phases = self._display.state.focused, self.phases(library)
        keys = [stack.key for stack in phases]
        if pane is None or pane.stack.key not in keys:
            return
        target = phases[(keys.index(pane.stack.key) + steps) % len(phases)]
        self._display.move_on(ds.change_phase(self._display.state, self._together, target))

    @property
    def _together(self) -> list[int]:
        return self._display.together(self._display.state.focus)
