"""A real session in virtual time for the window, with made studies."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from medviewer.dicom.elements import Element, ElementKind, FileElements
from medviewer.dicom.library import ScanProgress
from medviewer.dicom.model import FrameReference, Library, Series, SkippedFile, StoredStack, Study
from medviewer.gui.session.session import ViewerSession
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.modality import Rescale
from medviewer.inference.result import ModelResult
from medviewer.translation import Message
from tests.gui.pane_scene import identity, make_frame, make_stack, result_for
from tests.virtual_time import VirtualWorkers

HEAD = make_stack(10)
PELVIS = make_stack(4, who=identity("ROE^RICHARD", "000555", "7"), plane="Coronal")
COLOR = make_stack(
    2,
    who=identity("POE^PAULA", "000777", "9"),
    attributes=FrameAttributes(modality="US"),
    plane="",
    oriented=False,
)
FRACTIONS = make_stack(
    3, who=identity("VOE^VERA", "000888", "11"), attributes=FrameAttributes(modality="MR"), plane="Coronal"
)
STACKS = {"head": HEAD, "pelvis": PELVIS, "colour": COLOR, "fractions": FRACTIONS}
REASONS: dict[str, Message] = {}
"""Why files cannot be read, by their names; others are damaged."""


def library(*stacks: StoredStack, refused: Sequence[SkippedFile] = ()) -> Library:
    return Library(
        studies=tuple(
            Study(identity=one.identity, series=(Series(identity=one.identity, stacks=(one,)),))
            for one in stacks
        ),
        refused=tuple(refused),
    )


def scan(paths: Sequence[Path], _files: Any, _text_encoding: str = "") -> Generator[Any, None, None]:
    """Find the stacks that the paths are named after.

    Any other name is a file that cannot be read.
    """
    known = [STACKS[path.name] for path in paths if path.name in STACKS]
    refused = [
        SkippedFile(path, REASONS.get(path.name, Message("it is damaged (made)")))
        for path in paths
        if path.name not in STACKS
    ]
    yield ScanProgress(library(*known, refused=refused), len(paths), len(paths), finished=True)


class MadeFrames:
    """Reads the frames of STACKS."""

    def read_frame(self, reference: FrameReference) -> Frame:
        return self.read(reference)

    def read(self, reference: FrameReference) -> Frame:
        """Return the frame of a reference; tests replace it."""
        for stack in STACKS.values():
            if reference in stack.frames:
                color = np.full((64, 64, 3), 90, np.uint8) if stack is COLOR else None
                frame = make_frame(stack, stack.frames.index(reference), color)
                return replace(frame, modality=Rescale(1 / 4096)) if stack is FRACTIONS else frame
        raise AssertionError(reference)

    def read_elements(self, reference: FrameReference, text_encoding: str = "") -> FileElements:
        """Return a short header of a reference's slice; tests replace it."""
        number = self.numbers_of(reference)
        name, index = STACKS[number[0]].identity.patient_name, number[1]
        return FileElements(
            (
                Element(0x00080060, vr="CS", name="Modality", keyword="Modality", value="CT", count=1),
                Element(0x00100010, vr="PN", name="Patient's Name", value=name, count=1),
                Element(0x00200013, vr="IS", name="Instance Number", value=str(index), count=1),
                Element(
                    0x00400275, 0, "SQ", "Request Attributes Sequence", count=1, kind=ElementKind.SEQUENCE
                ),
                Element(0x00400275, 1, count=1, kind=ElementKind.ITEM),
                Element(
                    0x00400007, 2, "LO", "Scheduled Procedure Step Description", value=text_encoding, count=1
                ),
            )
        )

    def numbers_of(self, reference: FrameReference) -> tuple[str, int]:
        """Return the name of a reference's stack, and its place in it."""
        for name, stack in STACKS.items():
            if reference in stack.frames:
                return name, stack.frames.index(reference)
        raise AssertionError(reference)

    def close(self) -> None:
        pass


class MadeClassifier:
    """Answers as it is told: "prediction", "refusal" or "no result"."""

    device = "CPU"
    model_sha256 = "model"
    preprocessing_sha256 = "preprocessing"

    def __init__(self, kind: str = "prediction") -> None:
        self.kind = kind
        self.asked: list[bool] = []
        self.answers: list[bool] = []

    def classify(self, frame: Frame, override: bool = False, answered: bool = False) -> ModelResult:
        self.asked.append(override)
        self.answers.append(answered)
        return result_for(frame, "prediction" if override else self.kind, overridden=override)

    def with_stability(self, frame: Frame, result: ModelResult) -> ModelResult:
        """Return a result of which nothing more is known."""
        return result

    def explained(self, frame: Frame, result: ModelResult) -> ModelResult:
        return result


class WindowScene:
    """Session, workers and classifier."""

    def __init__(self) -> None:
        self.workers = VirtualWorkers()
        self.classifier = MadeClassifier()
        self.load_classifier: Callable[[str, str], object] = lambda _model, _device: self.classifier
        self.files = MadeFrames()
        self.session = ViewerSession(
            self.files,
            workers=self.workers,
            load_classifier=lambda model, device: self.load_classifier(model, device),
            scan=scan,
        )

    def open(self, *names: str) -> None:
        self.session.open_paths([Path(name) for name in names])
        self.workers.settle()

    def classify(self, kind: str = "prediction") -> None:
        self.classifier.kind = kind
        self.session.classify()
        self.workers.settle()
