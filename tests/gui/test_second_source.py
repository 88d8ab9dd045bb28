"""A source that no file holds.

Shown, scrolled, read ahead, filtered, classified and exported like a stack.

It is written here and nowhere else: what shows images knows sources and the keys of slices, no files.
"""

import json
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from medviewer.dicom.model import StoredStack
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.errors import OriginalFileError
from medviewer.export.pictures.png import CHUNK, save_png
from medviewer.gui.display.frame_loader import read_slices
from medviewer.gui.session.session import ViewerSession
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.display import apply_modality, value_unit
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.identity import Identity
from medviewer.imaging.source import ImageSource, ReadStored, Slice, SliceFacts, SliceHeader, SliceKey
from medviewer.inference.gates.suitability import GATES
from medviewer.translation import Message
from medviewer.viewer.texts.frame_messages import messages_of_frame
from medviewer.viewer.texts.image_numbers import number_text, place_record
from tests.factories import ct_series
from tests.gui.window_scene import HEAD, WindowScene
from tests.inference.conftest import CONTRACT
from tests.made_stacks import drained, library, slices, stack, values_sha256
from tests.oracle_world import WORLD, World, random_step
from tests.saved_pictures import annotated_png
from tests.session_bench import Bench

PATIENCE_MS = 60_000
STEPS = 1_500


class MeanOfNeighbors(ImageSource):
    """Each slice averaged with those beside it."""

    def __init__(self, base: ImageSource) -> None:
        self._base = base
        self._headers = tuple(map(self._header, range(len(base))))

    @property
    def key(self) -> str:
        return f"mean of {self._base.key}"

    @property
    def identity(self) -> Identity:
        return replace(self._base.identity, series_description="Mean of neighbors", series_number="")

    @property
    def rows(self) -> int:
        return self._base.rows

    @property
    def columns(self) -> int:
        return self._base.columns

    @property
    def headers(self) -> Sequence[SliceHeader]:
        return self._headers

    def read(self, index: int, read_stored: ReadStored) -> Generator[None, None, Frame]:
        values, own = [], None
        for near in self._near(index):
            frame = yield from self._base.read(near, read_stored)
            values.append(apply_modality(frame))
            own = frame if near == index else own
            yield
        assert own is not None
        header = self._headers[index]
        return Frame(
            np.mean(values, axis=0, dtype=np.float64).astype(np.float32),
            header.key.instance_uid,
            header.key.frame_number,
            modality=Rescale(unit=value_unit(own)),
            voi=own.voi,
            geometry=own.geometry,
            attributes=replace(own.attributes, image_type=("DERIVED", "SECONDARY", "AVERAGE")),
        )

    def _near(self, index: int) -> range:
        return range(max(0, index - 1), min(len(self._base), index + 2))

    def _header(self, index: int) -> SliceFacts:
        of, key = self._base.headers[index], self._base.slice_key(index)
        # the neighbors are part of what it is: while a folder is read, they become more
        edition = " ".join(map(str, map(self._base.slice_key, self._near(index))))
        return SliceFacts(
            SliceKey(f"mean:{key.instance_uid}", key.frame_number, edition),
            of.geometry,
            replace(of.attributes, image_type=("DERIVED", "SECONDARY", "AVERAGE")),
            position_mm=of.position_mm,
        )


def noted(whole: StoredStack) -> StoredStack:
    """Return a stack whose slices have numbers and notes of their own."""
    frames = tuple(
        replace(one, image_number=70 + index, instance_number=70 + index, notes=(Message("Stored note."),))
        for index, one in enumerate(whole.frames)
    )
    return replace(whole, frames=frames, identity=replace(whole.identity, series_number="9"))


STORED = noted(stack("A", slices=7))
MEAN = MeanOfNeighbors(STORED)


@pytest.fixture
def bench(qapp: object) -> Iterator[Bench]:
    bench = Bench()
    bench.open(library(STORED))
    yield bench
    bench.session.shutdown()
    bench.session.deleteLater()


def mean(bench: Bench, index: int, source: ImageSource = MEAN) -> Frame:
    """Return the mean of the true images."""
    truth = bench.files
    return drained(source.read(index, lambda reference: truth.frame(reference, truth.pixels(reference))))


def shown(bench: Bench, index: int | None = None) -> Frame:
    frame = bench.pane.frame
    assert frame is not None, bench.pane.failure
    if index is not None:
        np.testing.assert_array_equal(frame.stored, mean(bench, index).stored)
    return frame


def test_it_is_shown_and_scrolled(bench: Bench) -> None:
    bench.session.viewer.show_stack(MEAN)
    for index in (3, 6, 0):
        bench.session.viewer.scroll_to(index)
        bench.workers.settle()
        assert bench.pane.index == index
        shown(bench, index)
    assert bench.messages == []
    assert not any(map(bench.session.busy, range(4)))


def test_it_is_read_ahead_and_not_computed_again(bench: Bench) -> None:
    bench.session.viewer.show_stack(MEAN)
    bench.session.viewer.scroll_to(0)
    bench.workers.settle()
    read = len(bench.files.reads)
    bench.session.viewer.scroll_to(1)
    shown(bench, 1)  # at once: it was read ahead
    bench.session.viewer.scroll_to(0)
    shown(bench, 0)
    assert len(bench.files.reads) == read


def test_it_can_be_given_up_between_the_slices_that_it_is_made_from(bench: Bench) -> None:
    read_slice, before = partial(Slice.read, read_stored=bench.files.read_frame), len(bench.files.reads)
    reading = read_slices(read_slice, slices(MEAN)[3:5], opening=0)
    assert next(reading) is None
    reading.close()  # as a task does that is canceled
    assert bench.files.reads[before:] == [STORED.frames[2]]


def test_it_is_filtered_like_any_image(bench: Bench) -> None:
    bench.session.viewer.show_stack(MEAN)
    bench.session.viewer.set_processing(1, "denoised")
    bench.workers.settle()
    processed = bench.session.processed(1)
    pane = bench.session.state.panes[1]
    assert processed is not None
    assert pane is not None
    assert processed.frame is pane.frame
    assert pane.slice_key == MEAN.slice_key(pane.index)


def test_a_result_is_about_the_computed_values_and_goes_to_no_stored_slice(bench: Bench) -> None:
    bench.session.viewer.show_stack(MEAN, 0)
    bench.session.viewer.show_stack(STORED, 1)
    bench.session.viewer.set_linked(False)
    bench.session.viewer.scroll_to(2, 0)
    bench.session.viewer.scroll_to(2, 1)
    bench.session.viewer.set_focus(0)
    bench.workers.settle()
    bench.session.classify()
    bench.workers.settle()
    computed, stored = bench.session.state.panes[:2]
    assert computed is not None
    assert stored is not None
    assert computed.result is not None
    assert computed.result.content.label == values_sha256(mean(bench, 2))
    assert computed.result.key.sop_instance_uid == MEAN.slice_key(2).instance_uid
    assert stored.result is None
    bench.session.viewer.set_focus(1)
    bench.session.classify()
    bench.workers.settle()
    computed, stored = bench.session.state.panes[:2]
    assert computed.result.content.label != stored.result.content.label


@pytest.mark.parametrize("is_loaded", [True, False])
@pytest.mark.parametrize("is_shown", [True, False])
def test_its_results_are_closed_with_the_study_that_it_is_made_from(
    bench: Bench, is_shown: bool, is_loaded: bool
) -> None:
    viewer = bench.session.viewer
    if is_loaded:
        viewer.show_stack(STORED)
        bench.workers.settle()
        bench.session.classify()
    viewer.show_stack(MEAN)
    bench.workers.settle()
    bench.session.classify()
    bench.workers.settle()
    assert bench.pane.result is not None
    if not is_shown:
        viewer.show_stack(STORED)
        bench.workers.settle()
    bench.session.close_study(bench.session.library.studies[0])
    assert bench.session.state.panes == (None,) * 4
    assert not bench.session.state.results
    assert not bench.session.state.result_studies
    assert not viewer.state.zooms


def test_its_results_stay_where_another_study_is_closed(bench: Bench) -> None:
    bench.open(library(stack("B", slices=3)))
    bench.session.viewer.show_stack(MEAN)
    bench.workers.settle()
    bench.session.classify()
    bench.workers.settle()
    (other,) = (
        one
        for one in bench.session.library.studies
        if one.identity != MEAN.identity and "B" in one.identity.patient_id
    )
    bench.session.close_study(other)
    assert bench.pane.result is not None
    assert len(bench.session.state.results) == 1


def test_a_model_for_original_slices_refuses_it(bench: Bench) -> None:
    frame = mean(bench, 2)
    frame = replace(frame, attributes=replace(frame.attributes, modality="CT", body_part="HEAD"))
    assert "derived" in [gate.name for one in GATES if not (gate := one(frame, CONTRACT)).passed]


def test_nothing_that_the_files_say_of_a_slice_is_said_of_it(bench: Bench) -> None:
    bench.session.viewer.show_stack(MEAN)
    bench.session.viewer.scroll_to(2)
    bench.workers.settle()
    pane = bench.pane
    assert number_text(pane.stack, pane.index) == "(3/7)"
    assert messages_of_frame(pane.stack, pane.header, pane.frame) == ()
    assert place_record(pane.stack, pane.index)["image_number"] is None
    bench.session.viewer.show_stack(STORED)
    bench.workers.settle()
    stored = bench.pane
    assert number_text(stored.stack, 2) == "Se 9  Im 72  (3/7)"
    assert Message("Stored note.") in messages_of_frame(stored.stack, stored.header, stored.frame)


def test_an_export_states_the_computed_slice(bench: Bench, tmp_path: Path) -> None:
    bench.session.viewer.show_stack(MEAN)
    bench.workers.settle()
    pane, settings = bench.pane, bench.session.settings
    said = json.loads(Image.open(BytesIO(annotated_png(pane, settings=settings, with_uids=True))).text[CHUNK])
    assert said["source"]["sop_instance_uid"] == MEAN.slice_key(pane.index).instance_uid
    assert said["source"]["pixel_sha256"] == mean(bench, pane.index).pixel_sha256
    path = tmp_path / "mean.png"
    save_png(path, pane, settings=settings, originals=bench.session.library.originals)
    assert path.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(OriginalFileError):
        save_png(path, pane, settings=settings, originals={path}, overwrite=True)


def test_it_lies_where_its_stack_does(scene: WindowScene) -> None:
    space = "1.2.840.99"
    frames = tuple(
        replace(one, geometry=replace(one.geometry, frame_of_reference_uid=space)) for one in HEAD.frames
    )
    placed = replace(HEAD, frames=frames)
    session = scene.session
    scene.open("head")
    session.viewer.show_stack(placed, 0)
    session.viewer.show_stack(MeanOfNeighbors(placed), 1)
    session.viewer.set_focus(0)
    session.viewer.scroll_to(7)
    scene.workers.settle()
    numbers = [pane.index for pane in session.state.panes[:2] if pane is not None]
    assert numbers == [7, 7]
    session.viewer.set_focus(1)
    session.viewer.scroll_to(2)
    assert [pane.index for pane in session.state.panes[:2] if pane is not None] == [2, 2]


def test_it_closes_with_the_study_that_it_is_made_from(bench: Bench) -> None:
    bench.session.viewer.show_stack(MEAN, 2)
    bench.workers.settle()
    bench.session.close_study()
    assert bench.session.state.panes == (None,) * 4
    assert bench.in_memory(MEAN, STORED) == []


def test_a_slice_of_files_that_are_gone_says_so_and_comes_back(bench: Bench) -> None:
    bench.files.missing = {STORED.frames[3].path}
    bench.session.close_all()
    bench.open(library(STORED))
    bench.session.viewer.show_stack(MEAN)
    bench.session.viewer.scroll_to(4)  # made from the slices 3 to 5
    bench.workers.settle()
    assert bench.pane.frame is None
    assert "3.dcm" in bench.pane.failure.for_user()
    bench.files.missing = set()
    bench.session.viewer.scroll_to(4)
    bench.workers.settle()
    shown(bench, 4)


class Confused(MeanOfNeighbors):
    """Gives another slice than the one that was asked for."""

    def read(self, index: int, read_stored: ReadStored) -> Generator[None, None, Frame]:
        return (yield from super().read((index + 1) % len(self), read_stored))


class Broken(MeanOfNeighbors):
    """Fails as nobody foresaw."""

    def read(self, index: int, read_stored: ReadStored) -> Generator[None, None, Frame]:
        yield
        raise ZeroDivisionError


@pytest.mark.parametrize("kind", [Confused, Broken])
def test_a_source_that_is_wrong_leaves_its_slice_empty_and_says_which(
    bench: Bench, kind: type[MeanOfNeighbors]
) -> None:
    bench.session.viewer.show_stack(kind(STORED))
    bench.session.viewer.scroll_to(2)
    bench.workers.settle()
    assert bench.pane.frame is None
    assert bench.pane.failure.for_user() == "Slice 3 of 7 cannot be shown: it could not be read."
    assert bool(bench.crashes) is (kind is Broken)


def test_the_window_shows_it_with_its_own_words(qtbot: QtBot, scene: WindowScene) -> None:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.resize(1600, 1000)
    with qtbot.waitExposed(window):
        window.show()
    scene.open("head")
    scene.session.viewer.show_stack(MeanOfNeighbors(HEAD))
    scene.session.viewer.scroll_to(4)
    scene.workers.settle()
    pane = window.panes.panes[0]
    qtbot.waitUntil(lambda: pane.shown.frame is scene.session.state.panes[0].frame)
    assert pane.shown.frame is not None
    assert pane.shown.frame.attributes.image_type[0] == "DERIVED"
    written = "\n".join(line.text for line in (*pane.view.text.top_left, *pane.view.text.top_right))
    assert "(5/10)" in written
    assert "Im " not in written


class ComputedWorld(World):
    """The oracle's world, where computed slices are as many as stored."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.random = Random(seed)
        self.shown = 0
        self.computed = {name: MeanOfNeighbors(whole) for name, whole in WORLD.items()}
        for source in self.computed.values():
            self.know(source)

    def know(self, source: MeanOfNeighbors) -> None:
        """Know the true values of its slices.

        While a folder is read, they have fewer neighbors.
        """
        for one in slices(source):
            self.labels[self.true_frame(one).content_sha256] = self.true_label(one)

    def open_uids(self) -> set[str]:
        return super().open_uids() | {f"mean:{uid}" for uid in super().open_uids()}

    def overwrite(self, value: int) -> None:
        """Leave the memory of frames alone.

        What is computed from it could not be told from the truth.
        """

    def show(self, choice: int, pane: int | None) -> None:
        stacks = self.session.library.stacks
        if stacks and self.random.random() < 0.7:
            source = MeanOfNeighbors(stacks[choice % len(stacks)])
            self.know(source)
            self.session.viewer.show_stack(source, pane)
            self.shown += 1
        else:
            super().show(choice, pane)


def test_no_result_stands_on_the_wrong_image_where_some_are_computed(qapp: object) -> None:
    world, random = ComputedWorld(seed=11), Random(11)
    world.open("a")
    try:
        for step in range(STEPS):
            if step % 20 == 0:
                world.show(step, random.choice((None, 0, 1, 2, 3)))
            random_step(world, random)
            assert not world.mismatches
        world.workers.settle()
        assert not world.mismatches
    finally:
        world.close()
    assert world.shown > STEPS / 40
    assert world.painted > STEPS / 10
    assert world.exported_results > 0


def test_files_are_read_for_it_in_their_own_process(qtbot: QtBot, tmp_path: Path) -> None:
    ct_series(tmp_path, slices=5)
    files = Sandbox()
    files.start()
    session = ViewerSession(files)
    try:
        with qtbot.waitSignal(session.scan_finished, timeout=PATIENCE_MS):
            session.open_paths([tmp_path])
        [whole] = session.library.stacks
        source = MeanOfNeighbors(whole)
        session.viewer.show_stack(source)
        qtbot.waitUntil(lambda: not any(map(session.busy, range(4))), timeout=PATIENCE_MS)
        pane: Any = session.focused
        true = [apply_modality(files.read_frame(whole.frames[at])) for at in (1, 2, 3)]
        np.testing.assert_allclose(pane.frame.stored, np.mean(true, axis=0), rtol=1e-6)
    finally:
        session.shutdown()
        session.deleteLater()
