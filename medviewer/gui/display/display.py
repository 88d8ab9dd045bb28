"""Loading and processing of the images the viewer's panes wait for."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.dicom.workers import FrameCache
from medviewer.errors import MedviewerError, MissingFileError
from medviewer.gui.display.frame_loader import FrameLoader, LoadedSlice
from medviewer.gui.display.processing import ProcessedViews, ProcessingRequest
from medviewer.gui.display.processing_ahead import ProcessingAhead
from medviewer.gui.tasks import Workers
from medviewer.imaging.frame import Frame
from medviewer.imaging.processing import ORIGINAL
from medviewer.imaging.source import ImageSource, ReadStored, Slice, SliceKey, slice_of
from medviewer.limits import AHEAD_BYTES, CACHE_BYTES, GROWN_BYTES, RESULTS_AHEAD_BYTES
from medviewer.viewer import state as display_state
from medviewer.viewer.processing_settings import Settings
from medviewer.viewer.state import DisplayState
from medviewer.viewer.viewer import Viewer, awaited
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.imaging.processing import Processed

BEHIND = 2  # slices decoded against the direction of scrolling
LINKED_AHEAD = 4  # slices of other stacks that are read ahead for linked panes
LOOK_AGAIN_MS = 2000  # as often at most, missing files are looked for while others are read
READ_ON_MS = 300  # after a stack grew: it may still grow
READ_AHEAD_MS = 10  # after panes changed to images in memory: these are painted first
PROCESSED_AHEAD = 16  # slices at most, where their results are small
BYTES_PER_PIXEL = 2  # of a frame that is not decoded yet


class Display(QObject):
    """Follows the viewer's state.

    Reads its frames, runs its processings, says what changed in which pane.
    """

    state_changed = Signal(object)
    pane_changed = Signal(int)
    busy_changed = Signal(int, bool)
    settled = Signal()  # no pane waits for anything any more
    failed = Signal(object, object)  # MedviewerError; what it is about: a Slice, or the processing of a pane
    ended = Signal(object)  # what had failed so is there now, or not wanted any more
    came_ahead = Signal()  # what `next_slice` returns may be ready

    def __init__(
        self,
        viewer: Viewer,
        read_stored: ReadStored,
        workers: Workers,
        parent: QObject | None = None,
        *,
        cache: FrameCache | None = None,
    ) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._workers = workers
        self._settings = viewer.parameters
        cache = FrameCache(CACHE_BYTES) if cache is None else cache
        self.loader = FrameLoader(read_stored, workers, cache, self)
        self.views = ProcessedViews(workers, self)
        self._ahead = ProcessingAhead(workers, self._prefetch_requests, lambda: self.views.recent, self)
        self._read_on_soon = workers.timer(READ_ON_MS, self._prefetch_grown)
        self._read_ahead_soon = workers.timer(READ_AHEAD_MS, self._prefetch)
        self._busy: set[int] = set()  # panes that something is on its way into
        self._unreadable: dict[Slice, bool] = {}  # and whether its file was missing
        self._looked_again_ms = -math.inf
        self._refused: set[int] = set()  # panes whose processing was refused
        self.loader.decoded.connect(self._on_decoded)
        self.views.changed.connect(self._on_processed)
        self.views.failed.connect(self._on_refused)
        self._ahead.computed.connect(self.came_ahead)
        viewer.frames = self
        viewer.follow(self._follow)

    @property
    def state(self) -> DisplayState:
        """The display state of the panes."""
        return self._viewer.state.display

    @property
    def settings(self) -> Settings:
        """The parameters that differ from their defaults, for the focused pane.

        Replaced on a change.
        """
        return self.settings_of(self.state.focused)

    def settings_of(self, pane: display_state.PaneState | None) -> Settings:
        """Return the parameters by which a pane's image is processed."""
        return self._settings.of(pane.frame if pane is not None else None)

    def processed(self, pane: int) -> "Processed | None":
        """Return the processed frame of a pane.

        None while it is on its way.
        """
        return self.views.get(pane)

    def refusal(self, pane: int) -> MedviewerError | None:
        """Return why the pane's processing is not done to its frame.

        None where nothing keeps it.
        """
        return self.views.refusal(pane)

    def is_busy(self, pane: int) -> bool:
        """Return whether something is on its way into the pane."""
        return pane in self._busy

    def cached(self, key: SliceKey) -> Frame | None:
        """Return the frame of a slice that is in memory."""
        return self.loader.cached(key)

    def fetch(self) -> None:
        """Read the slices the panes wait for, then likely next ones.

        Where no pane waits, what is read ahead starts when the images are painted: readers, which hold
        Python's lock now and then, would delay them.
        """
        if awaited(self.state) or self.loader.is_waited_for:
            self._prefetch()
        elif not self._read_ahead_soon.isActive():  # slices that fly past cannot put it off
            self._read_ahead_soon.start()

    @Slot()
    def _prefetch(self) -> None:
        self._read_on_soon.stop()  # what is read now is more
        self._read_ahead_soon.stop()
        self.loader.want(awaited(self.state), self._next_requests(AHEAD_BYTES))

    def _follow(self, before: ViewerState, after: ViewerState) -> None:
        """Process another state of the panes, and announce the changes."""
        if after.display is not before.display:
            self._follow_panes(before.display, after.display)

    def _follow_panes(self, before: DisplayState, state: DisplayState) -> None:
        changed = [n for n, pane in enumerate(state.panes) if pane is not _pane(before, n)]
        for number in changed:
            self.views.follow(number, state.panes[number], self.settings_of(state.panes[number]))
        if any(_differ_in_images(_pane(before, number), state.panes[number]) for number in changed):
            self._ahead.wait()
            self._withdraw_refusals()
        elif changed:
            self.views.make_way()
        if any(_stack(before, number) is not _stack(state, number) for number in changed):
            self._read_on_soon.start()
        self.state_changed.emit(state)
        for number in changed:
            self.pane_changed.emit(number)
            self._tell_busy(number)

    @Slot()
    def _prefetch_grown(self) -> None:
        """Prefetch likely slices of a stack that has grown since shown."""
        self.loader.want(awaited(self.state), self._next_requests(GROWN_BYTES))

    def set_parameter(self, processing: str, name: str, value: object) -> None:
        """Change a parameter of a processing.

        Raises
        ------
        MedviewerError
            The value is not allowed.
        """
        pane = self.state.focused
        self._settings.change(pane.frame if pane is not None else None, processing, name, value)
        self._follow_settings()

    def reset_parameters(self, processing: str) -> tuple[str, ...]:
        """Give a processing its first values; return its parameters' names."""
        names = self._settings.reset(processing)
        self._follow_settings()
        return names

    def _follow_settings(self) -> None:
        """Process all panes with other parameters.

        What is shown stays until the new is ready.
        """
        self._ahead.wait()
        for number, pane in enumerate(self.state.panes):
            self.views.follow(number, pane, self.settings_of(pane))
            self._tell_busy(number)

    def clear_views(self) -> None:
        """Forget processed results."""
        self._ahead.stop()
        self.views.clear()

    def clear_frames(self) -> None:
        """Forget decoded frames and their results, displayed ones excepted."""
        self._unreadable.clear()
        self.loader.clear()
        self.views.forget_recent()

    def _next_requests(self, bytes_ahead: int) -> list[Slice]:
        pane = self.state.focused
        if pane is None:
            return []
        stack = pane.stack
        each = (
            stack.rows * stack.columns * BYTES_PER_PIXEL if pane.frame is None else pane.frame.stored.nbytes
        )
        each = max(1, each)
        if each > CACHE_BYTES:
            return []  # it would not be kept
        most = min(len(stack), max(1, bytes_ahead // max(1, each)))
        way = self._way_on(pane)
        ahead = [pane.index + way * step for step in range(1, most + 1)]
        behind = [pane.index - way * step for step in range(1, min(BEHIND, CACHE_BYTES // each - most) + 1)]
        end = len(stack)
        there = [index for index in ahead + behind if 0 <= index < end]
        keys, kept = map(stack.slice_key, there), self.loader.kept()
        missing = [index for index, key in zip(there, keys, strict=True) if key not in kept]
        return self._linked_slices(ahead[:LINKED_AHEAD]) + [slice_of(stack, index) for index in missing]

    def _linked_slices(self, indices: Sequence[int]) -> list[Slice]:
        """Return the slices of linked panes at these slices of the focused pane."""
        if not self._viewer.state.linked:
            return []
        panes, focus, links = self.state.panes, self.state.focus, self._viewer.state.links
        found = [
            slice_of(pane.stack, at)
            for index in indices
            for number, at in display_state.followers(self.state, links, focus, index).items()
            if (pane := panes[number]) is not None
        ]
        return list(dict.fromkeys(found))

    def _way_on(self, pane: display_state.PaneState) -> int:
        """Return the direction of scrolling, 1 or -1.

        At the end of the stack there is but the way back.
        """
        direction = self._viewer.state.scroll_direction
        return direction if 0 <= pane.index + direction < len(pane.stack) else -direction

    def _prefetch_requests(self) -> list[ProcessingRequest]:
        """Return the processings still missing for the next decoded slice.

        Within the budget.
        """
        shown = [self.views.get(number) for number in range(len(self.state.panes))]
        each = sum(one.nbytes for one in shown if one is not None)
        if not each or self.loader.is_waited_for:
            return []
        for step in range(1, min(PROCESSED_AHEAD, RESULTS_AHEAD_BYTES // each) + 1):
            requests = self._requests_at(step)
            missing = [
                request
                for request in requests
                if self.views.refusal(request.number) is None and self.views.known(request) is None
            ]
            if missing:
                return missing
        return []

    def _requests_at(self, steps: int) -> list[ProcessingRequest]:
        """Return the panes' processing requests some steps on, of cached frames."""
        filtered = [
            number
            for number, pane in enumerate(self.state.panes)
            if pane is not None and pane.processing != ORIGINAL
        ]
        requests = [self._request_at(number, steps) for number in filtered]
        return [request for request in requests if request is not None]

    def _request_at(self, number: int, steps: int) -> ProcessingRequest | None:
        """Return a pane's processing request some steps on.

        None where that frame is not in memory.
        """
        pane = self.state.panes[number]
        if pane is None or pane.frame is None or pane.presentation is not None:
            return None
        index = pane.index + steps * self._way_on(pane)
        frame = self.loader.cached(pane.stack.slice_key(index)) if 0 <= index < len(pane.stack) else None
        if frame is None:
            return None
        next_slice, settings = replace(pane, frame=frame), self._settings.of(frame)
        seen = next_slice.seen
        return (
            None
            if seen is None
            else ProcessingRequest(number, seen, pane.processing, settings, next_slice.seen_voi)
        )

    def next_slice(self, number: int) -> "tuple[display_state.PaneState, Processed] | None":
        """Return a pane's state and result at the next slice, or None.

        None where not all of it is in memory.
        """
        pane, request = self.state.panes[number], self._request_at(number, 1)
        processed = self.views.at_once(request) if request is not None else None
        if pane is None or request is None or processed is None:
            return None
        index = pane.index + self._way_on(pane)
        key = pane.stack.slice_key(index)
        frame = self.loader.cached(key)
        if frame is None:
            return None
        state = display_state.navigate(self.state, [number], index)
        next_slice = display_state.frame_decoded(state, key, frame).panes[number]
        return None if next_slice is None or next_slice.frame is None else (next_slice, processed)

    @Slot(object)
    def _on_decoded(self, decoded: LoadedSlice) -> None:
        frame, error, wanted = decoded.frame, decoded.error, decoded.slice
        before = self.state
        if frame is not None:
            self._on_readable(wanted)
            self._swap_if_other(display_state.frame_decoded(before, wanted.key, frame))
        elif error is not None and display_state.waiting(before, wanted.key):
            self._unreadable[wanted] = isinstance(error, MissingFileError)
            self._viewer.show(display_state.frame_failed(before, wanted.key, error.message()))
            self.failed.emit(error, wanted)
        if self.state is before:  # it was read ahead
            self._ahead.look_again()
            self.came_ahead.emit()

    def _on_readable(self, read: Slice) -> None:
        """Take back that a slice could not be read.

        Look again for those of its study that were missing.
        """
        if self._unreadable.pop(read, None) is not None:
            self.ended.emit(read)
        study = read.source.identity.study_key
        missing = [
            other
            for other, was_missing in self._unreadable.items()
            if was_missing and other.source.identity.study_key == study
        ]
        now = self._workers.now_ms()
        if missing and now - self._looked_again_ms >= LOOK_AGAIN_MS:
            self._looked_again_ms = now
            self.loader.read_again(missing)

    def _swap_if_other(self, state: DisplayState) -> None:
        if any(one is not other for one, other in zip(state.panes, self.state.panes, strict=True)):
            self._viewer.show(state)

    @Slot(object, int)
    def _on_refused(self, error: MedviewerError, number: int) -> None:
        self._refused.add(number)
        self.failed.emit(error, ("processing", number))

    def _withdraw_refusals(self) -> None:
        """Withdraw messages about panes that can be processed again."""
        for number in [number for number in self._refused if self.views.refusal(number) is None]:
            self._refused.discard(number)
            self.ended.emit(("processing", number))

    @Slot(int)
    def _on_processed(self, number: int) -> None:
        self._withdraw_refusals()
        self.pane_changed.emit(number)
        self._tell_busy(number)

    def _tell_busy(self, number: int) -> None:
        pane = self.state.panes[number]
        next_slice = pane is not None and pane.awaits_frame
        busy = next_slice or self.views.waits(number)
        if busy != (number in self._busy):
            self._busy ^= {number}
            self.busy_changed.emit(number, busy)
            if not self._busy:
                self.settled.emit()


def _pane(state: DisplayState, number: int) -> display_state.PaneState | None:
    return state.panes[number] if number < len(state.panes) else None  # a layout may have added it


def _differ_in_images(before: display_state.PaneState | None, after: display_state.PaneState | None) -> bool:
    if before is None or after is None:
        return before is not after
    return not display_state.differs_in_drawings_only(before, after)


def _stack(state: DisplayState, number: int) -> ImageSource | None:
    pane = _pane(state, number)
    return None if pane is None else pane.stack
