"""Stacks, frames and classifiers made in memory.

Images whose truth is known without any file.
"""

import hashlib
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from medviewer.dicom.model import FrameReference, Library, OrderedBy, Series, StoredStack, Study
from medviewer.errors import MedviewerError, MissingFileError
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.modality import Rescale, to_modality_values
from medviewer.imaging.frame.voi import Voi
from medviewer.imaging.identity import Identity
from medviewer.imaging.source import ImageSource, Slice, slice_of
from medviewer.inference.explanation.heat_map import HeatCell, HeatMap, MapCheck
from medviewer.inference.result import ModelResult, OperatingPoint, ResultKey
from tests.made_results import answered as answered_result

SIDE = 16


def identity(patient: str, series: str) -> Identity:
    return Identity(
        patient_name=f"{patient}^Made",
        patient_id=f"ID-{patient}",
        study_instance_uid=f"1.2.{sum(patient.encode())}",
        series_instance_uid=f"1.2.{sum(patient.encode())}.{sum(series.encode())}",
        modality="CT",
    )


def stack(
    patient: str = "A", series: str = "1", slices: int = 6, *, uids: Sequence[str] = (), frames: bool = False
) -> StoredStack:
    """Return a stack of one patient.

    With `frames` all slices are frames of one instance.
    """
    whose = identity(patient, series)
    references = tuple(
        FrameReference(
            path=Path(f"/{patient}/{series}/{0 if frames else number}.dcm"),
            sop_instance_uid=uids[number]
            if uids
            else f"{whose.series_instance_uid}.{0 if frames else number}",
            frame_number=number + 1 if frames else 1,
        )
        for number in range(slices)
    )
    return StoredStack(
        key=f"{patient} {series}",
        identity=whose,
        frames=references,
        rows=SIDE,
        columns=SIDE,
        spacing_mm=None,
        ordered_by=OrderedBy.FILE_NAME,
    )


def slices(source: ImageSource) -> list[Slice]:
    """Return the slices of a source, to be read."""
    return [slice_of(source, index) for index in range(len(source))]


def drained(reading: Generator[None, None, Frame]) -> Frame:
    """Return the frame that a source reads, whatever it does meanwhile."""
    while True:
        try:
            next(reading)
        except StopIteration as ended:
            frame: Frame = ended.value
            return frame


def library(*stacks: StoredStack) -> Library:
    return Library(
        studies=tuple(
            Study(identity=one.identity, series=(Series(identity=one.identity, stacks=(one,)),))
            for one in stacks
        )
    )


class MadeFiles:
    """Stands for the sandbox.

    Reads made images, and can lose or overwrite them.
    """

    def __init__(self) -> None:
        self.missing: set[Path] = set()
        self.given: list[np.ndarray] = []
        self.closed = False
        self.reads: list[FrameReference] = []
        self.same_pixels: set[Path] = set()
        self.copies: dict[Path, Path] = {}  # a corrected copy -> the file whose pixels it has
        self.voi: tuple[Voi, ...] = ()
        self.brighter: dict[Path, int] = {}  # a file -> how many eighths of their values its pixels gain

    def pixels(self, reference: FrameReference) -> np.ndarray:
        """Return the true image.

        Another one for each file and frame, unless told otherwise.
        """
        frame = 1 if reference.path in self.same_pixels else reference.frame_number
        path = self.copies.get(reference.path, reference.path)
        seed = sum((place + 1) * byte for place, byte in enumerate(f"{path} {frame}".encode()))
        return np.random.default_rng(seed).integers(-1000, 3000, (SIDE, SIDE), dtype=np.int16)

    def frame(self, reference: FrameReference, pixels: np.ndarray) -> Frame:
        """Return the frame of a file with these pixels.

        A corrected copy has another intercept.
        """
        rescale = Rescale(2.0, -1024.0, "HU") if reference.path in self.copies else Rescale(unit="HU")
        if reference.path in self.brighter:
            pixels = (pixels * (1 + self.brighter[reference.path] / 8)).astype(np.int16)
        return Frame(
            pixels, reference.sop_instance_uid, reference.frame_number, modality=rescale, voi=self.voi
        )

    def read_frame(self, reference: FrameReference) -> Frame:
        return self.read(reference)

    def read(self, reference: FrameReference) -> Frame:
        """Return the frame of a reference; tests replace it."""
        self.reads.append(reference)
        if reference.path in self.missing:
            raise MissingFileError(path=reference.path, detail="No such file or directory")
        pixels = self.pixels(reference)
        self.given.append(pixels)
        return self.frame(reference, pixels)

    def overwrite_last(self, value: int) -> None:
        """Use the memory of the last frame again, as a faulty slot would."""
        pixels = self.given[-1]
        pixels.setflags(write=True)
        pixels[...] = value
        pixels.setflags(write=False)

    def close(self) -> None:
        self.closed = True


def values_sha256(frame: Frame) -> str:
    """Return the hash of the values' meaning, computed anew each time."""
    return hashlib.sha256(to_modality_values(frame.stored, frame.modality).tobytes()).hexdigest()


class OracleClassifier:
    """Its label is the hash of the modality values that it really got."""

    device = "CPU"

    def __init__(self, model: str = "oracle", error: Exception | None = None) -> None:
        self.model_sha256 = f"model {model}"
        self.preprocessing_sha256 = f"preprocessing {model}"
        self.model = model
        self.error = error
        self.asked = 0

    def classify(self, frame: Frame, override: bool = False, answered: bool = False) -> ModelResult:
        self.asked += 1
        if self.error is not None:
            raise self.error
        label = values_sha256(frame)
        key = ResultKey(
            frame.sop_instance_uid,
            frame.frame_number,
            frame.pixel_sha256,
            self.preprocessing_sha256,
            self.model_sha256,
            frame.content_sha256,
        )
        return answered_result(
            key,
            model=self.model,
            model_version="1",
            probabilities=((label, 1.0),),
            label=label,
            operating_point=OperatingPoint(0.5, 0.9, 0.9),
            positive_label="",
        )

    def with_stability(self, frame: Frame, result: ModelResult) -> ModelResult:
        """Return a result of which nothing more is known."""
        return result

    def explained(self, frame: Frame, result: ModelResult) -> ModelResult:
        """Return a result with a heat map of the values that it really got."""
        label = values_sha256(frame)
        key = replace(result.key, pixel_sha256=frame.pixel_sha256, content_sha256=frame.content_sha256)
        cell = HeatCell(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), 1.0)
        checks = (MapCheck("oracle", "{figure} {limit}", 1.0, 0.5, 0.7),)
        return replace(result, key=key, heat_map=HeatMap(label, (1, 1), (cell,), checks))


def load_oracle(model: str, device: str) -> OracleClassifier:
    if model == "absent":
        raise MedviewerError
    return OracleClassifier(model)
