"""Rows of the whole program.

Start, first image, scrolling, dragging, drawing, classifying, memory.
"""

import functools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from installed import environment
from sample_data import shared_data
from table import Measured, Row

HERE = Path(__file__).resolve().parent
ROUNDS = 3
PAIRS = 5


def run(home: str, *command: object) -> str:
    """Run a Python program with a home of its own; return its output."""
    done = subprocess.run(
        [sys.executable, "-P", *map(str, command)],
        env={**environment(), "MEDVIEWER_HOME": home},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def program(*arguments: str) -> dict[str, float]:
    """Run viewer_run.py in a process with a home of its own.

    Return what it printed.
    """
    with tempfile.TemporaryDirectory() as home:
        printed = run(home, HERE / "viewer_run.py", *arguments)
    return json.loads(printed.splitlines()[-1])


def seconds(*command: object) -> float:
    """Return how long a command takes."""
    with tempfile.TemporaryDirectory() as home:
        started = time.perf_counter()
        run(home, *command)
        return time.perf_counter() - started


def start(*arguments: str) -> Measured:
    """Measure our start and that of a bare window, in turns.

    Each runs from the start of its process to the paint that ends it.
    """
    ours, bare = [], []
    for command in ((HERE / "viewer_run.py", *arguments), (HERE / "start_window.py",)):
        seconds(*command)  # fills the page cache
    for _ in range(PAIRS):
        ours.append(seconds(HERE / "viewer_run.py", *arguments) * 1000)
        bare.append(seconds(HERE / "start_window.py") * 1000)
    return Measured(statistics.median(ours), statistics.median(bare))


@functools.cache
def figures(name: str) -> dict[str, float]:
    """Return the medians of three runs over a study of the sample data."""
    path = shared_data() / "data" / "dicom" / name
    if not path.exists():
        return {}
    runs = [program("study", str(path)) for _ in range(ROUNDS)]
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


CT = "02-ct-head-neck-295sl-j2k"
HEAD = "07-ct-head-gantry-tilt-10of28"
MAMMOGRAM = "08-cr-dx-mg/MG_L_MLO_4664x3064_J2K.dcm"


def seen(study: str, key: str, unit: str = "ms", yardstick: str = "") -> Measured:
    """Return one figure of a study's runs, beside that of a yardstick."""
    found = figures(study)
    if key not in found:
        return Measured(missing="the sample data is not here" if not found else f"no figure {key}")
    remark = f"{found['files_seen_then']:.0f} of {found['files']:.0f} files seen" if "first" in key else ""
    return Measured(found[key], found[yardstick] if yardstick else 1.0, unit, remark=remark)


def row(
    name: str, what: str, target: float, study: str, key: str, unit: str = "ms", yardstick: str = ""
) -> Row:
    """Return the row of one figure."""
    return Row(name, what, target, lambda: seen(study, key, unit, yardstick), absolute=not yardstick)


COMPARED = "04-mr-brain-tumour-enhanced"


@functools.cache
def comparison() -> dict[str, float]:
    """Return the medians of three runs with nine linked panes."""
    path = shared_data() / "data" / "dicom" / COMPARED
    if not path.exists():
        return {}
    runs = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as home:
            runs.append(json.loads(run(home, HERE / "compare_run.py", path).splitlines()[-1]))
    return {key: statistics.median(one[key] for one in runs) for key in runs[0]}


def compared(key: str, yardstick: str = "") -> Measured:
    """Return one figure of nine linked panes, beside that of a yardstick."""
    found = comparison()
    if not found:
        return Measured(missing="the sample data is not here")
    return Measured(found[key], found[yardstick] if yardstick else 1.0, "ms")


@functools.cache
def drawing(name: str) -> dict[str, float]:
    """Return the medians of three runs that drag a handle among ten drawings."""
    path = shared_data() / "data" / "dicom" / name
    if not path.exists():
        return {}
    runs = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as home:
            runs.append(json.loads(run(home, HERE / "draw_run.py", path).splitlines()[-1]))
    return {key: statistics.median(one[key] for one in runs) for key in runs[0]}


def drawn(name: str) -> Measured:
    """Return how long a step of a drag takes until it is painted."""
    found = drawing(name)
    return Measured(found["handle_ms"], 1.0) if found else Measured(missing="the sample data is not here")


TEN = (CT, "01-*", "03-*", "04-*", "05-*", "06-*", "07-*", "08-*", "09-*", "10-*")
"""Folders that are opened and closed one after another."""


def left_open() -> Measured:
    """Return the memory that stays of ten studies beyond that of one."""
    folder = shared_data() / "data" / "dicom"
    paths = [path for name in TEN for path in sorted(folder.glob(name))]
    if len(paths) != len(TEN):
        return Measured(missing="the sample data is not here")
    with tempfile.TemporaryDirectory() as home:
        found = json.loads(run(home, HERE / "closing_run.py", *paths).splitlines()[-1])
    return Measured(found["left_mb"], unit="MB", remark=f"{found['each_mb'][0]:.0f} MB after the first one")


@functools.cache
def at_once() -> dict[str, float]:
    """Return the times of the palette and of a search among studies."""
    with tempfile.TemporaryDirectory() as home:
        return json.loads(run(home, HERE / "at_once_run.py").splitlines()[-1])


SAMPLE = shared_data() / "data" / "dicom" / "11-transfer-syntaxes" / "other" / "CT_small.dcm"

ROWS = (
    Row("S1", "start to first paint, beside a bare window", 5, lambda: start("start")),
    Row(
        "S2",
        "start with a file to its picture, beside a bare window",
        7,
        lambda: start("picture", str(SAMPLE)),
    ),
    row(
        "V2",
        "slice change of four panes, beside four ready images",
        1.5,
        CT,
        "change_ms",
        "ms",
        "repaint_ms",
    ),
    Row(
        "V3",
        "slice change of nine linked panes, beside nine ready pictures",
        1.5,
        lambda: compared("nine_ms", "nine_repaint_ms"),
    ),
    Row("HD", "drag of a handle among ten labels, CT", 16, lambda: drawn(CT), absolute=True),
    Row("HD", "drag of a handle among ten labels, mammogram", 16, lambda: drawn(MAMMOGRAM), absolute=True),
    Row("LO", "locate over nine panes", 50, lambda: compared("locate_ms"), absolute=True),
    row(
        "V4",
        "scroll step with the film, beside four ready images",
        1.5,
        CT,
        "step_ms",
        "ms",
        "repaint_ms",
    ),
    row(
        "V4",
        "window drag with the film, beside four ready images",
        1.5,
        CT,
        "drag_ms",
        "ms",
        "repaint_ms",
    ),
    row(
        "R1",
        "worst gap while opening the 295-slice CT, beside idle",
        3,
        CT,
        "opening_gap_ms",
        "ms",
        "idle_gap_ms",
    ),
    row("R1", "worst gap while classifying, beside idle", 3, CT, "classify_gap_ms", "ms", "idle_gap_ms"),
    row(
        "R1", "worst gap while a series is asked, beside idle", 3, HEAD, "series_gap_ms", "ms", "idle_gap_ms"
    ),
    row("CK", "slices before one that is asked about in a series", 1, HEAD, "slices_before_click", ""),
    row("R2", "worst gap while the engine is loaded", 100, CT, "engine_gap_ms"),
    row("CK", "click to result", 50, CT, "click_ms"),
    row("P1", "first picture of the 295-slice CT", 300, CT, "first_picture_ms"),
    row("P2", "worst gap while opening it", 30, CT, "opening_gap_ms"),
    row("P3", "scroll step, first pass, median", 8, CT, "step_ms"),
    row("P3", "scroll step, first pass, 95th percentile", 16, CT, "step_p95_ms"),
    row("P4", "40 wheel events at once, until the newest is painted", 100, CT, "burst_ms"),
    row("P5", "window drag, four panes of CT", 8, CT, "drag_ms"),
    row("P5", "window drag, four panes of the mammogram", 30, MAMMOGRAM, "drag_ms"),
    row("P6", "first picture of the mammogram", 2000, MAMMOGRAM, "first_picture_ms"),
    row("P7", "peak memory of the window's process, CT", 400, CT, "peak_mb", "MB"),
    row("P7", "peak memory of the window's process, mammogram", 400, MAMMOGRAM, "peak_mb", "MB"),
    Row("PA", "palette, until it is painted", 50, lambda: Measured(at_once()["palette_ms"]), absolute=True),
    Row(
        "IX",
        "search of 1,000 remembered studies",
        100,
        lambda: Measured(at_once()["index_ms"]),
        absolute=True,
    ),
    Row("P8", "memory that stays of ten studies, beyond that of the first one", 20, left_open, absolute=True),
)
