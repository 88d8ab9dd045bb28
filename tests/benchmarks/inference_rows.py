"""Rows of the classifier.

C1 (engine), CK (a click), CV (with its whisker), CS (a series).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from images import ct
from table import Measured, Row, interleaved

from medviewer.dicom.demo.phantom_anatomy import Head, slice_heights
from medviewer.errors import MedviewerError
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.inference.classification.classifier import Classifier, load_classifier
from medviewer.inference.classification.series import classify_series
from medviewer.inference.engines.onnx import OnnxEngine
from medviewer.inference.engines.torch import TorchEngine
from medviewer.inference.gates.pixel_gate import TRUNK, PixelGate, gate_folder
from medviewer.inference.gates.router_gate import ROUTER, RouterGate
from medviewer.inference.input.preprocess import Batch, GrayImages, Preprocessing, input_of, variants_of
from medviewer.inference.pack.packs import find_pack, load_card
from medviewer.inference.result import ModelResult

MODEL = "head-ct-haemorrhage"
SERIES_SLICES = 300
BATCH = 32
HEAD = FrameAttributes(
    modality="CT",
    body_part="HEAD",
    image_type=("ORIGINAL", "PRIMARY", "AXIAL"),
    contrast_agent="NONE",
    patient_age_years=50,
)
AXIAL = FrameGeometry(spacing_mm=(0.5, 0.5), row_direction=(1.0, 0.0, 0.0), column_direction=(0.0, 1.0, 0.0))


def preprocess(frame: Frame, spec: Preprocessing) -> Batch:
    """Return a network's input for a frame."""
    return input_of(GrayImages(frame).as_trained(spec), spec)


def engines() -> Measured:
    """Run the CPU engine beside torch, in one thread, for one slice."""
    pack = find_pack(MODEL)
    card = load_card(pack)
    batch = preprocess(ct(), card.preprocessing)
    ours = OnnxEngine((pack / "model.onnx").read_bytes())
    torch.set_num_threads(1)
    theirs = TorchEngine((pack / "model.safetensors").read_bytes(), card.architecture, "cpu")
    apart = float(
        np.abs(_probabilities(ours.run(batch).logits) - _probabilities(theirs.run(batch).logits)).max()
    )
    product, yardstick = interleaved(lambda: ours.run(batch), lambda: theirs.run(batch), rounds=31, warm=5)
    missing = "" if apart <= 1e-4 else f"probabilities differ by {apart:.2g}"
    return Measured(product, yardstick, missing=missing, remark=f"probabilities differ by {apart:.1g}")


def _probabilities(logits: np.ndarray) -> np.ndarray:
    power = np.exp(logits - logits.max(axis=1, keepdims=True))
    return power / power.sum(axis=1, keepdims=True)


def heads(count: int) -> list[Frame]:
    """Return slices of the phantom that the model answers."""
    phantom = Head(1)
    slices = [phantom.slice_hu(float(z)).astype(np.int16) for z in slice_heights(SERIES_SLICES)[10:20]]
    return [
        replace(
            ct(),
            stored=slices[number % len(slices)],
            sop_instance_uid=f"1.2.3.{number}",
            attributes=HEAD,
            geometry=AXIAL,
        )
        for number in range(count)
    ]


def networks(classifier: Classifier, frames: Sequence[Frame], together: int) -> Callable[[], None]:
    """Return a run of all networks that answer frames, on prepared inputs.

    Router, pixel gate, model.
    """
    router, gate = RouterGate(), PixelGate()
    kind = gate.kind_of(classifier.card.input.looks_like)
    inputs = [
        (ROUTER, find_pack(ROUTER) / "model.onnx", [router.prepare(frame) for frame in frames]),
        ("gate", gate_folder() / TRUNK, [gate.prepare(frame, kind) for frame in frames]),
        (MODEL, find_pack(MODEL) / "model.onnx", [as_seen(frame, classifier) for frame in frames]),
    ]
    engines = [(OnnxEngine(path.read_bytes()), np.concatenate(parts)) for _, path, parts in inputs]

    def bare() -> None:
        for engine, batch in engines:
            for start in range(0, len(batch), together):
                engine.run(batch[start : start + together])

    return bare


def as_seen(frame: Frame, classifier: Classifier) -> Batch:
    """Return the variants of an input over which answers are averaged."""
    spec = classifier.card.preprocessing
    variants = variants_of(preprocess(frame, spec), spec)
    return variants.reshape(-1, *variants.shape[2:])


def unanswered(results: Sequence[ModelResult | MedviewerError]) -> str:
    """Say how many slices were refused, which costs less than an answer.

    "" for none.
    """
    refused = sum(not isinstance(result, ModelResult) or result.content is None for result in results)
    return f"{refused} slices had no answer" if refused else ""


def click() -> Measured:
    """Classify in the worker, gates to result, beside the networks alone."""
    classifier, (frame,) = load_classifier(MODEL, "cpu"), heads(1)
    bare = networks(classifier, [frame], 1)
    missing = unanswered([classifier.classify(frame)])
    product, yardstick = interleaved(lambda: classifier.classify(frame), bare, rounds=21, warm=3)
    return Measured(product, yardstick, missing=missing)


def stability() -> Measured:
    """Classify, and again under the sixteen small changes of the whisker."""
    classifier, (frame,) = load_classifier(MODEL, "cpu"), heads(1)
    result = classifier.with_stability(frame, classifier.classify(frame))
    missing = "" if result.stability is not None else "no whisker"
    bare = networks(classifier, [frame], 1)
    product, _ = interleaved(
        lambda: classifier.with_stability(frame, classifier.classify(frame)), bare, rounds=11, warm=3
    )
    return Measured(product, missing=missing)


def series() -> Measured:
    """Classify 300 slices beside the networks alone, in batches."""
    classifier, frames = load_classifier(MODEL, "cpu"), heads(SERIES_SLICES)
    bare = networks(classifier, frames, BATCH)
    missing = unanswered(list(classify_series(classifier, frames)))
    product, yardstick = interleaved(
        lambda: list(classify_series(classifier, frames)), bare, rounds=5, warm=1
    )
    return Measured(product, yardstick, missing=missing)


ROWS = (
    Row("C1", "CPU engine, beside torch in inference mode", 0.6, engines),
    Row("CK", "classification of one slice, beside its networks alone", 1.5, click),
    Row("CV", "classification of one slice with its sixteen changes", 60, stability, absolute=True),
    Row("CS", "classification of 300 slices, beside its networks in batches of 32", 1.2, series),
)
