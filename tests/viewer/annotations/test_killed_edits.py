"""A session of edits is killed at random moments, and nothing that was confirmed is ever lost."""

from pathlib import Path
from random import Random

import pytest

from tests.killed_sessions import run_until_killed

STUDY = "1.2.826.0.1.4711"


@pytest.mark.parametrize("kills", [4, pytest.param(100, marks=pytest.mark.slow)])
def test_nothing_confirmed_is_lost_when_the_session_is_killed(tmp_path: Path, kills: int) -> None:
    chance, allowed = Random(15), set[str]()
    confirmed = 0
    for run in range(kills):
        module, lives = "tests.viewer.annotations.edited_until_killed", chance.uniform(0.0, 0.4)
        told = run_until_killed(tmp_path, module, run, STUDY, after="tried", lives=lives)
        opened, *rest = told
        assert opened[0] == "opened", f"run {run}: the file was damaged"
        # what is there is what was confirmed last, or what was being written then
        assert not allowed or opened[1] in allowed, f"run {run}: a confirmed edit is lost"
        allowed = {opened[1]}
        for what, state in rest:
            allowed = {state} if what == "confirmed" else allowed | {state}
            confirmed += what == "confirmed"
    assert confirmed > kills
