"""Processed results of each pane's frame.

A fast variant at once, the full one at rest.
"""

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.errors import ImageSizeError, MedviewerError
from medviewer.gui.tasks import Pause, Task, Workers
from medviewer.imaging import processing
from medviewer.imaging.frame import Frame, Voi
from medviewer.imaging.processing import ORIGINAL, depends_on_window, known_result, process_gradually
from medviewer.viewer.processing_settings import Settings
from medviewer.viewer.state import PaneState

if TYPE_CHECKING:
    from medviewer.imaging.processing import Processed, RecentResults

FIRST_MS = 2  # after which the original is on its way to the screen; only then anything is filtered
REST_MS = 150
HURRY_MS = 50  # slices that follow each other faster are passed by
DRAWN_MS = 250  # after the last step of a drawing, which what is computed at rest makes way for
MADE_WAY_SECONDS = 0.05  # until it looks again
HURRIED_MS = 10  # how long a slice must then stay before it is filtered; keys repeat every 30 ms


@dataclass(frozen=True, slots=True, eq=False)
class ProcessingRequest:
    """Processing requested for one pane's frame."""

    number: int
    frame: Frame
    processing: str
    settings: Settings
    voi: Voi | None = None

    @property
    def depends_on_window(self) -> bool:
        """Whether the method or one of its inputs uses the windowed 8-bit image."""
        return depends_on_window(self.processing, self.settings)

    def is_answered_by(self, other: "ProcessingRequest") -> bool:
        """Return whether the result of the other request answers this one."""
        same_window = self.voi == other.voi or not self.depends_on_window
        return self.settings is other.settings and same_window and self.is_of_the_same_image(other)

    def is_of_the_same_image(self, other: "ProcessingRequest") -> bool:
        """Whether frame and processing are the same, whatever the parameters."""
        return self.frame is other.frame and self.processing == other.processing


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """Result of a request."""

    request: ProcessingRequest
    processed: "Processed | None" = None
    error: MedviewerError | None = None


def compute(
    request: ProcessingRequest, *, at_rest: bool, recent: "RecentResults | None" = None
) -> Generator[Computed | None, None, None]:
    """Yield the processed frame, or why it cannot be.

    Before that None, where the work can be given up.
    """
    try:
        processed = yield from process_gradually(
            request.frame,
            request.processing,
            request.settings,
            at_rest=at_rest,
            voi=request.voi,
            recent=recent,
        )
    except MedviewerError as error:
        yield Computed(request, error=error)
    except Exception:
        yield Computed(request, error=MedviewerError())
        raise
    else:
        yield Computed(request, processed)


def compute_all(
    requests: Sequence[ProcessingRequest], *, at_rest: bool, recent: "RecentResults | None" = None
) -> Generator[list[Computed] | None, None, None]:
    """Yield the results of several panes together, to be painted at once.

    Where one of them fails as nobody foresaw, the others still get theirs before that is raised.
    """
    done: list[Computed] = []
    fault: Exception | None = None
    for request in requests:
        try:
            for computed in compute(request, at_rest=at_rest, recent=recent):
                if computed is None:
                    yield None
                else:
                    done.append(computed)
        except Exception as error:
            fault = error
    yield done
    if fault is not None:
        raise fault


def making_way(
    items: Generator[list[Computed] | None, None, None], is_drawn: Callable[[], bool]
) -> Generator["list[Computed] | Pause | None", None, None]:
    """Yield the results of panes, with pauses while something is drawn.

    A filter that takes all processors would hold up the hand.
    """
    try:
        for item in items:
            yield item
            while item is None and is_drawn():
                yield Pause(MADE_WAY_SECONDS)
    finally:
        items.close()


class ProcessedViews(QObject):
    """Computes the panes' processings in the filter lane.

    The original is never waited for.
    """

    changed = Signal(int)
    failed = Signal(object, int)  # MedviewerError, pane

    def __init__(self, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers = workers
        self._requests: dict[int, ProcessingRequest] = {}  # by pane, as all here
        self._processed: dict[int, Processed | None] = {}
        self._moved_at: dict[int, float] = {}  # in ms, when the pane got its image
        self._refusals: dict[int, MedviewerError] = {}  # of panes whose present request cannot be answered
        self._tasks: dict[int, Task] = {}
        self._recent: RecentResults | None = None
        self._drawn_at = -math.inf  # in ms, when a drawing last changed
        self._rest = workers.timer(REST_MS, self._come_to_rest)
        self._pending: dict[int, ProcessingRequest] = {}
        self._first = workers.timer(FIRST_MS, self._begin)

    def get(self, number: int) -> "Processed | None":
        """Return the processed frame of a pane.

        None while nothing of its present frame is ready.
        """
        return self._processed.get(number)

    def refusal(self, number: int) -> MedviewerError | None:
        """Return why the pane's frame cannot be processed as it is to be.

        None where it can.
        """
        return self._refusals.get(number)

    def waits(self, number: int) -> bool:
        """Return whether something is being computed for the pane."""
        return number in self._tasks or number in self._pending

    def follow(self, number: int, pane: PaneState | None, settings: Settings) -> None:
        """Start a pane's processing, canceling its earlier request."""
        before = self._requests.get(number)
        seen = pane.seen if pane is not None else None
        if pane is None or seen is None:
            self._drop(number)
            return
        request = ProcessingRequest(number, seen, pane.processing, settings, pane.seen_voi)
        if before is not None and request.is_answered_by(before):
            return
        # guard(not request.is_of_the_same_image(before)): another frame drops the processed image
        is_new = before is None or not request.is_of_the_same_image(before)
        is_hurried = False
        if is_new:
            now = self._workers.now_ms()
            before_at, self._moved_at[number] = self._moved_at.get(number, 0.0), now
            is_hurried = 0 < now - before_at < HURRY_MS
            self._drop(number)  # after a change of parameters the old image stays until the new is ready
        self._requests[number] = request
        self._refusals.pop(number, None)
        is_original = request.processing == ORIGINAL
        known = self.at_once(request) if is_new or is_original else None
        if known is not None:
            self._take(Computed(request, known))
            if not is_original:
                self._rest.start()
        else:
            if not self._pending:
                self._first.start(HURRIED_MS if is_hurried else FIRST_MS)
            self._pending[number] = request
            self._rest.start()

    def make_way(self) -> None:
        """Keep processors free for a hand that draws, for a moment."""
        self._drawn_at = self._workers.now_ms()

    def _is_drawn(self) -> bool:
        return self._workers.now_ms() - self._drawn_at < DRAWN_MS

    def at_once(self, request: ProcessingRequest) -> "Processed | None":
        """Return a processed image if it takes no time.

        None where it takes some.
        """
        if request.processing != ORIGINAL:
            return self.known(request)
        done = [computed for computed in compute(request, at_rest=True) if computed is not None]
        return done[0].processed

    def known(self, request: ProcessingRequest) -> "Processed | None":
        """Return a cached result of processing an image.

        None where it has to be computed.
        """
        if self._recent is None:
            return None
        try:
            return known_result(
                request.frame, request.processing, request.settings, self._recent, voi=request.voi
            )
        except MedviewerError:
            return None  # it is said when it is computed

    @property
    def recent(self) -> "RecentResults":
        """Cache of results."""
        if self._recent is None:  # only now: the window opens without OpenCV
            self._recent = processing.RecentResults()
        return self._recent

    def clear(self) -> None:
        """Forget everything."""
        self._rest.stop()
        for number in list(self._requests):
            self._drop(number)
        self.forget_recent()

    def forget_recent(self) -> None:
        """Forget the results that no pane shows."""
        self._recent = None

    def _drop(self, number: int) -> None:
        self._leave_task(number)
        self._requests.pop(number, None)
        self._processed.pop(number, None)
        self._pending.pop(number, None)
        self._refusals.pop(number, None)

    def _leave_task(self, number: int) -> None:
        """Want nothing more of a pane's task.

        It ends when no other pane wants anything of it.
        """
        task = self._tasks.pop(number, None)
        if task is not None and task not in self._tasks.values():
            task.cancel()

    def _submit(self, requests: Sequence[ProcessingRequest], *, at_rest: bool) -> None:
        for request in requests:
            self._leave_task(request.number)
        recent = self.recent

        def work() -> Generator["list[Computed] | Pause | None", None, None]:
            items = compute_all(requests, at_rest=at_rest, recent=recent)
            return making_way(items, self._is_drawn) if at_rest else items

        task = Task(
            work,
            self._workers,
            "filter",
            priority=int(at_rest),
        )
        task.yielded.connect(self._on_computed)
        for request in requests:
            self._tasks[request.number] = task
        task.submit()

    @Slot()
    def _begin(self) -> None:
        pending, self._pending = self._pending, {}
        if pending:
            self._submit(list(pending.values()), at_rest=False)

    @Slot(object)
    def _on_computed(self, batch: list[Computed] | None) -> None:
        for computed in batch or ():  # None: it goes on
            self._receive(computed)

    def _receive(self, computed: Computed) -> None:
        # guard(test): a processed image answers the present request only
        if self._requests.get(computed.request.number) is not computed.request:
            return
        self._tasks.pop(computed.request.number, None)
        self._take(computed)
        self.changed.emit(computed.request.number)
        if computed.processed is not None and not computed.processed.exact:
            self._rest.start()

    def _take(self, computed: Computed) -> None:
        self._processed[computed.request.number] = computed.processed
        if computed.error is not None:
            self._refusals[computed.request.number] = computed.error
            if not isinstance(computed.error, ImageSizeError):  # the pane says it, as long as it is so
                self.failed.emit(computed.error, computed.request.number)

    @Slot()
    def _come_to_rest(self) -> None:
        for number, request in list(self._requests.items()):
            processed = self._processed.get(number)
            if request.processing == ORIGINAL or number in self._refusals:
                continue
            if self.waits(number):
                continue  # a stand-in that is still on its way comes first, and starts the rest anew
            if processed is None or not processed.exact:
                self._submit([request], at_rest=True)
