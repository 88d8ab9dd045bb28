"""What has to come at once: the palette, and remembered studies.

Prints JSON: `palette_ms`, until it is painted, and `index_ms`, for a search and for the list without one.
Both are processor time of the thread that does it, as others on the machine do not count.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # started with -P

from many_studies import many_studies
from PySide6.QtWidgets import QApplication
from viewer_run import Paintings, Run, idle, until

from medviewer.viewer.commands import command_by_id
from medviewer.viewer.memory.database import Database
from medviewer.viewer.memory.study_index import StudyIndex

TIMES = 15
STUDIES = 1_000


def milliseconds(act: Callable[[], object]) -> float:
    """Return the processor time of this thread that something takes."""
    started = time.thread_time()
    act()
    return (time.thread_time() - started) * 1000


def palette(run: Run) -> float:
    """Open the palette over the phantom again and again.

    Return the median, painted.
    """
    run.session.open_demo()
    until(run.painted, "the phantom")
    idle(2.0)
    taken = []
    for _ in range(TIMES):

        def show() -> None:
            command_by_id("help.palette").perform(run.session.viewer)
            shown = run.window.dialogs.palette
            assert shown is not None
            until(Paintings([shown.list.viewport()]).all_seen, "the palette")

        taken.append(milliseconds(show))
        run.window.dialogs.palette.close_palette()
        QApplication.processEvents()
    return statistics.median(taken[1:])  # the first time it is made


def index() -> float:
    """Search among many studies; return the median."""
    found = StudyIndex(Database())
    found.add(many_studies(STUDIES))

    def look() -> None:
        assert len(found.search("小77 ct id0077")) == 10
        assert found.recent()

    return statistics.median(milliseconds(look) for _ in range(TIMES))


def main() -> None:
    """Measure both; print the figures."""
    run = Run(Path())
    figures = {"palette_ms": palette(run), "index_ms": index()}
    sys.stdout.write(json.dumps(figures))
    sys.stdout.flush()
    run.program.end()


if __name__ == "__main__":
    main()
