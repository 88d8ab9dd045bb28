"""The program is killed while an outline is corrected, and no correction that it had saved is lost."""

from pathlib import Path
from random import Random

import pytest

from tests.factories import ct_series
from tests.killed_sessions import run_until_killed


@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.slow)])
def test_no_saved_correction_is_lost_when_the_program_is_killed(
    home: Path, tmp_path: Path, kills: int
) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    ct_series(folder, slices=6, rows=64, columns=64)
    chance, allowed = Random(29), set[str]()
    counts = dict.fromkeys(("opened", "stroke", "corrected", "saved"), 0)
    within = 0
    for run in range(kills):
        after = "saved" if run % 3 else "stroke"
        opened, *rest = run_until_killed(
            home,
            "tests.end_to_end.outlining_program",
            run,
            folder,
            after=after,
            lives=chance.uniform(0.0, 1.0),
        )
        assert opened[0] == "opened"
        # what is there is what was saved last, or an edit behind it; never half a stroke
        assert not allowed or opened[1] in allowed, f"run {run}: a saved correction is lost"
        allowed = {opened[1]}
        for what, state in rest:
            allowed = {state} if what == "saved" else allowed | {state}
            counts[what] += 1
        within += bool(rest) and rest[-1][0] == "stroke"
    assert counts["saved"] >= kills // 2
    print(f"{kills} kills, {within} of them within a stroke: {counts}")
