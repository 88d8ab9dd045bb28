"""A message leaves with its cause.

Another model, a run that succeeds, an edit that is taken back, a study that is closed.
"""

import errno
import os
from collections.abc import Iterator

import pytest

from medviewer.errors import ModelError, UnknownModelError
from medviewer.viewer.annotations.edits import undo
from tests.gui.session.test_annotations import edit, sentences
from tests.gui.window_scene import WindowScene
from tests.made_stacks import OracleClassifier
from tests.session_bench import Bench


@pytest.fixture
def bench(qapp: object) -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.session.shutdown()
    bench.session.deleteLater()


class Failing(OracleClassifier):
    """Fails as a network does whose process ended."""

    def classify(self, *_arguments: object, **_options: object) -> None:
        raise UnknownModelError(model="nothing")


@pytest.mark.parametrize("how", ["use_model", "follow_model"])
@pytest.mark.parametrize("asked", ["slice", "series"])
def test_of_a_failed_model_nothing_is_said_when_another_is_chosen(bench: Bench, asked: str, how: str) -> None:
    bench.open()
    bench.classifier = Failing()
    bench.session.classify() if asked == "slice" else bench.session.classify_series()
    bench.workers.settle()
    assert bench.waiting == ["There is no model named nothing."]
    bench.classifier = OracleClassifier()
    getattr(bench.session, how)("head-ct-haemorrhage-other")
    assert bench.waiting == []


@pytest.mark.parametrize("asked", ["slice", "series"])
def test_that_a_model_could_not_be_loaded_is_no_more_said_when_it_is(bench: Bench, asked: str) -> None:
    assert issubclass(UnknownModelError, ModelError)
    bench.open()
    bench.loading_error = UnknownModelError(model="nothing")
    bench.session.classify() if asked == "slice" else bench.session.classify_series()
    bench.workers.settle()
    assert bench.waiting == ["There is no model named nothing."]
    assert bench.session.viewer.state.series_run is None
    bench.loading_error = None
    bench.session.classify_series() if asked == "slice" else bench.session.classify()
    bench.workers.settle()
    assert bench.waiting == []


@pytest.mark.parametrize("how", ["undo", "switch off"])
def test_that_drawings_are_unsaved_is_no_more_said_when_none_is(
    scene: WindowScene, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    scene.open("head")
    edit(scene, "a")

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)
    scene.workers.settle()
    assert sentences(scene) == ["Drawings and key images are not saved yet: No space left on device."]
    if how == "undo":
        undo(scene.session.viewer)
    else:
        monkeypatch.undo()
        scene.session.viewer.keeps_annotations = False
        scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert not [said for said in sentences(scene) if "not saved yet" in said]


@pytest.mark.parametrize("closed", ["study", "all"])
def test_a_value_that_was_not_allowed_is_no_more_said_when_its_study_is_closed(
    bench: Bench, closed: str
) -> None:
    bench.open()
    bench.session.set_parameter("edges", "strength", "magic")
    assert len(bench.waiting) == 1
    bench.session.close_study() if closed == "study" else bench.session.close_all()
    assert bench.waiting == []
