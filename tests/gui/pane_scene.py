"""A real session in virtual time for panes, with made stacks."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from medviewer.dicom.model import FrameReference, OrderedBy, StoredStack
from medviewer.gui.display.frame_loader import READERS
from medviewer.gui.session.session import ViewerSession
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry, SpacingKind
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.frame.voi import Window
from medviewer.imaging.identity import Identity
from medviewer.inference.result import Gate, ModelHashes, ModelResult, ResultKey
from medviewer.translation import Message
from medviewer.viewer import state as display_state
from medviewer.viewer.viewer_state import ViewerState
from tests.made_results import answered, failed, refused
from tests.virtual_time import VirtualWorkers

BRAIN = Window(40, 80, explanation="Brain")
PROCESSINGS = ("original", "denoised", "thresholded", "edges")
CT = FrameAttributes(modality="CT")
MODEL = ModelHashes("preprocessing", "model")


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
    """Return an axial stack, 5 mm apart, 0.5 mm between columns.

    `space` is its frame of reference.
    """
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
    """Return a frame of a stack.

    By default noise around 40 HU, another one for each slice.
    """
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


def result_for(frame: Frame, kind: str = "prediction", *, overridden: bool = False) -> ModelResult:
    key = display_state.result_key(frame, MODEL)
    assert key is not None
    gate = Gate("body part", False, "body part not stated")
    if kind == "refusal":
        return refused(key, gate)
    if kind == "no result":
        return failed(key, Message("invalid numbers in the pixels"))
    return answered(key, overridden=gate if overridden else None)


def foreign_key(frame: Frame) -> ResultKey:
    """Return the key of another slice that looks alike."""
    key = display_state.result_key(frame, MODEL)
    assert key is not None
    return replace(key, sop_instance_uid=key.sop_instance_uid + "9")


class MadeFrames:
    """Reads the frames of stacks that are made in memory, each once."""

    def __init__(self) -> None:
        self.stacks: dict[str, StoredStack] = {}
        self.pixels: dict[str, np.ndarray] = {}  # of all slices of a stack, by its key
        self.frames: dict[str, Frame] = {}  # by SOP Instance UID

    def frame(self, stack: StoredStack, index: int) -> Frame:
        uid = stack.frames[index].sop_instance_uid
        if uid not in self.frames:
            self.frames[uid] = make_frame(stack, index, self.pixels.get(stack.key))
        return self.frames[uid]

    def read_frame(self, reference: FrameReference) -> Frame:
        for stack in self.stacks.values():
            if reference in stack.frames:
                return self.frame(stack, stack.frames.index(reference))
        raise AssertionError(reference)

    def close(self) -> None:
        pass


class SceneSession(ViewerSession):
    """A real session in virtual time, for panes.

    What is asked for is there at once, or while `at_once` is False not before a test says so.
    """

    def __init__(self) -> None:
        self.workers: VirtualWorkers
        self.made = MadeFrames()
        super().__init__(self.made, workers=VirtualWorkers())
        self.pixels, self.frames, self.frame = self.made.pixels, self.made.frames, self.made.frame
        self.viewer.show(display_state.DisplayState(model=MODEL))
        self._is_settling = False
        self._at_once = True
        self.viewer.follow(self._settle)

    @property
    def at_once(self) -> bool:
        """Whether frames and results are there as soon as asked for."""
        return self._at_once

    @at_once.setter
    def at_once(self, at_once: bool) -> None:
        self._at_once = at_once
        if at_once:
            self.workers.release()
            self.workers.settle()
        else:
            self.viewer.frames.clear_frames()
            for lane in ("decode", *READERS):
                self.workers.hold(lane)

    def swap(self, state: display_state.DisplayState) -> None:
        """Take a state of the panes, and the frames in memory that it waits for."""
        self.viewer.show_and_fetch(state)

    def change_pane(self, number: int, **changes: object) -> None:
        """Change anything of a pane's state, as no reducer would."""
        panes = list(self.state.panes)
        pane = panes[number]
        assert pane is not None
        panes[number] = replace(pane, **changes)  # type: ignore[arg-type]  # a test names the fields
        self.swap(replace(self.state, panes=tuple(panes)))

    def _settle(self, before: ViewerState, after: ViewerState) -> None:
        if after.display is before.display:
            return
        for pane in after.display.panes:
            if pane is not None:
                self.made.stacks[pane.stack.key] = pane.stack
        if self.at_once and not self._is_settling:
            self._is_settling = True
            self.viewer.frames.fetch()
            self.workers.settle()
            self._is_settling = False
