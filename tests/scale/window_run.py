"""Open very much in the real program and print what was seen, as JSON.

`window_run.py PATH STOPS`.

A process of its own, so that its peak memory is its own.
"""

import json
import sys
import time
from pathlib import Path

import psutil

from medviewer import limits
from medviewer.dicom.model import StoredStack
from tests.benchmarks.viewer_run import Run, idle, peak_mb, until


class LongRun(Run):
    """One program with very many files or frames."""

    @property
    def stack(self) -> StoredStack:
        """The stack under the eye."""
        return self.session.state.panes[0].stack

    def open_all(self) -> dict[str, float]:
        """Open, and scroll as soon as an image is there, until the scan has ended."""
        idle(1.5)
        self.gaps.restart()
        idle(1.0)
        figures = {"idle_gap_ms": self.gaps.milliseconds}
        self.gaps.restart()
        started = time.perf_counter()
        self.session.open_paths([self.path])
        figures["first_picture_ms"] = until(self.painted, "first picture") * 1000
        figures["files_seen_then"] = float(self.seen[0])
        figures["stops_while_scanning"] = float(self._scroll_while_scanning())
        figures["scan_s"] = time.perf_counter() - started
        figures["opening_gap_ms"] = self.gaps.milliseconds
        figures["files"] = float(self.seen[0])
        figures["stacks"] = float(len(self.session.library.stacks))
        return figures

    def _scroll_while_scanning(self) -> int:
        stops = 0
        while self.session.is_scanning:
            before = len(self.stack.frames)
            if before > 1:
                self.session.viewer.scroll_to((self.session.state.panes[0].index + 1) % before)
                until(self.painted, "next slice")
                stops += 1
            idle(0.1)
        return stops

    def scroll_through(self, stops: int) -> dict[str, float]:
        """Go from the first slice to the last in so many stops, each painted."""
        until(self.painted, "picture")
        last = len(self.stack.frames) - 1
        self.gaps.restart()
        most = 0
        for stop in range(stops + 1):
            self.session.viewer.scroll_to(last * stop // stops)
            until(self.painted, f"slice {last * stop // stops}")
            most = max(most, self._bytes_in_memory())
        shown = self.session.state.panes[0]
        assert shown.frame is not None
        return {
            "frames": float(last + 1),
            "index": float(shown.index),
            "scroll_gap_ms": self.gaps.milliseconds,
            "most_cached_bytes": float(most),
            "last_value": float(shown.frame.stored.flat[0]),
        }

    def _bytes_in_memory(self) -> int:
        cached = self.session.viewer.frames.cached
        frames = [cached(self.stack.slice_key(index)) for index in range(len(self.stack.frames))]
        return sum(frame.nbytes for frame in frames if frame is not None)

    def cancel(self) -> dict[str, float]:
        """Open again, and stop as soon as an image is there."""
        self.session.close_all()
        self.seen = (0, None)
        self.session.open_paths([self.path])
        until(self.painted, "first picture")
        self.session.cancel_opening()
        seconds = until(lambda: not self.session.is_scanning, "end")
        stacks = float(len(self.session.library.stacks))
        return {
            "cancel_ms": seconds * 1000,
            "files_when_cancelled": float(self.seen[0]),
            "stacks_kept": stacks,
        }


def workers_mb() -> float:
    """Return the largest resident memory of a worker process."""
    peaks = []
    for child in psutil.Process().children(recursive=True):
        lines = Path(f"/proc/{child.pid}/status").read_text().splitlines()
        peaks += [
            int(line.split()[1]) * limits.KIB / limits.MIB for line in lines if line.startswith("VmHWM")
        ]
    return max(peaks)


def main(path: Path, stops: int) -> None:
    """Run and print."""
    run = LongRun(path)
    figures = run.open_all() | run.scroll_through(stops)
    idle(1.0)
    figures |= {"peak_mb": peak_mb(), "worker_peak_mb": workers_mb()}
    figures |= run.cancel()
    sys.stdout.write(json.dumps(figures))
    sys.stdout.flush()
    run.program.end()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
