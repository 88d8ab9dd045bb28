"""Plays the stack of a pane at the speed that its file states.

Panes that are linked go along.
"""

from collections import deque
from math import ceil
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.gui.display.display import Display
from medviewer.gui.tasks import Workers
from medviewer.imaging.frame import CineDirection, Timeline, timeline
from medviewer.imaging.source import ImageSource
from medviewer.viewer.state import CineRange, DisplayState, cine_part, numbers_in_file
from medviewer.viewer.viewer import Viewer

SPEEDS: Final = (0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 4.0)
"""Of what the file states."""

WAIT_MS: Final = 4  # until it is asked again whether a late frame has come
RATE_OVER_MS: Final = 2000.0


Loop = tuple[ImageSource, CineDirection, CineRange | None, Timeline]
"""A stack, how it is played, and when its slices are due."""


class Cine(QObject):
    """Shows the slice that is due; late ones are skipped and never queued.

    It goes on only when the slice before is on the screen, so that slow decoding lowers the rate and
    nothing else. Any navigation by hand stops it.
    """

    changed = Signal()  # whether it plays, its speed, the rate reached

    def __init__(
        self, viewer: Viewer, display: Display, workers: Workers, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._speeds: dict[str, float] = {}  # by modality
        self._played: Timeline | None = None  # what `_began_ms` is about
        self._viewer, self._display, self._workers = viewer, display, workers
        self._timer = workers.timer(WAIT_MS, self._on_time)
        self._pane: int | None = None
        self._index = 0  # of the slice that it has put into the pane
        self._known: Loop | None = None  # of the played stack
        self._others: dict[str, Loop] = {}  # of stacks that go in step, by their keys
        self._began_ms = 0.0  # when the loop would have begun
        self._shown_ms: deque[float] = deque()
        display.state_changed.connect(self._on_state)

    @property
    def is_playing(self) -> bool:
        """Whether it plays."""
        return self._pane is not None

    @property
    def can_play(self) -> bool:
        """Whether the focused pane has more than one slice."""
        pane = self._viewer.state.display.focused
        return pane is not None and len(pane.stack) > 1

    @property
    def speed(self) -> float:
        """The stated speed, rounded to one of SPEEDS, or the modality's setting."""
        stack = self._stack()
        return 1.0 if stack is None else self.speed_of(stack)

    def speed_of(self, stack: ImageSource) -> float:
        """Return the speed at which a stack is played."""
        return self._speeds.get(stack.identity.modality, 1.0)

    def timeline_of(self, stack: ImageSource, part: tuple[int, int] | None = None) -> Timeline:
        """Return when the slices of a stack are due, played as chosen.

        Parameters
        ----------
        part : (first, last), optional
            Another part than the chosen one, from 0.
        """
        return self._timeline(stack) if part is None else self._made_timeline(stack, part)

    @property
    def rate(self) -> float:
        """Wanted slices per second of the played or focused stack."""
        stack = self._stack()
        return self.speed * self._timeline(stack).rate if stack is not None else 0.0

    @property
    def is_stated(self) -> bool:
        """Whether the rate is the file's own, and no default."""
        stack = self._stack()
        return stack is not None and stack.cine is not None

    @property
    def rate_reached(self) -> float | None:
        """Slices per second in the last two seconds.

        None while there are too few to tell.
        """
        times = self._shown_ms
        if len(times) < 3 or times[-1] <= times[0]:
            return None
        return 1000 * (len(times) - 1) / (times[-1] - times[0])

    def toggle(self) -> None:
        """Play the stack of the focused pane, or stop."""
        if self.is_playing:
            self.stop()
        elif self.can_play:
            self._play(self._viewer.state.display.focus)

    def stop(self) -> None:
        """Stay on the slice that is shown."""
        if self._pane is not None:
            self._pane = None
            self._others.clear()
            self._timer.stop()
            self._shown_ms.clear()
            self._viewer.change(is_playing=False)
            self.changed.emit()

    def change_speed(self, steps: int) -> None:
        """Play faster by some steps of SPEEDS, or slower."""
        self._set_speed(min(len(SPEEDS) - 1, max(0, SPEEDS.index(self.speed) + steps)))

    def _set_speed(self, place: int) -> None:
        if (stack := self._stack()) is not None:
            self._speeds[stack.identity.modality] = SPEEDS[place]
        if self._pane is not None:
            self._play(self._pane)
        self.changed.emit()

    def _play(self, number: int) -> None:
        pane = self._viewer.state.display.panes[number]
        if pane is None:
            return
        self._pane, self._index = number, pane.index
        self._shown_ms.clear()
        self._begin_at(pane.stack, pane.index)
        self._viewer.change(is_playing=True)
        self._on_time()
        self.changed.emit()

    def _begin_at(self, stack: ImageSource, index: int) -> None:
        self._played = self._timeline(stack)
        self._began_ms = self._workers.now_ms() - self._played.start_of(index) / self.speed

    def _stack(self) -> ImageSource | None:
        panes = self._viewer.state.display.panes
        pane = self._viewer.state.display.focused if self._pane is None else panes[self._pane]
        return pane.stack if pane is not None else None

    def _timeline(self, stack: ImageSource) -> Timeline:
        self._known = self._loop(stack, self._known)
        return self._known[3]

    def _loop(self, stack: ImageSource, known: Loop | None) -> Loop:
        """Return the loop of a stack; the known one where nothing has changed.

        Of thousands of slices it takes long.
        """
        state = self._viewer.state
        wanted = state.cine_direction, state.cine_ranges.get(stack.key)
        if known is not None and known[0] is stack and known[1:3] == wanted:
            return known
        return stack, *wanted, self._made_timeline(stack)

    def _made_timeline(self, stack: ImageSource, part: tuple[int, int] | None = None) -> Timeline:
        ends = self._viewer.state.cine_ranges.get(stack.key)
        if part is None and ends is not None:
            part = cine_part(stack, ends)
        return timeline(numbers_in_file(stack), stack.cine, self._viewer.state.cine_direction, part)

    @Slot()
    def _on_time(self) -> None:
        number = self._pane
        pane = self._viewer.state.display.panes[number] if number is not None else None
        # guard(number not in self._viewer.state.visible): nothing is played that nobody sees
        if number is None or pane is None or number not in self._viewer.state.visible:
            self.stop()
            return
        if not pane.failure and (pane.frame is None or self._display.processed(number) is None):
            self._timer.start(WAIT_MS)
            return
        due = self._timeline(pane.stack)
        if due is not self._played:  # another direction, or another part
            self._begin_at(pane.stack, pane.index)
        elapsed = (self._workers.now_ms() - self._began_ms) * self.speed
        index = due.index_at(elapsed)
        if index != pane.index:
            self._index = index
            self._viewer.scroll_to(index, number)
            self._go_in_step(number, elapsed / due.ends_ms[-1] % 1.0)
            self._count()
        if self._pane is not None:
            self._timer.start(max(1, ceil(due.next_change(elapsed) / self.speed)))

    def _go_in_step(self, number: int, share: float) -> None:
        """Let the loops of other linked panes be as far as the played one.

        Those that have no place in common with it: the others follow by position.

        Parameters
        ----------
        share : float
            Of its loop that is over, 0 to 1; loops of any length begin together.
        """
        state = self._viewer.state
        if not state.linked or number in state.links.parted:
            return
        along = set(state.together(number)) | state.links.parted
        for other in state.visible:
            pane = state.display.panes[other]
            if other in along or pane is None or pane.stack.cine is None or len(pane.stack) < 2:
                continue
            known = self._others[pane.stack.key] = self._loop(pane.stack, self._others.get(pane.stack.key))
            loop = known[3]
            index = loop.index_at(share * loop.ends_ms[-1])
            along |= set(self._viewer.state.together(other))
            if index != pane.index:
                self._viewer.scroll_to(index, other)

    def _count(self) -> None:
        now = self._workers.now_ms()
        second_before = self._shown_ms[-1] // 1000 if self._shown_ms else now // 1000
        self._shown_ms.append(now)
        while now - self._shown_ms[0] > RATE_OVER_MS:
            self._shown_ms.popleft()
        if now // 1000 != second_before:
            self.changed.emit()

    @Slot(object)
    def _on_state(self, state: DisplayState) -> None:
        """Stop where another hand moved the pane.

        Go on where its stack has only grown.
        """
        if self._pane is None:
            return
        pane = state.panes[self._pane]
        if pane is None or self._known is None or pane.stack.key != self._known[0].key:
            self.stop()
        elif pane.stack is not self._known[0]:
            self._index = pane.index
            self._begin_at(pane.stack, pane.index)
        elif pane.index != self._index:
            self.stop()
