"""Rows of the classifier: C1 (engine), CK (a click over the bare forward), CS (a series)."""

from dataclasses import replace

import numpy as np
import torch
from images import ct
from table import Measured, Row, interleaved

from medviewer.dicom.demo.phantom_anatomy import Head, slice_heights
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.inference.classification.classifier import load_classifier
from medviewer.inference.classification.series import classify_series
from medviewer.inference.engines.onnx import OnnxEngine
from medviewer.inference.engines.torch import TorchEngine
from medviewer.inference.gates.router_gate import ROUTER, Appearance
from medviewer.inference.input.preprocess import Batch, GrayImages, Preprocessing, input_of
from medviewer.inference.pack.packs import find_pack, load_card

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
    """Run the CPU engine beside torch in inference mode, one thread, one slice."""
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


def click() -> Measured:
    """Classify in the worker, gates to result, beside the bare forward."""
    classifier = load_classifier(MODEL, "cpu")
    frame = ct()
    engine = OnnxEngine((find_pack(MODEL) / "model.onnx").read_bytes())
    batch = preprocess(frame, classifier.card.preprocessing)
    product, bare = interleaved(
        lambda: classifier.classify(frame, override=True), lambda: engine.run(batch), rounds=21, warm=3
    )
    return Measured(product, bare)


def series() -> Measured:
    """Classify 300 slices of the phantom beside the two networks on their prepared inputs, in batches."""
    classifier = load_classifier(MODEL, "cpu")
    phantom = Head(1)
    slices = [phantom.slice_hu(float(z)).astype(np.int16) for z in slice_heights(SERIES_SLICES)[10:20]]
    frames = [
        replace(
            ct(),
            stored=slices[i % len(slices)],
            sop_instance_uid=f"1.2.3.{i}",
            attributes=HEAD,
            geometry=AXIAL,
        )
        for i in range(SERIES_SLICES)
    ]
    router = Appearance()
    seen = np.concatenate([router.prepare(frame) for frame in frames])
    batch = np.concatenate([preprocess(frame, classifier.card.preprocessing) for frame in frames])
    engines = [
        (OnnxEngine((find_pack(name) / "model.onnx").read_bytes()), inputs)
        for name, inputs in ((ROUTER, seen), (MODEL, batch))
    ]

    def bare() -> None:
        for engine, inputs in engines:
            for start in range(0, len(inputs), BATCH):
                engine.run(inputs[start : start + BATCH])

    results = list(classify_series(classifier, frames))
    refused = sum(result.content is None for result in results)
    product, yardstick = interleaved(
        lambda: list(classify_series(classifier, frames)), bare, rounds=5, warm=1
    )
    missing = f"{refused} slices had no prediction" if refused else ""
    return Measured(product, yardstick, missing=missing)


ROWS = (
    Row("C1", "CPU engine, beside torch in inference mode", 0.6, engines),
    Row("CK", "classification of one slice, beside the bare forward", 1.5, click),
    Row("CS", "classification of 300 slices, beside both networks in batches of 32", 1.2, series),
)
