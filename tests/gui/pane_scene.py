"""A session without threads and files for panes: the real reducers and processings, frames made in memory."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from medviewer.dicom.model import FrameReference, OrderedBy, StoredStack
from medviewer.errors import MedviewerError
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry, SpacingKind
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.frame.voi import Window
from medviewer.imaging.identity import Identity
from medviewer.imaging.processing import Processed, process
from medviewer.imaging.source import SliceKey
from medviewer.inference.outcome import Gate, ModelResult, ResultKey
from medviewer.translation import Message
from medviewer.viewer import state as ds
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState
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
) -> StoredStack:
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
    return StoredStack(
        key=who.series_instance_uid,
        identity=who,
        frames=references,
        rows=shape[0],
        columns=shape[1],
        spacing_mm=(0.5 * aspect, 0.5, 5.0) if spacing else None,
        ordered_by=OrderedBy.POSITION,
        plane=plane,
    )


def make_frame(stack: StoredStack, index: int, stored: np.ndarray | None = None) -> Frame:
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


class SceneViewer(Viewer):
    """Tells which stacks its frames are of."""

    def __init__(self) -> None:
        super().__init__()
        self.stacks: dict[str, StoredStack] = {}

    def show_and_fetch(self, display: ds.DisplayState, **changes: object) -> None:
        self.stacks |= {pane.stack.key: pane.stack for pane in display.panes if pane is not None}
        super().show_and_fetch(display, **changes)


class SceneSession(QObject):
    """What a pane needs of the session; frames arrive when a test says so, or at once."""

    viewer_changed = Signal(object, object)
    state_changed = Signal(object)
    came_ahead = Signal()
    pane_changed = Signal(int)
    busy_changed = Signal(int, bool)
    linked_changed = Signal(bool)
    identity_hidden_changed = Signal(bool)
    keyboard_returned = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.viewer = SceneViewer()
        self.viewer.frames = self
        self.viewer.work = self
        self.viewer.show(ds.DisplayState(model=MODEL))
        self.viewer.follow(self._follow)
        self.pixels: dict[str, np.ndarray] = {}
        self.at_once = True  # frames are there as soon as they are asked for
        self.opened: list[Path] = []
        self._processed: list[Processed | None] = [None] * 9
        self._busy = [False] * 9
        self.refusals: dict[int, MedviewerError] = {}
        self.frames: dict[str, Frame] = {}
        self.workers = VirtualWorkers()
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

    def frame(self, stack: StoredStack, index: int) -> Frame:
        uid = stack.frames[index].sop_instance_uid
        if uid not in self.frames:
            self.frames[uid] = make_frame(stack, index, self.pixels.get(stack.key))
        return self.frames[uid]

    @property
    def state(self) -> ds.DisplayState:
        return self.viewer.state.display

    def swap(self, state: ds.DisplayState) -> None:
        """Take a state, and with `at_once` all frames that it waits for."""
        self.viewer.show_and_fetch(state)

    def cached(self, key: SliceKey) -> Frame | None:
        for stack in self.viewer.stacks.values() if self.at_once else ():
            if (index := stack.index_of(key)) is not None:
                return self.frame(stack, index)
        return None

    def fetch(self) -> None:
        """Read nothing: what is not there at once never comes."""

    def next_slice(self, number: int) -> tuple[ds.PaneState, Processed] | None:
        """Return the next slice, as soon as it is asked for."""
        pane = self.state.panes[number]
        if pane is None or pane.presentation is not None or pane.index + 1 == len(pane.stack.frames):
            return None
        state = ds.navigate(self.state, [number], pane.index + 1)
        frame = self.frame(pane.stack, pane.index + 1)
        after = ds.frame_decoded(state, pane.stack.slice_key(pane.index + 1), frame).panes[number]
        return None if after is None else (after, self.process(frame, pane.processing))

    def _follow(self, before: ViewerState, after: ViewerState) -> None:
        if after.display is not before.display:
            for number, pane in enumerate(after.display.panes):
                if number >= len(before.display.panes) or pane is not before.display.panes[number]:
                    self._process(number)
                    self.pane_changed.emit(number)
            self.state_changed.emit(after.display)
        self.viewer_changed.emit(before, after)
        if after.linked != before.linked:
            self.linked_changed.emit(after.linked)
        if after.identity_hidden != before.identity_hidden:
            self.identity_hidden_changed.emit(after.identity_hidden)

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

    def return_keyboard(self) -> None:
        self.keyboard_returned.emit()

    def open_paths(self, paths: list[Path]) -> None:
        self.opened += paths

    def change_pane(self, number: int, **changes: object) -> None:
        """Change anything of a pane's state, as no reducer would."""
        panes = list(self.state.panes)
        pane = panes[number]
        assert pane is not None
        panes[number] = replace(pane, **changes)  # type: ignore[arg-type]  # a test names the fields
        self.swap(replace(self.state, panes=tuple(panes)))
