"""A classifier: a verified pack on an engine. Frame in, ModelResult out.

One inference thread uses a classifier at a time; loading and classifying are slow and never done in the
window's thread.
"""

import hashlib
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from medviewer.errors import DamagedModelError, ImageSizeError, InvalidNumbersError
from medviewer.imaging.frame import Frame
from medviewer.inference import engines, explanation
from medviewer.inference.classification.engine_choice import (
    Engine,
    cpu_engine,
    gpu_seems_present,
    misfit_error,
)
from medviewer.inference.classification.first_finding import gate_of_first
from medviewer.inference.gates import (
    first_failed,
    gate_sha256,
    named_sequences,
    polarity_gates,
    suitability_gates,
    with_appearance,
)
from medviewer.inference.input import (
    Batch,
    GrayImages,
    PlaceOnFrame,
    input_and_place,
    input_of,
    mean_over_variants,
    place_on_frame,
    variants_of,
)
from medviewer.inference.pack import (
    GRAPH,
    WEIGHTS,
    ModelCard,
    Pack,
    Population,
    SequenceGroup,
    find_pack,
    for_sequence,
    population_at,
    sequence_group,
    verify_pack,
)
from medviewer.inference.result import FIRST, QUESTION, Gate, ModelHashes, ModelResult, ResultKey
from medviewer.inference.stability import Stability, is_near
from medviewer.inference.tasks import TASKS, mapped_label, scored
from medviewer.libraries import keep_caches
from medviewer.translation import Message, mark, message

if TYPE_CHECKING:
    from medviewer.inference.engines import Outputs
    from medviewer.inference.explanation import Head
    from medviewer.inference.gates import PixelGate, RouterGate
    from medviewer.inference.tasks import ScoredClass


DEVICES: Final = ("auto", "cpu", "cuda", "mps")
EMPTY_IMAGE: Final = message("No result: the picture is empty.")
NO_BRAIN: Final = message("No result: no brain enclosed by bone was found in the picture.")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A frame that is ready for the networks.

    Parameters
    ----------
    gates : tuple of Gate
        Those that header and pixels decide; the reader's answer stands last.
    population, remark : Population or None, Gate or None
        Whose figures are used, and what has to be said of that.
    sequence : SequenceGroup or None
        Of a sequence with figures of its own.
    router_input, pixel_gate_input, batch : (1, C, size, size) float32 or None
        What the router, the pixel gate and the model see; None where one is not asked. Of an image that seems
        to be inverted the router sees the inverse as well.
    place : PlaceOnFrame or None
        Where `batch` lies on the frame.
    first : Prepared or None
        The same frame for the model that has to find something first; None where none is asked.
    trouble : InvalidNumbersError, ImageSizeError or None
        A pixel is no number, or there are too many.
    """

    key: ResultKey
    is_phantom: bool
    gates: tuple[Gate, ...]
    override: bool
    population: Population | None
    remark: Gate | None
    sequence: SequenceGroup | None
    router_input: Batch | None
    pixel_gate_input: Batch | None
    batch: Batch | None
    place: PlaceOnFrame | None
    first: "Prepared | None"
    trouble: InvalidNumbersError | ImageSizeError | None
    milliseconds: float


class Classifier:
    """A model, ready to answer.

    Parameters
    ----------
    pack : Pack
        Verified.
    device : str
        One of DEVICES. "auto" takes a GPU where there is one. A device that is missing or fails is
        replaced by the CPU; the next result says so.
    engine : Engine, optional
        Computes the network; by default one for the device.

    Raises
    ------
    DamagedModelError
        The weights do not fit the card.
    """

    def __init__(self, pack: Pack, device: str = "auto", engine: Engine | None = None) -> None:
        if device not in DEVICES:
            raise ValueError(device)
        self.pack = pack
        self._sha256 = pack.model_sha256
        self._own_folder = "" if pack.own_folder is None else str(pack.own_folder)
        self._is_unsigned = pack.is_unsigned
        first = pack.card.input.asks_first
        self._first = Classifier(verify_pack(find_pack(first)), device) if first else None
        self._preprocessing_sha256 = _preprocessing_hash(pack.card, self._first)
        self._notice: Gate | None = None
        self._last: Prepared | None = None  # that was answered, so that its input need not be made again
        self._engine = engine or self._gpu_engine(device) or self._cpu_engine()
        self._router_gate = self._load_router_gate() if pack.card.input.looks_like else None
        self._pixel_gate = self._load_pixel_gate() if pack.card.input.looks_like else None
        self._kind = "" if self._pixel_gate is None else self._pixel_gate.kind_of(pack.card.input.looks_like)

    @property
    def card(self) -> ModelCard:
        """Model card: identity and intended use."""
        return self.pack.card

    @property
    def device(self) -> str:
        """Device of the model, e.g. "CPU"."""
        return self._engine.device

    @property
    def model_sha256(self) -> str:
        """Hash of everything that determines an answer (`Pack.model_sha256`).

        Evaluations carry the same.
        """
        return self._sha256

    @property
    def preprocessing_sha256(self) -> str:
        """Hash of the way of a frame to the network.

        Input contract, preprocessing, its code.
        """
        return self._preprocessing_sha256

    def key(self, frame: Frame) -> ResultKey:
        """Return the result key of this frame; hashes the pixels."""
        return ModelHashes(self.preprocessing_sha256, self.model_sha256).key(frame)

    def classify(self, frame: Frame, override: bool = False, answered: bool = False) -> ModelResult:
        """Return the model's answer for a frame, or the reason for none.

        Parameters
        ----------
        override : bool
            Compute although a gate failed; the result says which one (`overridden`). It does not
            stand for the answer to a question.
        answered : bool
            The reader said yes to what is asked; the result's notes say so.
        """
        return self.answer(self.prepare(frame, override, answered))

    def explained(self, frame: Frame, result: ModelResult) -> ModelResult:
        """Return a result of this frame with its heat map.

        It gets the key of the frame that is read here: what belongs to another frame then shows.
        """
        label, spec = mapped_label(result), self.card.preprocessing
        if not label:
            return result
        seen = GrayImages(frame).as_trained(spec)
        # guard(key=): a heat map carries the key of the frame that it was made from
        return replace(
            result,
            key=self.key(frame),
            heat_map=explanation.heat_map_of(
                self._run,
                self._head,
                input_of(seen, spec),
                place_on_frame(frame, seen, spec),
                (self.card.labels.index(label), label),
                self._served(frame).temperature,
            ),
        )

    @cached_property
    def _head(self) -> "Head | None":
        """The network's last layer, read once from its weights."""
        return explanation.head_of(self.pack.read(WEIGHTS))

    def with_stability(self, frame: Frame, result: ModelResult) -> ModelResult:
        """Return a result of this frame with the stability of its score.

        It gets the key of the frame that is read here: what belongs to another frame then shows.
        """
        decided = scored(result)
        if decided is None:
            return result
        spec, key = self.card.preprocessing, self.key(frame)
        # guard(self._last.key == key): the changes are made to the input of these very pixels
        if self._last is not None and self._last.key == key and self._last.batch is not None:
            batch = self._last.batch
        else:
            batch = input_of(GrayImages(frame).as_trained(spec), spec)
        # guard(key=): a whisker carries the key of the frame that it was made from
        own = replace(result, key=key)
        return own.with_stability(self._stability(batch, decided, self._served(frame)))

    def _stability(self, batch: Batch, decided: "ScoredClass", card: ModelCard) -> Stability | None:
        """Return the stability of a class's score, found with its input."""
        spec, point = self.card.preprocessing, decided.operating_point
        return explanation.stability_of(
            self._run_variants,
            batch,
            spec,
            (card.temperature, card.shift),
            (card.labels.index(decided.label), decided.label, decided.score),
            None if point is None else point.threshold,
            mirrors=spec.variants or bool(card.architecture.get("mirror")),
        )

    def _served(self, frame: Frame) -> ModelCard:
        """Return the card for the patient's group or for the sequence."""
        population, _ = population_at(self.card.populations, frame.attributes.patient_age_years)
        if population is not None:
            return self.card.serving(population)
        return for_sequence(self.card, sequence_group(self.card, named_sequences(frame)))

    def prepare(self, frame: Frame, override: bool = False, answered: bool = False) -> Prepared:
        """Check a frame against the card and prepare the network's input.

        Uses no network, so that it may run in another thread than `answer`.

        Raises
        ------
        ValueError
            The frame is what is left without a mask: it is to be looked at, and classified as it is stored.
        """
        # guard(test): a classifier is never shown what is left without a mask
        if frame.is_subtracted:
            raise ValueError("a frame is classified as it is stored, never without its mask")
        started = time.perf_counter()
        gates = suitability_gates(frame, self.card, answered=answered)
        population, remark = population_at(self.card.populations, frame.attributes.patient_age_years)
        router_input = pixel_gate_input = batch = place = first = trouble = None
        seen = GrayImages(frame)
        try:
            if first_failed(gates[:-1]) is None:
                said = polarity_gates(frame, seen.as_trained(self.card.preprocessing).image, self.card.input)
                gates = (*gates[:-1], *said, gates[-1])
                if self._router_gate is not None:
                    is_inverted = first_failed(said) is not None
                    router_input = self._router_gate.input_of(seen, inverse_too=is_inverted)
                if self._pixel_gate is not None and self._kind and first_failed(said) is None:
                    pixel_gate_input = self._pixel_gate.input_of(seen, self._kind)
            if first_failed(gates) is None or (override and gates[-1].passed):
                image = seen.as_trained(self.card.preprocessing)
                batch, found = input_and_place(image, self.card.preprocessing)
                place = place_on_frame(frame, image, self.card.preprocessing, found)
            if first_failed(gates) is None and self._first is not None:
                first = self._first.prepare(frame, answered=answered)
        except (InvalidNumbersError, ImageSizeError) as error:
            trouble = error
        return Prepared(
            key=self.key(frame),
            is_phantom=frame.attributes.is_phantom,
            gates=gates,
            override=override,
            population=population,
            remark=remark,
            sequence=None if population else sequence_group(self.card, named_sequences(frame)),
            router_input=router_input,
            pixel_gate_input=pixel_gate_input,
            batch=batch,
            place=place,
            first=first,
            trouble=trouble,
            milliseconds=(time.perf_counter() - started) * 1000,
        )

    def answer(self, prepared: Prepared) -> ModelResult:
        """Return the answer for a prepared frame, or the reason for none."""
        return self.answers([prepared])[0]

    def answers(self, prepared: Sequence[Prepared]) -> list[ModelResult]:
        """Return the answers to several prepared frames, computed as one batch."""
        started = time.perf_counter()
        gates, found_first = self._with_first(prepared, self._gates(prepared))
        self._last = prepared[-1] if prepared else None
        settled: list[ModelResult | None] = [
            self._settled(one, held) for one, held in zip(prepared, gates, strict=True)
        ]
        open_rows = [row for row, result in enumerate(settled) if result is None]
        batches = [batch for row in open_rows if (batch := prepared[row].batch) is not None]
        outputs = self._run_variants(np.concatenate(batches)) if batches else None
        milliseconds = (time.perf_counter() - started) * 1000 / max(1, len(prepared))
        for place, row in enumerate(open_rows):
            assert outputs is not None  # an open row has a batch
            found = type(outputs)(*(part[place] for part in outputs))
            settled[row] = self._predicted(
                prepared[row], gates[row], found, milliseconds, found_first.get(row)
            )
        return [result for result in settled if result is not None]

    def _settled(self, prepared: Prepared, gates: tuple[Gate, ...]) -> ModelResult | None:
        """Return the answer that needs no network, if there is one.

        None where it has to be asked.
        """
        failed = first_failed(gates)
        # guard(-> None): neither the reader's yes nor another model's finding is overridden
        binding = next((one for one in gates if not one.passed and one.name in (QUESTION, FIRST)), None)
        if failed is not None and (binding is not None or not prepared.override):
            refusal = binding if binding is not None and prepared.override else failed
            return self._without_answer(prepared, gates, refusal.message, refusal)
        if prepared.trouble is not None:
            return self._without_answer(prepared, gates, _trouble_message(prepared.trouble))
        batch = prepared.batch
        if batch is None or batch.max() == batch.min():
            brain = self.card.preprocessing.brain
            return self._without_answer(prepared, gates, NO_BRAIN if brain else EMPTY_IMAGE)
        return None

    def _without_answer(
        self, prepared: Prepared, gates: tuple[Gate, ...], reason: Message, refusal: Gate | None = None
    ) -> ModelResult:
        """Return the result of a refused frame or a failed computation."""
        return ModelResult(
            prepared.key,
            gates,
            None,
            reason,
            self.card.name,
            self.card.version,
            self.card.task,
            refusal=refusal,
            own_folder=self._own_folder,
            is_unsigned=self._is_unsigned,
            is_phantom=prepared.is_phantom,
        )

    def _predicted(
        self,
        prepared: Prepared,
        gates: tuple[Gate, ...],
        outputs: "Outputs",
        milliseconds: float,
        found_first: ModelResult | None,
    ) -> ModelResult:
        """Return the result of one frame from its rows of the outputs."""
        population = prepared.population
        card = self.card.serving(population)
        group: Population | SequenceGroup | None = population
        if population is None:
            # guard(for_sequence(card, prepared.sequence) -> card):
            #     a score stands beside figures of its own sequence
            card, group = for_sequence(card, prepared.sequence), prepared.sequence
        try:
            content = TASKS[card.task].decode(outputs, card)
            if prepared.place is not None and first_failed(gates) is None:
                content = TASKS[card.task].placed(content, prepared.place)
        except InvalidNumbersError as error:
            return self._without_answer(prepared, gates, _trouble_message(error))
        if prepared.remark is not None and first_failed(gates) is None:
            gates = _with_remark(gates, prepared.remark)
        notice, self._notice = self._notice, None
        result = ModelResult(
            key=prepared.key,
            gates=gates if notice is None else (*gates, notice),
            content=content,
            reason=None,
            model=card.name,
            model_version=card.version,
            task=card.task,
            population="" if group is None else group.name,
            population_title="" if group is None else group.title,
            own_folder=self._own_folder,
            is_unsigned=self._is_unsigned,
            device=self.device,
            milliseconds=prepared.milliseconds + milliseconds,
            is_phantom=prepared.is_phantom,
            first=found_first,
        )
        return self._near_with_stability(prepared, result, card)

    def _near_with_stability(self, prepared: Prepared, result: ModelResult, card: ModelCard) -> ModelResult:
        """Return a result, with its stability where a threshold is near.

        That of the model, or of its rule for whole series.
        """
        decided = scored(result)
        if decided is None or decided.operating_point is None or prepared.batch is None:
            return result
        thresholds = [
            decided.operating_point.threshold,
            *(() if card.series is None else (card.series.threshold,)),
        ]
        # guard(-> True): an answer near to its threshold is tried under the changes before it is said
        if not any(is_near(decided.score, threshold) for threshold in thresholds):
            return result
        return result.with_stability(self._stability(prepared.batch, decided, card))

    def _with_first(
        self, prepared: Sequence[Prepared], held: list[tuple[Gate, ...]]
    ) -> tuple[list[tuple[Gate, ...]], dict[int, ModelResult]]:
        """Ask the model that has to find something first, where no gate refused.

        Return the gates with its verdict before the question, and its results by row.
        """
        rows = {
            row: one.first
            for row, one in enumerate(prepared)
            if one.first is not None and first_failed(held[row]) is None
        }
        if self._first is None or not rows:
            return held, {}
        results = dict(zip(rows, self._first.answers(list(rows.values())), strict=True))
        for row, result in results.items():
            # guard(gate_of_first(self._first.card.title, result)):
            #     a kind is named only where the other model finds something
            held[row] = (*held[row][:-1], gate_of_first(self._first.card.title, result), held[row][-1])
        return held, results

    def _gates(self, prepared: Sequence[Prepared]) -> list[tuple[Gate, ...]]:
        """Return the gates of header, polarity, router and pixels.

        The question stands last.
        """
        held = [one.gates for one in prepared]
        rows = [row for row, one in enumerate(prepared) if one.router_input is not None]
        batches = [batch for row in rows if (batch := prepared[row].router_input) is not None]
        if self._router_gate is not None and batches:
            seen = iter(self._router_gate.gates(np.concatenate(batches), self.card.input.looks_like))
            for row, batch in zip(rows, batches, strict=True):
                looks = [gate for gate in islice(seen, len(batch)) if gate is not None]
                if len(looks) == len(batch):
                    held[row] = (*with_appearance(held[row][:-1], looks), held[row][-1])
        return self._with_pixel_gate(prepared, held)

    def _with_pixel_gate(
        self, prepared: Sequence[Prepared], held: list[tuple[Gate, ...]]
    ) -> list[tuple[Gate, ...]]:
        """Return the gates with that of the pixels, where no other refused."""
        rows = [row for row, gates in enumerate(held) if first_failed(gates[:-1]) is None]
        batches = {row: batch for row in rows if (batch := prepared[row].pixel_gate_input) is not None}
        if self._pixel_gate is None or not batches:
            return held
        found = self._pixel_gate.gates(np.concatenate(list(batches.values())), self._kind)
        for row, gate in zip(batches, found, strict=True):
            # guard(gate): the verdict on the pixels stands among the gates
            held[row] = (*held[row][:-1], gate, held[row][-1])
        return held

    def _load_router_gate(self) -> "RouterGate":
        from medviewer.inference.gates import RouterGate

        return RouterGate()

    def _load_pixel_gate(self) -> "PixelGate":
        from medviewer.inference.gates import PixelGate

        return PixelGate()

    def _run_variants(self, batch: npt.NDArray[np.float32]) -> "Outputs":
        """Return the outputs for a batch.

        Logits are the mean over its variants, the rest is of the images as they are.
        """
        variants = variants_of(batch, self.card.preprocessing)
        count, images = variants.shape[:2]
        if count == 1:
            return self._run(batch)
        outputs = self._run(variants.reshape(count * images, *batch.shape[1:]))
        mean = outputs.logits.reshape(count, images, -1).mean(axis=0)
        maps = outputs.feature_map
        if TASKS[self.card.task].draws and maps.ndim == 4:  # its map is the outline; else it has none
            maps = mean_over_variants(maps.reshape(count, images, *maps.shape[1:]))
        return engines.Outputs(mean, outputs.embedding[:images], maps[:images])

    def _run(self, batch: npt.NDArray[np.float32]) -> "Outputs":
        try:
            outputs = self._engine.run(batch)
        except Exception as error:
            if isinstance(error, ValueError) and self.pack.own_folder is not None:  # of its limits
                raise misfit_error(self.card, GRAPH, error) from error
            if self._engine.device == "CPU":
                raise
            log.warning("%s failed (%s); the CPU goes on", self._engine.device, type(error).__name__)
            self._engine = self._cpu_engine()
            self._notice = Gate("device", True, mark("The graphics processor failed; computed on the CPU."))
            outputs = self._engine.run(batch)
        # guard(test): what a network gives is of the frames that it was asked about, each part of it
        if any(np.shape(part)[:1] != (len(batch),) for part in outputs):
            raise DamagedModelError(
                model=self.card.name, detail=mark("it answers for another number of frames")
            )
        return outputs

    def _cpu_engine(self) -> Engine:
        return cpu_engine(self.pack)

    def _gpu_engine(self, device: str) -> Engine | None:
        if device == "cpu" or (device == "auto" and not gpu_seems_present()):
            return None
        keep_caches()  # before torch is loaded
        kind = engines.available_device(device)
        try:
            if kind:
                if self.pack.own_folder is not None:
                    return engines.LimitedEngine(self.pack.read(WEIGHTS), kind, self.card.architecture)
                return engines.TorchEngine(self.pack.read(WEIGHTS), self.card.architecture, kind)
        except engines.DeviceError as error:
            log.warning("%s cannot be used (%s); the CPU is", kind, error)
        except ValueError as error:
            raise misfit_error(self.card, WEIGHTS, error) from error
        if kind or device != "auto":
            self._notice = Gate(
                "device", True, mark("The graphics processor cannot be used; computed on the CPU.")
            )
        return None


def _preprocessing_hash(card: ModelCard, first: Classifier | None) -> str:
    ages = [(one.name, one.min_age_years, one.max_age_years, one.default) for one in card.populations]
    gate = gate_sha256() if card.input.looks_like else ""
    if first is not None:
        gate += first.preprocessing_sha256 + first.model_sha256
    return hashlib.sha256(f"{card.preprocessing.sha256}{card.input}{ages}{gate}".encode()).hexdigest()


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


def _with_remark(gates: tuple[Gate, ...], remark: Gate) -> tuple[Gate, ...]:
    """Return the gates with a remark replacing the passed one of its name."""
    return (*(gate for gate in gates if gate.name != remark.name or not gate.passed), remark)


def _trouble_message(error: InvalidNumbersError | ImageSizeError) -> Message:
    """Return the message of an error, its facts translated."""
    facts = tuple((name, Message(str(value))) for name, value in error.facts.items())
    return Message(error.sentence, facts)
