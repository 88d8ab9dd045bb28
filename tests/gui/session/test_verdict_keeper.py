"""Each verdict is written once, with its own answer.

What cannot be written is told.
"""

import pytest

from medviewer.errors import WriteError
from medviewer.inference.verdicts import Stance, Verdict, read_verdicts
from medviewer.settings import Settings
from medviewer.translation import message
from medviewer.viewer import state as display_state, verdicts
from medviewer.viewer.memory import Memory
from tests.gui.window_scene import WindowScene


class Silent:
    """Stands for a window."""


@pytest.fixture
def kept(scene: WindowScene) -> WindowScene:
    scene.session.viewer.attach(Silent(), Settings())
    scene.open("head")
    scene.classify()
    return scene


def test_each_change_is_one_line(kept: WindowScene) -> None:
    viewer = kept.session.viewer
    verdicts.give_stance(viewer, Stance.AGREE)
    verdicts.give_stance(viewer, Stance.AGREE)
    verdicts.give_stance(viewer, Stance.UNSURE)
    verdicts.take_back(viewer)
    kept.workers.settle()
    assert [row.stance for row in read_verdicts()] == ["agree", "unsure", "agree"]


def test_a_verdict_on_a_series_that_has_no_answer_is_not_kept(kept: WindowScene) -> None:
    viewer = kept.session.viewer
    display, of = viewer.state.display, frozenset(viewer.state.display.results)
    said = Verdict(stance=Stance.AGREE)
    viewer.show(display_state.set_series_verdict(display, of, message("verdict"), said))
    kept.workers.settle()
    assert read_verdicts() == ()


def test_a_disk_that_takes_nothing_is_told_and_the_verdict_said_to_be_lost(
    kept: WindowScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_said: object) -> bool:
        raise WriteError(path="verdicts.csv", reason="No space left on device", bytes=1)

    viewer = kept.session.viewer
    with monkeypatch.context() as patched:
        patched.setattr(Memory, "note_verdict", full)
        verdicts.give_stance(viewer, Stance.AGREE)
        kept.workers.settle()
    assert viewer.state.lost_verdicts == set(viewer.state.display.results)
    assert "No space left" in kept.session.notices.history[-1][1].sentence.for_user()
    verdicts.give_stance(viewer, Stance.DISAGREE)
    kept.workers.settle()
    assert not viewer.state.lost_verdicts


def test_what_is_on_its_way_when_the_program_ends_is_written(kept: WindowScene) -> None:
    verdicts.give_stance(kept.session.viewer, Stance.AGREE)
    kept.session.shutdown()
    assert [row.stance for row in read_verdicts()] == ["agree"]
