"""Drag a handle among ten drawings in the real program, and print the figures: `draw_run.py PATH`."""

import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # started with -P

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from viewer_run import Paintings, Run, idle, until

LENGTHS = 9
STEPS = 40
WARM = 5
CLICK = 8  # pixels: less is no drag
LEFT = Qt.MouseButton.LeftButton


class Drawing(Run):
    """Nine lengths and a region of half the image, all with their labels."""

    def hand(self, kind: QEvent.Type, x: float, y: float) -> None:
        """Send an event of the left mouse button at a place of the first pane."""
        viewport = self.window.panes.panes[0].view.viewport()
        which = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else LEFT
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else LEFT
        place, plain = QPointF(x, y), Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(kind, place, viewport.mapToGlobal(place), which, held, plain)
        QApplication.sendEvent(viewport, event)

    def draw(self, tool: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw one of a kind from a place to another."""
        self.session.viewer.change(tool=tool)
        self.hand(QEvent.Type.MouseButtonPress, *start)
        for x, y in ((start[0] + 9, start[1] + 9), end):
            self.hand(QEvent.Type.MouseMove, x, y)
            QApplication.processEvents()
        self.hand(QEvent.Type.MouseButtonRelease, *end)
        QApplication.processEvents()

    def drag_handle(self) -> dict[str, float]:
        """Move a corner of the region step by step, until each is painted."""
        view = self.window.panes.panes[0].view
        width, height = view.viewport().width(), view.viewport().height()
        for number in range(LENGTHS):
            y = height * (0.2 + 0.06 * number)
            self.draw("length", (width * 0.3, y), (width * 0.6, y + 5))
        corner = (width * 0.75, height * 0.75)
        self.draw("rectangle", (width * 0.25, height * 0.25), corner)
        drawn = self.session.state.panes[0].annotations
        assert len(drawn) == LENGTHS + 1, len(drawn)
        idle(1.0)
        taken = []
        self.hand(QEvent.Type.MouseButtonPress, *corner)
        for step in range(1, STEPS + 1):
            before = self.session.state.panes[0].annotations[-1].points
            started = time.perf_counter()
            self.hand(QEvent.Type.MouseMove, corner[0] - CLICK - 2 * step, corner[1] - CLICK - step)
            until(Paintings([view.viewport()]).all_seen, "the pane painted")
            taken.append((time.perf_counter() - started) * 1000)
            assert self.session.state.panes[0].annotations[-1].points != before, "no handle was taken"
        self.hand(QEvent.Type.MouseButtonRelease, corner[0] - CLICK - 2 * STEPS, corner[1] - CLICK - STEPS)
        return {"handle_ms": statistics.median(taken[WARM:])}


def main(path: Path) -> None:
    """Open the study, draw and drag; print the figures."""
    run = Drawing(path)
    run.open()
    sys.stdout.write(json.dumps(run.drag_handle()))
    sys.stdout.flush()
    run.program.end()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
