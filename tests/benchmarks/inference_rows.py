"""Rows of the classifier: C1 (engine), CK (what a click costs over the bare forward)."""

import numpy as np
import torch
from pictures import ct
from table import Measured, Row, interleaved

from medviewer.inference.classifier import load_classifier
from medviewer.inference.engine_onnx import OnnxEngine
from medviewer.inference.engine_torch import TorchEngine
from medviewer.inference.model_card import find_pack, load_card
from medviewer.inference.preprocess import preprocess

MODEL = "head-ct-haemorrhage"


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
    """Classify in the worker, gates to outcome, beside the bare forward."""
    classifier = load_classifier(MODEL, "cpu")
    frame = ct()
    engine = OnnxEngine((find_pack(MODEL) / "model.onnx").read_bytes())
    batch = preprocess(frame, classifier.card.preprocessing)
    product, bare = interleaved(
        lambda: classifier.classify(frame, anyway=True), lambda: engine.run(batch), rounds=21, warm=3
    )
    return Measured(product, bare)


ROWS = (
    Row("C1", "CPU engine, beside torch in inference mode", 0.6, engines),
    Row("CK", "classification of one slice, beside the bare forward", 1.5, click),
)
