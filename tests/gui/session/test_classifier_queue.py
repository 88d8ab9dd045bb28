"""The end of a run: the answer comes before its line in the log."""

from collections.abc import Generator

import pytest

from medviewer.errors import MemoryAccessError
from medviewer.gui.session.classifier_queue import DeliveredResult, LoggedRun, classify_frame
from medviewer.inference.result import ModelResult
from medviewer.viewer.state import Token
from tests.gui.pane_scene import make_frame
from tests.gui.window_scene import MadeClassifier
from tests.viewer.bare_viewer import HEAD


class MadeLog:
    """Keeps the runs that it is told of; one that is full keeps none."""

    def __init__(self, *, is_full: bool = False) -> None:
        self.runs: list[ModelResult] = []
        self._is_full = is_full

    def note(self, result: ModelResult) -> None:
        if self._is_full:
            raise MemoryAccessError(reason="No space left on device")
        self.runs.append(result)


Run = Generator[DeliveredResult | LoggedRun, None, None]


def run_with(log: MadeLog) -> Run:
    return classify_frame(
        MadeClassifier(), make_frame(HEAD, 0), Token(0), log.note, override=False, answered=False
    )


@pytest.fixture
def log() -> MadeLog:
    return MadeLog()


def test_the_answer_does_not_wait_for_the_log(log: MadeLog) -> None:
    run = run_with(log)
    first = next(run)
    assert isinstance(first, DeliveredResult)
    assert log.runs == []
    assert [item.trouble for item in run if isinstance(item, LoggedRun)] == [None]
    assert log.runs == [first.result]


def test_a_run_is_logged_although_its_answer_is_no_longer_wanted(log: MadeLog) -> None:
    run = run_with(log)
    first = next(run)
    assert isinstance(first, DeliveredResult)
    run.close()
    assert log.runs == [first.result]


def test_a_full_disk_is_said_beside_the_answer() -> None:
    first, last = run_with(MadeLog(is_full=True))
    assert isinstance(first, DeliveredResult)
    assert isinstance(last, LoggedRun)
    assert "No space left on device" in str(last.trouble)
