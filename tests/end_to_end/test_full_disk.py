"""Where the results are sent to a disk that is full, a command says so in one sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import factories

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")

COMMAND = [sys.executable, "-m", "medviewer"]


@pytest.mark.parametrize("command", [["models", "list"], ["models", "show", "router"], ["info", "--json"]])
def test_results_that_nobody_can_take_are_one_sentence_and_a_failure(
    command: list[str], tmp_path: Path
) -> None:
    paths = [str(path) for path in factories.ct_series(tmp_path, 2)[:1]] if "info" in command else []
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [*COMMAND, *command, *paths], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "The result could not be written to standard output: No space left on device."
        " Is the disk full that it is sent to?"
    ]


def test_where_no_word_can_be_said_the_status_says_it() -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run([*COMMAND, "models", "list"], stdout=full, stderr=full, check=False)
    assert ended.returncode == 1
