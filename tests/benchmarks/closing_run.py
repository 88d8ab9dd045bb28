"""Open and close studies one after another, and print the memory that stays: `closing_run.py PATH...`.

JSON: `each_mb`, resident after each of them, and `left_mb`, after the last one beyond what it was after the
first one, for which libraries were loaded.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # started with -P

from viewer_run import Run, idle, until

from medviewer.viewer.models.fit import router

STEPS = 40
REST_S = 3.0


def resident_mb() -> float:
    """Return the memory of this process that is resident now."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


class ClosingRun(Run):
    """One program in which studies come and go."""

    def visit(self, path: Path) -> float:
        """Open a study, look through its first stack, close it.

        Return the memory that stays.
        """
        self.session.open_paths([path])
        until(lambda: not self.session.is_scanning, "scan")
        until(lambda: self.is_done(0), "picture")
        idle(2.0)
        pane = self.session.state.panes[0]
        slices = len(pane.stack) if pane is not None else 0
        for index in range(0, slices, 1 + slices // STEPS):
            self.session.viewer.scroll_to(index)
            until(lambda: self.is_done(0), "slice")
        idle(1.0)
        self.session.close_all()
        idle(REST_S)
        return resident_mb()

    def is_done(self, number: int) -> bool:
        """Whether a pane shows its image, says why it cannot, or is empty."""
        state = self.session.state.panes[number]
        return state is None or bool(state.failure) or self.painted(number)


def main(paths: list[Path]) -> None:
    """Visit each study; print the figures."""
    run = ClosingRun(paths[0])
    idle(1.5)
    router()  # else one of the studies brings the model's library, which stays
    each = [run.visit(path) for path in paths]
    sys.stdout.write(json.dumps({"left_mb": each[-1] - each[0], "each_mb": each}))
    sys.stdout.flush()
    run.program.end()


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
