"""A session without threads and files for panes: the real reducers and processings, frames made in memory."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from medviewer.dicom.model import FrameReference, Library, OrderedBy, Series, Stack, Study
from medviewer.errors import MedviewerError
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry, SpacingKind
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.frame.voi import Voi, Window
from medviewer.imaging.identity import Identity
from medviewer.imaging.processing import Processed, process
from medviewer.inference.outcome import Gate, ModelResult, ResultKey
from medviewer.translation import Message
from medviewer.viewer import state as ds
from medviewer.viewer.render.pyramid import Zoom
from tests.made_results import answered, failed, refused
from tests.virtual_time import VirtualWorkers

BRAIN = Window(40, 80, explanation="Brain")
PROCESSINGS = ("original", "denoised", "thresholded", "edges")
CT = FrameAttributes(modality="CT")
MODEL = ds.ModelHashes("preprocessing", "model")


def identity(name: str = "DOE^JANE", number: str = "000417", series: str = "1") -> Identity:
    return Identity(
        patient_name=name,
        patient_id=number,
        birth_date="19610402",
        study_instance_uid=f"1.2.{number}",
        study_date="20261120",
        study_description="CT Head",
        series_instance_uid=f"1.2.{number}.{series}",
        series_description="Head 5.0",
        modality="CT",
    )


def make_stack(
    slices: int = 10,
    *,
    who: Identity | None = None,
    shape: tuple[int, ...] = (64, 64),
    attributes: FrameAttributes = CT,
    plane: str = "Axial",
    spacing: bool = True,
    oriented: bool = True,
    aspect: float = 1.0,
    step_mm: float = 5.0,
    start_mm: float = 0.0,
    space: str = "",
) -> Stack:
    """Return an axial stack, 5 mm apart, 0.5 mm between columns; `space` is its frame of reference."""
    who = who or identity()
    spacing_mm = (0.5 * aspect, 0.5) if spacing else None
    references = tuple(
        FrameReference(
            path=Path(f"{who.series_instance_uid}-{number}"),
            sop_instance_uid=f"{who.series_instance_uid}.{number}",
            geometry=FrameGeometry(
                spacing_mm=spacing_mm,
                spacing_kind=SpacingKind.PATIENT if spacing else SpacingKind.UNKNOWN,
                pixel_aspect=aspect,
                position_mm=(-10.0, -20.0, start_mm + step_mm * number),
                row_direction=(1.0, 0.0, 0.0) if oriented else None,
                column_direction=(0.0, 1.0, 0.0) if oriented else None,
                slice_thickness_mm=5.0,
                frame_of_reference_uid=space,
            ),
            attributes=attributes,
            position_mm=start_mm + step_mm * number,
        )
        for number in range(slices)
    )
    return Stack(
        key=who.series_instance_uid,
        identity=who,
        frames=references,
        rows=shape[0],
        columns=shape[1],
        spacing_mm=(0.5 * aspect, 0.5, 5.0) if spacing else None,
        ordered_by=OrderedBy.POSITION,
        plane=plane,
    )


def make_frame(stack: Stack, index: int, stored: np.ndarray | None = None) -> Frame:
    """Return a frame of a stack: by default noise around 40 HU, another one for each slice."""
    reference = stack.frames[index]
    if stored is None:
        noise = np.random.default_rng(index).normal(1064, 20, (stack.rows, stack.columns))
        stored = noise.astype(np.int16)
    color = stored.ndim == 3
    return Frame(
        stored,
        reference.sop_instance_uid,
        bits_stored=8 if color else 12,
        modality=Rescale() if color else Rescale(1, -1024, "HU"),
        voi=() if color else (BRAIN,),
        geometry=reference.geometry,
        attributes=reference.attributes,
    )


def outcome_for(frame: Frame, kind: str = "prediction", *, overridden: bool = False) -> ModelResult:
    key = ds.result_key(frame, MODEL)
    assert key is not None
    gate = Gate("body part", False, "body part not stated")
    if kind == "refusal":
        return refused(key, gate)
    if kind == "no result":
        return failed(key, Message("invalid numbers in the pixels"))
    return answered(key, overridden=gate if overridden else None)


def foreign_key(frame: Frame) -> ResultKey:
    """Return the key of another slice that looks alike."""
    key = ds.result_key(frame, MODEL)
    assert key is not None
    return replace(key, sop_instance_uid=key.sop_instance_uid + "9")


class SceneViewing(QObject):
    """What is coming: the next slice, as soon as it is asked for."""

    came_ahead = Signal()

    def __init__(self, session: "SceneSession") -> None:
        super().__init__(session)
        self._session = session
        self.zooms: dict[tuple[object, int | None], Zoom] = {}

    def next_slice(self, number: int) -> tuple[ds.PaneState, Processed] | None:
        session = self._session
        pane = session.state.panes[number]
        if pane is None or pane.presentation is not None or pane.index + 1 == len(pane.stack.frames):
            return None
        state = ds.navigate(session.state, [number], pane.index + 1)
        frame = session.frame(pane.stack, pane.index + 1)
        after = ds.frame_decoded(state, pane.stack.frames[pane.index + 1].key, frame).panes[number]
        return None if after is None else (after, session.process(frame, pane.processing))


class SceneSession(QObject):
    """What a pane needs of the session; frames arrive when a test says so, or at once."""

    state_changed = Signal(object)
    pane_changed = Signal(int)
    busy_changed = Signal(int, bool)
    linked_changed = Signal(bool)
    identity_hidden_changed = Signal(bool)
    keyboard_returned = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = ds.DisplayState(model=MODEL)
        self.library = Library()
        self.pixels: dict[str, np.ndarray] = {}
        self.at_once = True  # frames are there as soon as they are asked for
        self.linked = True
        self.hide_identity = False
        self.opened: list[Path] = []
        self._processed: list[Processed | None] = [None] * 4
        self._busy = [False] * 4
        self.refusals: dict[int, MedviewerError] = {}
        self.frames: dict[str, Frame] = {}
        self.workers = VirtualWorkers()
        self.viewing = SceneViewing(self)
        self.results: dict[tuple[Frame, str], Processed] = {}

    def processed(self, pane: int) -> Processed | None:
        return self._processed[pane]

    def refusal(self, pane: int) -> MedviewerError | None:
        return self.refusals.get(pane)

    def busy(self, pane: int) -> bool:
        return self._busy[pane]

    def be_busy(self, pane: int, busy: bool) -> None:
        self._busy[pane] = busy
        self.busy_changed.emit(pane, busy)

    def frame(self, stack: Stack, index: int) -> Frame:
        uid = stack.frames[index].sop_instance_uid
        if uid not in self.frames:
            self.frames[uid] = make_frame(stack, index, self.pixels.get(stack.key))
        return self.frames[uid]

    def swap(self, state: ds.DisplayState) -> None:
        """Take a state, and with `at_once` all frames that it waits for."""
        for pane in state.panes if self.at_once else ():
            if pane is not None and pane.frame is None and not pane.failure:
                frame = self.frame(pane.stack, pane.index)
                state = ds.frame_decoded(state, pane.slice_key, frame)
        before, self.state = self.state, state
        for number, pane in enumerate(state.panes):
            if pane is not before.panes[number]:
                self._process(number)
                self.pane_changed.emit(number)
        self.state_changed.emit(state)

    def _process(self, number: int) -> None:
        pane = self.state.panes[number]
        self._processed[number] = None
        if pane is not None and pane.seen is not None:
            self._processed[number] = self.process(pane.seen, pane.processing)

    def process(self, frame: Frame, name: str) -> Processed:
        if name == "original":  # made anew each time, as the session does
            return process(frame, name, {}, at_rest=False)
        if (frame, name) not in self.results:
            self.results[frame, name] = process(frame, name, {}, at_rest=False)
        return self.results[frame, name]

    def together(self, number: int) -> list[int]:
        here = self.state.panes[number]
        panes = enumerate(self.state.panes)
        return [
            n for n, pane in panes if pane and here and self.linked and pane.stack.key == here.stack.key
        ] or [number]

    def show_stack(self, stack: Stack, pane: int | None = None) -> None:
        numbers = range(4) if pane is None else [pane]
        if stack not in self.library.stacks:
            series = (
                *(one for study in self.library.studies for one in study.series),
                Series(stack.identity, (stack,)),
            )
            self.library = Library(studies=(Study(stack.identity, series),))
        processings = {number: PROCESSINGS[number] for number in numbers}
        self.swap(ds.show_stack(self.state, processings, stack, len(stack.frames) // 2))

    def scroll_by(self, slices: int, pane: int) -> None:
        here = self.state.panes[pane]
        if here is not None:
            self.swap(ds.navigate(self.state, self.together(pane), here.index + slices))

    def scroll_to(self, index: int) -> None:
        self.swap(ds.navigate(self.state, self.together(self.state.focus), index))

    def set_voi(self, voi: Voi | None, pane: int) -> None:
        self.swap(ds.set_voi(self.state, self.together(pane), voi))

    def set_processing(self, pane: int, name: str) -> None:
        self.swap(ds.set_processing(self.state, pane, name))

    def set_focus(self, pane: int) -> None:
        if pane != self.state.focus:
            self.swap(ds.set_focus(self.state, pane))

    def open_paths(self, paths: list[Path]) -> None:
        self.opened += paths

    def change_pane(self, number: int, **changes: object) -> None:
        """Change anything of a pane's state, as no reducer would."""
        panes = list(self.state.panes)
        pane = panes[number]
        assert pane is not None
        panes[number] = replace(pane, **changes)  # type: ignore[arg-type]  # a test names the fields
        self.swap(replace(self.state, panes=tuple(panes)))

    def hide(self, hidden: bool) -> None:
        self.hide_identity = hidden
        self.identity_hidden_changed.emit(hidden)
