"""A classifier: a verified pack on an engine. Frame in; prediction, refusal or "no result" out.

One inference thread uses a classifier at a time; loading and classifying are slow and never done in the
window's thread.
"""

import logging
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import numpy.typing as npt

from medviewer.errors import DamagedModelError, InvalidNumbersError
from medviewer.imaging.frame import Frame
from medviewer.inference.model_card import GRAPH, WEIGHTS, ModelCard, Pack, find_pack, verify_pack
from medviewer.inference.population import population_at
from medviewer.inference.prediction import Gate, NoResult, Outcome, Prediction, Refusal, ResultKey
from medviewer.inference.preprocess import preprocess
from medviewer.inference.probabilities import calibrated
from medviewer.inference.suitability import check, first_failed
from medviewer.translation import mark, translate

if TYPE_CHECKING:
    from medviewer.inference.appearance import Appearance
    from medviewer.inference.engine_onnx import Outputs

DEVICES: Final = ("auto", "cpu", "cuda", "mps")
EMPTY_PICTURE: Final = mark("No result: the picture is empty.")

log = logging.getLogger(__name__)


class Engine(Protocol):
    """What computes a network."""

    device: str

    def run(self, batch: npt.NDArray[np.float32]) -> "Outputs":
        """Return the outputs for (B, C, H, W)."""


class Classifier:
    """A model, ready to answer.

    Parameters
    ----------
    pack : Pack
        Verified.
    device : str
        One of DEVICES. "auto" takes a GPU where there is one. A device that is missing or fails is
        replaced by the CPU; the next result says so.

    Raises
    ------
    DamagedModelError
        The weights do not fit the card.
    """

    def __init__(self, pack: Pack, device: str = "auto") -> None:
        if device not in DEVICES:
            raise ValueError(device)
        self.pack = pack
        self._sha256 = pack.sha256
        self._preprocessing_sha256 = pack.card.preprocessing.sha256
        self._notice: Gate | None = None
        self._engine = self._gpu_engine(device) or self._cpu_engine()
        self._appearance = self._router() if pack.card.input.looks_like else None

    @property
    def card(self) -> ModelCard:
        """What the model is and what it is for."""
        return self.pack.card

    @property
    def device(self) -> str:
        """Where it computes, e.g. "CPU"."""
        return self._engine.device

    @property
    def model_sha256(self) -> str:
        """Hash of the whole pack: weights, calibration, operating point."""
        return self._sha256

    @property
    def preprocessing_sha256(self) -> str:
        """Hash of the preprocessing's settings and code version."""
        return self._preprocessing_sha256

    def key(self, frame: Frame) -> ResultKey:
        """Return what a result on this frame belongs to; hashes the pixels."""
        return ResultKey(
            frame.sop_instance_uid,
            frame.frame_number,
            frame.pixel_sha256,
            self.preprocessing_sha256,
            self._sha256,
            frame.content_sha256,
        )

    def classify(self, frame: Frame, anyway: bool = False, answered: bool = False) -> Outcome:
        """Return a prediction, or why there is none.

        Parameters
        ----------
        anyway : bool
            Compute although a gate failed; the prediction says which one (`overridden`). It does not
            stand for the answer to the card's question.
        answered : bool
            The reader said yes to the card's question; the prediction's notes say so.
        """
        started = time.perf_counter()
        gates = self._gates(frame, answered)
        failed, unanswered = first_failed(gates), not gates[-1].passed
        card, key, phantom = self.card, self.key(frame), frame.attributes.is_phantom
        if failed is not None and (unanswered or not anyway):
            return Refusal(key, card.name, card.version, gates[-1] if anyway else failed, phantom)
        population, remark = population_at(card.populations, frame.attributes.patient_age_years)
        card = card.serving(population)
        try:
            batch = preprocess(frame, card.preprocessing)
            if batch.max() == batch.min():
                return NoResult(key, card.name, card.version, EMPTY_PICTURE, (), phantom)
            outputs = self._run(batch)
            probabilities = calibrated(outputs.logits, card.temperature)[0]
        except InvalidNumbersError as error:
            where = (("where", str(error.facts["where"])),)
            return NoResult(key, card.name, card.version, error.sentence, where, phantom)
        notes = tuple(gate for gate in gates if gate.statement and gate is not failed)
        notes = notes if remark is None else _with_remark(notes, remark)
        notice, self._notice = self._notice, None
        return Prediction(
            key=key,
            model=card.name,
            model_version=card.version,
            probabilities=tuple(zip(card.labels, map(float, probabilities), strict=True)),
            label=called(card, probabilities),
            operating_point=card.operating_point,
            calibrated=card.calibrated,
            device=self.device,
            milliseconds=(time.perf_counter() - started) * 1000,
            notes=notes if notice is None else (*notes, notice),
            overridden=failed,
            is_phantom=phantom,
            positive_label=card.positive,
            population="" if population is None else population.name,
            population_title="" if population is None else population.title,
            embedding=outputs.embedding[0],
            feature_map=outputs.feature_map[0],
        )

    def _gates(self, frame: Frame, answered: bool) -> tuple[Gate, ...]:
        """Hold the header, then the picture itself against the card; the question stands last."""
        gates = check(frame, self.card, answered=answered)
        if self._appearance is None or first_failed(gates[:-1]) is not None:
            return gates
        try:
            seen = self._appearance.gate(frame, self.card.input.looks_like)
        except InvalidNumbersError:  # the model's own preprocessing meets the same number and says so
            return gates
        return (*gates[:-1], seen, gates[-1])

    def _router(self) -> "Appearance":
        from medviewer.inference.appearance import Appearance

        return Appearance()

    def _run(self, batch: npt.NDArray[np.float32]) -> "Outputs":
        try:
            outputs = self._engine.run(batch)
        except Exception as error:
            if self._engine.device == "CPU":
                raise
            log.warning("%s failed (%s); the CPU goes on", self._engine.device, type(error).__name__)
            self._engine = self._cpu_engine()
            self._notice = Gate("device", True, mark("The graphics processor failed; computed on the CPU."))
            outputs = self._engine.run(batch)
        if outputs.logits.shape != (len(batch), len(self.card.labels)):
            raise DamagedModelError(
                model=self.card.name, detail=translate("it has other classes than its card")
            )
        return outputs

    def _cpu_engine(self) -> Engine:
        from medviewer.inference.engine_onnx import OnnxEngine

        try:
            return OnnxEngine(self.pack.read(GRAPH))
        except ValueError as error:
            raise self._does_not_fit(GRAPH, error) from error

    def _gpu_engine(self, device: str) -> Engine | None:
        if device == "cpu" or (device == "auto" and not gpu_seems_present()):
            return None
        from medviewer.inference.engine_torch import DeviceFailure, TorchEngine, available_device

        kind = available_device(device)
        try:
            if kind:
                return TorchEngine(self.pack.read(WEIGHTS), self.card.architecture, kind)
        except DeviceFailure as error:
            log.warning("%s cannot be used (%s); the CPU is", kind, error)
        except ValueError as error:
            raise self._does_not_fit(WEIGHTS, error) from error
        if kind or device != "auto":
            self._notice = Gate(
                "device", True, mark("The graphics processor cannot be used; computed on the CPU.")
            )
        return None

    def _does_not_fit(self, name: str, error: Exception) -> DamagedModelError:
        detail = translate("{file} cannot be loaded ({reason})", file=name, reason=str(error))
        return DamagedModelError(model=self.card.name, detail=detail)


def load_classifier(name: str | Path, device: str = "auto") -> Classifier:
    """Return the classifier of an installed pack, or of a pack in a folder.

    Raises
    ------
    UnknownModelError
        There is no such pack.
    DamagedModelError
        A file of it is missing or is not the released one.
    """
    return Classifier(verify_pack(find_pack(name)), device)


def _with_remark(notes: tuple[Gate, ...], remark: Gate) -> tuple[Gate, ...]:
    """Return the notes with a remark that says more than the passed one of the same gate."""
    return (*(note for note in notes if note.name != remark.name or not note.passed), remark)


def called(card: ModelCard, probabilities: npt.NDArray[np.float64]) -> str:
    """Return the label that is called: by the operating point where there is one, else the likeliest."""
    if card.operating_point is None or not card.positive:
        return card.labels[int(np.argmax(probabilities))]
    place = card.labels.index(card.positive)
    if probabilities[place] >= card.operating_point.threshold:
        return card.positive
    others = probabilities.copy()
    others[place] = -1.0
    return card.labels[int(np.argmax(others))]


def gpu_seems_present() -> bool:
    """Return whether it is worth importing torch (1.3 s) to ask it for a GPU."""
    if sys.platform == "darwin":
        import platform

        return platform.machine() == "arm64"
    if sys.platform == "win32":
        return (Path("C:/Windows/System32") / "nvcuda.dll").exists()
    return any(Path(device).exists() for device in ("/dev/nvidiactl", "/dev/dxg"))
