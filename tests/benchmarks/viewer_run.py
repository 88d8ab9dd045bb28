"""Drive the real program once and print what was seen, as JSON.

`viewer_run.py SCENARIO [PATH]`.

`start` ends at the first paint of the window; `image` at the first image; `study` opens a folder,
scrolls, drags the window and classifies; all events are posted inside the process.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from medviewer.app import Program
from medviewer.gui.panes.pane import Pane
from medviewer.imaging.frame.voi import Window
from medviewer.viewer.texts import strip_of

PATIENCE_S = 120
BEFORE_CLICK = 2
"""So many slices of a series are answered before one is asked about by itself."""
SIZE = (1280, 960)


class Gaps(QObject):
    """The longest time between two beats of a 5 ms timer."""

    def __init__(self) -> None:
        super().__init__()
        self.timer = QTimer(self)
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self._beat)
        self.timer.start(5)
        self.restart()

    def restart(self) -> None:
        """Forget all paintings seen so far."""
        self.worst, self.last = 0.0, time.perf_counter()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.worst, self.last = max(self.worst, now - self.last), now

    @property
    def milliseconds(self) -> float:
        """The worst gap so far."""
        return self.worst * 1000


class FirstPaint(QObject):
    """Calls back after the first paint of a widget."""

    def __init__(self, widget: QObject, act: Callable[[], None]) -> None:
        super().__init__(widget)
        self.act = act
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the paint pass by."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self.act)
        return False


class Paintings(QObject):
    """Watches the painting of widgets with the images that they are to show."""

    def __init__(self, widgets: list[QObject], shows: Callable[[QObject], bool] = lambda _: True) -> None:
        super().__init__()
        self.missing, self.shows = list(widgets), shows
        for widget in widgets:
            widget.installEventFilter(self)

    def all_seen(self) -> bool:
        """Whether each of them was painted."""
        return not self.missing

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See a paint pass by."""
        if event.type() == QEvent.Type.Paint and watched in self.missing and self.shows(watched):
            self.missing.remove(watched)
        return False


def until(is_so: Callable[[], bool], what: str) -> float:
    """Let the program work until something is so; return the seconds it took."""
    started = time.perf_counter()
    while not is_so():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)  # the workers need the GIL
        if time.perf_counter() - started > PATIENCE_S:
            raise TimeoutError(what)
    return time.perf_counter() - started


def idle(seconds: float) -> None:
    """Let the program work for a while."""
    end = time.perf_counter() + seconds
    until(lambda: time.perf_counter() > end, "idle")


class Run:
    """One program with a study."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.program = Program("en")
        self.session, self.window = self.program.session, self.program.window
        self.window.resize(*SIZE)
        self.program.show()
        self.gaps = Gaps()
        self.seen: tuple[int, int | None] = (0, None)
        self.session.scan_progress.connect(self._on_progress)

    def _on_progress(self, seen: int, total: int | None) -> None:
        self.seen = (seen, total)

    @property
    def shown(self) -> list[Pane]:
        """Panes that the layout shows: a mammogram begins with one."""
        return [pane for pane in self.window.panes.panes if pane.isVisible()]

    def _is_filtering(self) -> bool:
        return any(self.session.busy(pane.number) for pane in self.shown)

    def painted(self, pane: int = 0) -> bool:
        """Whether the pane shows the image that its state asks for."""
        state = self.session.state.panes[pane]
        view = self.window.panes.panes[pane]
        return (
            state is not None
            and state.frame is not None
            and view.view.has_image
            and view.shown.frame is state.seen
        )

    def open(self) -> dict[str, float]:
        """Open the study and wait until all is there."""
        idle(1.5)
        self.gaps.restart()
        idle(2.0)
        figures = {"idle_gap_ms": self.gaps.milliseconds}
        self.gaps.restart()
        self.session.open_paths([self.path])
        figures["first_picture_ms"] = until(self.painted, "first picture") * 1000
        figures["files_seen_then"] = float(self.seen[0])
        until(lambda: not self.session.is_scanning, "scan")
        until(lambda: all(self.painted(pane.number) for pane in self.shown), "all panes")
        idle(1.5)
        figures["files"] = float(self.seen[0])
        figures["opening_gap_ms"] = self.gaps.milliseconds
        return figures

    def scroll(self, steps: int) -> dict[str, float]:
        """Go through the stack for the first time, then post wheel events at once."""
        self.session.viewer.scroll_to(0)
        until(self.painted, "first slice")
        idle(0.5)
        taken = []
        for _ in range(steps):
            wheel(self.window.panes.panes[0].view.viewport(), 1)
            taken.append(until(self._next_slice(), "next slice") * 1000)
        figures = {"step_ms": statistics.median(taken), "step_p95_ms": sorted(taken)[int(0.95 * len(taken))]}
        idle(0.5)
        start = self.session.state.panes[0].index
        viewport = self.window.panes.panes[0].view.viewport()
        before = time.perf_counter()
        for _ in range(40):
            wheel(viewport, 1)
        last = min(start + 40, len(self.session.state.panes[0].stack.frames) - 1)
        until(lambda: self.session.state.panes[0].index == last and self.painted(), "burst")
        figures["burst_ms"] = (time.perf_counter() - before) * 1000
        return figures

    def _next_slice(self) -> Callable[[], bool]:
        here = self.window.panes.panes[0].shown.frame
        return lambda: self.window.panes.panes[0].shown.frame is not here and self.painted()

    def drag(self, steps: int = 30) -> dict[str, float]:
        """Change the window step by step, each painted.

        Edges do not depend on it and stay as they are.
        """
        until(lambda: not self._is_filtering(), "filters")
        processed = [(pane, self.session.processed(pane.number)) for pane in self.shown]
        changing = [pane.view.viewport() for pane, made in processed if made is None or made.rendered is None]
        taken = []
        for step in range(steps):
            started = time.perf_counter()
            self.session.viewer.set_voi(Window(401 + 10 * step, 801 + 10 * step))  # never the file's own
            paintings = Paintings(changing)
            until(paintings.all_seen, "all panes painted")
            taken.append((time.perf_counter() - started) * 1000)
        return {"drag_ms": statistics.median(taken)}

    def change(self, steps: int = 20) -> dict[str, float]:
        """Change between decoded slices until all four panes are painted.

        The yardstick paints four ready ones.
        """
        middle = self.session.state.panes[0].index
        viewports = {pane.view.viewport(): pane.number for pane in self.shown}
        changed, repainted = [], []
        for step in range(steps):
            until(lambda: not self._is_filtering(), "filters")
            idle(0.3)
            started = time.perf_counter()
            self.session.viewer.scroll_to(middle + 1 + step)  # read ahead, and filtered for the first time
            paintings = Paintings(list(viewports), lambda viewport: self.painted(viewports[viewport]))
            until(paintings.all_seen, "all panes")
            changed.append((time.perf_counter() - started) * 1000)
            repainted.append(self._paint_ready_ones() * 1000)
        return {"change_ms": statistics.median(changed), "repaint_ms": statistics.median(repainted)}

    def _paint_ready_ones(self) -> float:
        """Give each pane a ready image with its mask; return the seconds.

        The same images in the same layout, and the whole panes with title strips and captions, painted by
        the event loop as after a change.
        """
        ready = []
        for pane in self.shown:
            picture, patch, voi = pane.shown.rendered
            image, mask = picture.render(patch, voi), picture.mask(patch)
            ready.append((pane.view, image.copy(), mask, picture.rectangle(patch)))
        started = time.perf_counter()
        for view, image, mask, rectangle in ready:
            view.show_image(image, rectangle)
            view.show_mask(mask, rectangle)
        for pane in self.shown:
            pane.update()
        paintings = Paintings([view.viewport() for view, *_ in ready])
        until(paintings.all_seen, "ready images")
        return time.perf_counter() - started

    def classify(self) -> dict[str, float]:
        """Classify the slice.

        The first time with all that must be loaded, then again on others.
        """
        self.gaps.restart()
        first = self._click()
        figures = {"first_click_ms": first * 1000, "engine_gap_ms": self.gaps.milliseconds}
        self.gaps.restart()
        taken = []
        for _ in range(9):
            self.session.viewer.scroll_by(1)
            until(lambda: self.painted() and not self._is_filtering(), "slice")
            idle(0.3)
            taken.append(self._click() * 1000)
        figures["click_ms"] = statistics.median(taken)
        figures["classify_gap_ms"] = self.gaps.milliseconds
        return figures

    def series(self) -> dict[str, float]:
        """Ask about a series, and meanwhile about its last slice."""
        stack = self.session.state.panes[0].stack
        self.session.viewer.scroll_to(0)
        until(self.painted, "first slice")
        figures = {"slice_ms": self._click() * 1000}
        self.session.viewer.scroll_to(len(stack) - 1)
        until(lambda: self.painted() and not self._is_filtering(), "last slice")
        self.gaps.restart()
        self.session.classify_series()
        until(lambda: self._answered() >= BEFORE_CLICK, "answers")
        before = self._answered()
        figures["click_in_series_ms"] = self._click() * 1000
        figures["slices_before_click"] = float(self._answered() - before - 1)
        until(lambda: self._answered() == len(stack), "series")
        idle(0.5)
        figures["series_gap_ms"] = self.gaps.milliseconds
        return figures

    def _answered(self) -> int:
        return strip_of(self.session.state, self.session.state.panes[0].stack).asked

    def _click(self) -> float:
        self.session.classify(override=True)
        return until(lambda: self.session.focused.result is not None, "result")


def peak_mb() -> float:
    """Return this process' largest resident memory.

    ru_maxrss would hold its parent's, from before exec.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def wheel(target: QObject, slices: int) -> None:
    """Post one wheel step towards the user."""
    point = QPointF(100, 100)
    event = QWheelEvent(
        point,
        target.mapToGlobal(point),
        QPoint(),
        QPoint(0, -120 * slices),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.postEvent(target, event)


def start(path: Path | None) -> None:
    """Run until the window or the first image is painted, and end there."""
    program = Program("en")
    program.window.resize(*SIZE)
    watches: list[QObject] = []
    if path is None:
        watches.append(FirstPaint(program.window, end_at_once))
    program.show()
    if path is not None:
        program.session.open_paths([path])

        def look() -> None:
            pane = program.window.panes.panes[0]
            if pane.shown.frame is not None:
                pane.view.viewport().repaint()
                end_at_once()

        timer = QTimer()
        timer.timeout.connect(look)
        timer.start(1)
        QTimer.singleShot(PATIENCE_S * 1000, lambda: program.application.exit(1))
    program.application.exec()
    program.end()
    sys.exit("nothing was painted")


def end_at_once() -> None:
    """End the process as it is; its workers end with it."""
    os._exit(0)


def study(path: Path) -> None:
    """Open, scroll, drag, classify; print the figures."""
    run = Run(path)
    figures = run.open()
    if len(run.session.state.panes[0].stack.frames) > 100:
        figures |= run.scroll(60) | run.change()
    figures |= run.drag()
    if len(run.session.state.panes[0].stack.frames) > 100:
        figures |= run.classify()
    elif len(run.session.state.panes[0].stack.frames) > BEFORE_CLICK + 1:
        figures |= run.series()
    figures["peak_mb"] = peak_mb()
    sys.stdout.write(json.dumps(figures))
    sys.stdout.flush()
    run.program.end()


if __name__ == "__main__":
    scenario, *rest = sys.argv[1:]
    where = Path(rest[0]) if rest else None
    if scenario == "study" and where is not None:
        study(where)
    else:
        start(where)
