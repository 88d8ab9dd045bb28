"""A world for the real session.

Made files, an oracle for a classifier, and virtual time.

The classifier is an oracle whose label is the hash of the modality values that it got. Whenever anything may
be painted, the label on each pane must be the hash of the values that belong there.
"""

import json
from collections.abc import Generator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import numpy as np
from PIL import Image

from medviewer.dicom.library import ScanProgress
from medviewer.export.pictures.png import CHUNK
from medviewer.gui.session.session import ViewerSession
from medviewer.imaging.annotation.masks import OUTLINE
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.voi import VoiOrigin, Window
from medviewer.imaging.processing import PROCESSINGS
from medviewer.imaging.source import Slice, SliceKey
from medviewer.inference.pack.packs import InstalledModel
from medviewer.inference.verdicts import Reading, Stance, Verdict, question_of
from medviewer.viewer import models, state as display_state, verdicts
from medviewer.viewer.annotations.edits import redo, undo
from medviewer.viewer.annotations.outlines import (
    ADDED,
    Correctable,
    corrected,
    correction_of,
    keep_correction,
)
from medviewer.viewer.commands.images.classification import classify, classify_series
from medviewer.viewer.commands.images.heat_map import toggle_heat_map
from medviewer.viewer.commands.images.models import hold_model
from medviewer.viewer.commands.table import command_by_id
from medviewer.viewer.render.graphics import heat_primitives
from medviewer.viewer.state.display_state import DisplayState
from medviewer.viewer.state.links import Located
from medviewer.viewer.state.pane_annotations import model_text
from medviewer.viewer.state.pane_state import PaneState
from medviewer.viewer.state.results import result_of
from medviewer.viewer.texts import strip_of
from tests.made_stacks import MadeFiles, drained, library, load_oracle, slices, stack, values_sha256
from tests.saved_pictures import annotated_png
from tests.virtual_time import VirtualWorkers

PLAIN = stack("A", "1", slices=6)
FRAMES = stack("A", "2", slices=5, frames=True)  # all frames of this instance have the same pixels
OTHER = stack("B", "1", slices=6)
SAME_UIDS = stack("C", "1", slices=6, uids=[frame.sop_instance_uid for frame in PLAIN.frames])
CORRECTED = stack("E", "1", slices=6, uids=[frame.sop_instance_uid for frame in PLAIN.frames])  # and pixels
SAME_NAME = replace(
    stack("D", "1", slices=6), identity=replace(PLAIN.identity, patient_id="ID-another"), key=PLAIN.key
)
Whose = tuple[str, str, int, str]
"""What an answer is about by the truth of its slice: values, instance, frame, model."""

WORLD = {"a": PLAIN, "m": FRAMES, "b": OTHER, "c": SAME_UIDS, "d": SAME_NAME, "e": CORRECTED}


def scan(paths: Sequence[Path], _files: Any, _text_encoding: str = "") -> Generator[Any, None, None]:
    """Find the stack that a path is named after.

    First every other slice, then all.
    """
    whole = WORLD[paths[0].name]
    part = replace(whole, frames=whole.frames[1::2])
    for found in (part, whole):
        yield ScanProgress(library(found), len(found.frames), None, finished=False)


class World:
    """The session with made files, an oracle and virtual time.

    It checks itself at every change.
    """

    def __init__(self, seed: int = 0) -> None:
        self.files = MadeFiles()
        self.files.same_pixels = {FRAMES.frames[0].path}
        self.files.copies = {
            copy.path: original.path for copy, original in zip(CORRECTED.frames, PLAIN.frames, strict=True)
        }
        self.workers = VirtualWorkers(seed)
        self.session = ViewerSession(self.files, workers=self.workers, load_classifier=load_oracle, scan=scan)
        self.truth: dict[SliceKey, Frame] = {}
        self.labels = {
            self.true_frame(one).content_sha256: self.true_label(one)
            for whole in WORLD.values()
            for one in slices(whole)
        }
        self.outlined = self.heated = self.painted = self.marked = self.exported = self.exported_results = 0
        self.said: dict[Whose, list[Verdict]] = {}  # as the reader gave them, the last one last
        self.verdicts_seen = self.ticks = self.hidden = self.followed = 0
        self.mismatches: list[str] = []
        self.session.state_changed.connect(self.on_state)
        self.session.pane_changed.connect(self.on_pane)

    def true_frame(self, one: Slice) -> Frame:
        """Return the true frame of a slice, read or computed from such."""
        if one.key not in self.truth:
            self.truth[one.key] = drained(
                one.read(lambda reference: self.files.frame(reference, self.files.pixels(reference)))
            )
        return self.truth[one.key]

    def true_hash(self, one: Slice) -> str:
        return self.true_frame(one).pixel_sha256

    def true_label(self, one: Slice) -> str:
        return values_sha256(self.true_frame(one))

    def on_state(self, state: DisplayState) -> None:
        """Check inside the signal, where a widget would paint.

        An error raised in a slot would be lost.
        """
        try:
            self.check(state)
        except AssertionError as error:
            self.mismatches.append(str(error))

    def on_pane(self, number: int) -> None:
        try:
            self.check_pane(number)
        except AssertionError as error:
            self.mismatches.append(str(error))

    def check_pane(self, number: int) -> None:
        pane = self.session.state.panes[number]
        processed = self.session.processed(number)
        if processed is not None:
            assert pane is not None
            assert processed.frame is pane.frame, "a processed picture of another frame"

    def whose(self, pane: PaneState) -> Whose:
        """Return the slice that an answer in a pane has to be about."""
        key = pane.slice_key
        return self.true_label(pane.slice), key.instance_uid, key.frame_number, self.session.model

    def last_said(self, whose: Whose) -> Verdict:
        said = self.said.get(whose)
        return said[-1] if said else Verdict()

    def check_verdicts(self, state: DisplayState) -> None:
        """Check that verdicts and hidden answers are where they were left."""
        there = {
            (self.labels.get(key.content_sha256, ""), key.sop_instance_uid, key.frame_number, result.model)
            for key, result in state.results.items()
        }
        self.said = {whose: said for whose, said in self.said.items() if whose in there}
        for pane in state.panes:
            if pane is None or pane.frame is None or pane.token.key not in state.results:
                continue
            expected = self.last_said(self.whose(pane))
            found = _timeless(display_state.verdict_of(state, pane.token.key))
            assert found == expected, "a verdict on another picture"
            self.verdicts_seen += expected.is_said
            if state.reader_first and not expected.reveals:
                self.hidden += 1
                assert pane.result is None, "an answer before the reader's own"
        stack = None if state.focused is None else state.focused.stack
        if stack is None or not any(stack is one for one in self.session.library.stacks):
            return
        strip = strip_of(state, stack)
        for place, one in enumerate(slices(stack)):
            whose = (self.true_label(one), one.key.instance_uid, one.key.frame_number, self.session.model)
            expected = self.last_said(whose)
            if state.reader_first and not expected.reveals:
                is_unread = place in strip.unread and place not in strip.results
                assert is_unread or place not in strip.marks, "a mark before the reader's own answer"
            if place in strip.results:
                assert strip.stances.get(place) == _stance(expected, whose[0]), "a tick under another slice"
                self.ticks += place in strip.stances

    def check(self, state: DisplayState) -> None:
        self.check_verdicts(state)
        for pane in state.panes:
            if pane is not None:
                self.check_painted(pane)
        for whole in self.session.library.stacks:
            for one in slices(whole):
                marked = result_of(state, one.key)
                if marked is not None:
                    self.marked += 1
                    assert marked.content.label == self.true_label(one), "a mark of another slice"
                    assert marked.model == self.session.model, "a mark of another model"
        for key, result in state.results.items():
            assert result.key == key
            assert result.content.label == self.labels.get(key.content_sha256), (
                "a stored result of other values"
            )
            assert key.sop_instance_uid in self.open_uids(), "a result of closed data"

    def open_uids(self) -> set[str]:
        """Return all instances of open series, also those not found yet."""
        open_series = {stack.identity for stack in self.session.library.stacks}
        return {
            frame.sop_instance_uid
            for whole in WORLD.values()
            if whole.identity in open_series
            for frame in whole.frames
        }

    def check_painted(self, pane: PaneState) -> None:
        if pane.frame is not None:
            assert pane.slice_key.names(pane.frame)
            assert pane.frame.pixel_sha256 == self.true_hash(pane.slice), "the picture of another slice"
        if pane.result is None:
            self.check_outlines(pane)
            return
        self.painted += 1
        assert pane.frame is not None, "a result without its picture"
        assert pane.result.content.label == self.true_label(pane.slice), "the result of another picture"
        assert pane.result.key.sop_instance_uid == pane.slice_key.instance_uid
        assert pane.result.key.frame_number == pane.slice_key.frame_number
        assert pane.result.model == self.session.model, "the result of another model"
        self.check_outlines(pane)
        heat = heat_primitives(pane)
        if heat:
            self.heated += 1
            assert pane.result.heat_map is not None
            assert pane.result.heat_map.label == self.true_label(pane.slice), "the heat map of another"

    def check_outlines(self, pane: PaneState) -> None:
        """Check that each outline is of this very picture, and not hidden."""
        outlines = [one for one in pane.annotations if one.kind == OUTLINE]
        self.outlined += len(outlines)
        for one in outlines:
            assert one.text == self.true_label(pane.slice), "an outline of another picture"
            assert pane.result is not None or not self.session.state.reader_first, (
                "an outline before the answer"
            )

    def close(self) -> None:
        self.session.shutdown()
        self.session.deleteLater()

    # what a user, the files or the machine may do

    def open(self, name: str) -> None:
        self.session.open_paths([Path(name)])

    def show(self, choice: int, pane: int | None) -> None:
        stacks = self.session.library.stacks
        if stacks:
            self.session.viewer.show_stack(stacks[choice % len(stacks)], pane)

    def overwrite(self, value: int) -> None:
        if self.files.given:
            self.files.overwrite_last(value)

    def lose(self, name: str, slice_number: int) -> None:
        frames = WORLD[name].frames
        self.files.missing ^= {frames[slice_number % len(frames)].path}

    def export(self, number: int) -> None:
        """Export a pane, and read from the file whose image it says it is."""
        pane = self.session.state.panes[number]
        if pane is None or pane.frame is None:
            return
        png = Image.open(BytesIO(annotated_png(pane, settings=self.session.settings, with_uids=True)))
        said = json.loads(png.text[CHUNK])
        self.exported += 1
        assert said["source"]["sop_instance_uid"] == pane.slice_key.instance_uid
        assert said["source"]["frame_number"] == pane.slice_key.frame_number
        if said["source"]["pixel_sha256"] != self.true_hash(pane.slice):  # its memory was overwritten
            assert said["source"]["pixel_sha256"] == replace(pane.frame).pixel_sha256
            assert said["result"] is None, "a result on pixels that are not those it is about"
        elif said["result"] is not None:
            self.exported_results += 1
            assert display_state.hidden_result(self.session.state, pane) is None, "a hidden answer exported"
            assert said["result"]["label"] == self.true_label(pane.slice), "an exported result of another"

    def correct(self, random: Random) -> None:
        """Correct the outline of the focused picture, or undo, or redo."""
        viewer, pane = self.session.viewer, self.session.state.focused
        what = random.random()
        if pane is None or pane.frame is None or pane.result is None or what < 0.3:
            (undo if what < 0.2 else redo)(viewer)
            return
        mask = np.zeros((pane.frame.rows, pane.frame.columns), bool)
        mask[random.randrange(len(mask)) :, random.randrange(mask.shape[1]) :] = True
        before = Correctable(mask, model_text(pane.result), correction_of(pane))
        made = corrected(pane, before, mask)
        assert made is not None
        keep_correction(viewer, ADDED, replace(made, text=self.true_label(pane.slice)))

    def compare(self, random: Random, pane: int) -> None:
        """Link, part, swap or locate, as far as it can be done now."""
        viewer, shown = self.session.viewer, self.session.state.panes[pane]
        name = random.choice(("link_here", "part_pane", "remove_offsets", "swap", "prior", "window_alike"))
        command_by_id(f"view.{name}").perform(viewer)
        viewer.scroll_alone(random.choice((-1, 1)), pane)
        if shown is not None:
            viewer.locate(Located((1.0, 2.0, 3.0), shown.stack, shown.index))

    def say(self, random: Random) -> None:
        """Give a verdict before a hidden answer, or about the one in sight."""
        viewer, pane = self.session.viewer, self.session.state.focused
        if pane is None or pane.frame is None:
            return
        hidden, shown = verdicts.waiting(viewer.state), verdicts.in_sight(viewer.state)
        before = self.last_said(self.whose(pane))
        if hidden is not None:
            question = question_of(hidden)
            assert question is not None, "a refusal was hidden"
            if random.random() < 0.2:
                self._note(pane, replace(before, is_skipped=True))
                verdicts.show_without(viewer)
                return
            label = random.choice(verdicts.choices_of(question))
            is_blind = hidden.key not in viewer.state.display.seen_results
            reading = Reading(label, is_blind=is_blind)
            self._note(pane, replace(before, reading=reading))
            verdicts.give_reading(viewer, label)
        elif shown is not None:
            stance = random.choice(tuple(Stance))
            if before.stance is not stance:
                self._note(pane, replace(before, stance=stance))
            verdicts.give_stance(viewer, stance)

    def take_back(self) -> None:
        """Take the last verdict on the focused slice back."""
        pane = self.session.state.focused
        if pane is None or pane.frame is None:
            return
        if verdicts.can_take_back(self.session.state, pane):
            self.said[self.whose(pane)].pop()
        verdicts.take_back(self.session.viewer)

    def read_first(self, on: bool) -> None:
        viewer = self.session.viewer
        viewer.show(display_state.set_reader_first(viewer.state.display, on))

    def _note(self, pane: PaneState, verdict: Verdict) -> None:
        self.said.setdefault(self.whose(pane), []).append(verdict)

    def classify_all_series(self) -> None:
        """Ask about all open stacks, as if the model were made for each."""
        wanted = [(stack, False) for stack in self.session.library.stacks if len(stack) > 1]
        self.session.classify_all_series(wanted)

    def follow(self, random: Random) -> None:
        """Ask by the model that the header fits, or choose one by hand."""
        viewer = self.session.viewer
        before = self.session.model
        what = random.random()
        if what < 0.15:
            name = random.choice(("oracle", "second"))
            hold_model(viewer, name)
            self.session.use_model(name)
        elif what < 0.3:
            classify_series(viewer)
        else:
            classify(viewer)
        self.followed += self.session.model != before

    def window(self, center: float) -> None:
        self.session.viewer.set_voi(Window(center, 80.0, origin=VoiOrigin.USER))


def _timeless(verdict: Verdict) -> Verdict:
    reading = None if verdict.reading is None else replace(verdict.reading, at="")
    return replace(verdict, reading=reading, stance_at="")


def _stance(verdict: Verdict, answered: str) -> Stance | None:
    """Return the verdict's opinion of an answer that is the label."""
    if verdict.stance is not None or verdict.reading is None:
        return verdict.stance
    if not verdict.reading.label:
        return Stance.UNSURE
    return Stance.AGREE if verdict.reading.label == answered else Stance.DISAGREE


def random_step(world: World, random: Random) -> None:
    session = world.session
    pane = random.randrange(4)
    name = random.choice(list(WORLD))
    steps = {
        lambda: session.viewer.scroll_by(random.choice((-2, -1, 1, 1, 3))): 20,
        lambda: session.viewer.scroll_to(random.randrange(6)): 4,
        lambda: session.classify(random.random() < 0.2): 14,
        lambda: session.classify_series(): 2,
        lambda: world.classify_all_series(): 2,
        lambda: world.workers.advance(random.uniform(0, 400)): 30,
        lambda: session.viewer.set_focus(pane): 4,
        lambda: world.show(random.randrange(9), random.choice((None, pane))): 3,
        lambda: world.open(name): 3,
        lambda: session.viewer.set_processing(pane, random.choice(tuple(PROCESSINGS))): 2,
        lambda: session.set_parameter("denoised", "strength", random.choice((0.5, 1.0))): 1,
        lambda: world.window(random.uniform(-500, 500)): 2,
        lambda: session.viewer.set_linked(random.random() < 0.7): 1,
        lambda: session.use_model(random.choice(("oracle", "second"))): 1,
        lambda: session.cancel(): 1,
        lambda: session.close_study(): 0.5,
        lambda: session.close_all(): 0.3,
        lambda: world.overwrite(random.randrange(100)): 2,
        lambda: world.lose(name, random.randrange(6)): 1,
        lambda: world.export(pane): 2,
        lambda: world.say(random): 8,
        lambda: world.take_back(): 3,
        lambda: world.read_first(random.random() < 0.6): 2,
    }
    random.choices(list(steps), weights=list(steps.values()))[0]()


def header_model(frame: Frame, _models: Sequence[InstalledModel]) -> str:
    """Return the model that is made for a frame: half of them have another."""
    return ("oracle", "second")[sum(frame.sop_instance_uid.encode()) % 2]


def walk(
    steps: int,
    seed: int,
    *,
    compares: bool = False,
    explains: bool = False,
    corrects: bool = False,
    follows: bool = False,
) -> World:
    world = World(seed)
    random = Random(seed)
    with (
        patch.object(models, "takes_series", lambda *_, **__: True),
        patch.object(models, "header_model", header_model),
    ):
        try:
            for _ in range(steps):
                random_step(world, random)
                if compares and random.random() < 0.1:
                    world.compare(random, random.randrange(4))
                if explains and random.random() < 0.15:
                    toggle_heat_map(world.session.viewer)
                if corrects and random.random() < 0.15:
                    world.correct(random)
                if follows and random.random() < 0.15:
                    world.follow(random)
                assert not world.mismatches
            world.workers.settle()
            assert not world.mismatches
        finally:
            world.close()
    return world
