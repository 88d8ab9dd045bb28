"""Drive the real program with nine linked panes, and print the figures as JSON: `compare_run.py PATH`."""

import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # started with -P

from viewer_run import Paintings, Run, idle, until

from medviewer.imaging.frame.geometry import to_patient
from medviewer.viewer.commands.panes.layout import set_layout
from medviewer.viewer.state.links import Located

PANES = 9
STEPS = 12


class Comparison(Run):
    """The first two series of a study, in turns in nine panes."""

    def show(self) -> None:
        """Fill the panes; wait until each is painted, its stack in memory."""
        viewer = self.session.viewer
        set_layout(viewer, "3x3")
        stacks = viewer.state.library.stacks[:2]
        for number in range(PANES):
            viewer.show_stack(stacks[number % len(stacks)], number, "original")
        viewer.set_focus(0)
        for index in (*range(len(stacks[0])), 0):
            viewer.scroll_to(index)
            until(self._all_painted, "all panes")
        idle(0.5)

    def _all_painted(self) -> bool:
        return all(map(self.painted, range(PANES)))

    def _until_painted(self, started: float) -> float:
        viewports = {pane.view.viewport(): pane.number for pane in self.window.panes.panes}
        paintings = Paintings(list(viewports), lambda viewport: self.painted(viewports[viewport]))
        until(paintings.all_seen, "all panes")
        return (time.perf_counter() - started) * 1000

    def scroll_linked(self) -> dict[str, float]:
        """Scroll nine linked panes by slices, beside painting ready images."""
        changed, repainted = [], []
        for step in range(1, STEPS + 1):
            idle(0.2)
            started = time.perf_counter()
            self.session.viewer.scroll_to(step)
            changed.append(self._until_painted(started))
            repainted.append(self._paint_ready_ones() * 1000)
        return {"nine_ms": statistics.median(changed), "nine_repaint_ms": statistics.median(repainted)}

    def locate(self) -> dict[str, float]:
        """Point at places on other slices, until all nine panes show them."""
        stack, taken = self.session.state.panes[0].stack, []
        for step in range(1, STEPS + 1):
            idle(0.2)
            point = to_patient(
                stack.geometry(2 * step % len(stack)), stack.rows / 3 + step, stack.columns / 2
            )
            started = time.perf_counter()
            self.session.viewer.locate(Located(point, stack, 2 * step % len(stack)))
            taken.append(self._until_painted(started))
        return {"locate_ms": statistics.median(taken)}


def main(path: Path) -> None:
    """Open the study, scroll and locate; print the figures."""
    run = Comparison(path)
    run.open()
    run.show()
    sys.stdout.write(json.dumps(run.scroll_linked() | run.locate()))
    sys.stdout.flush()
    run.program.end()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
