"""The CPU engine: onnxruntime. It starts fast and needs no torch."""

import os
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from medviewer.libraries import load_onnxruntime

onnxruntime = load_onnxruntime()

Floats = npt.NDArray[np.float32]

OUTPUT_NAMES: Final = ("logits", "embedding", "feature_map")
VARINT, FIXED_64, BYTES, FIXED_32 = 0, 1, 2, 5  # protobuf wire types

# where tensors can lie in an ONNX file: message -> {field number: message}
MESSAGES: Final[dict[str, dict[int, str]]] = {
    "model": {7: "graph", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
EXTERNAL_DATA, DATA_LOCATION = 13, 14  # fields of a tensor


class Outputs(NamedTuple):
    """What a network returns for a batch of B.

    logits is (B, classes), embedding (B, E), feature_map (B, E, h, w).
    """

    logits: Floats
    embedding: Floats
    feature_map: Floats


class OnnxEngine:
    """A network on the CPU.

    Parameters
    ----------
    model : bytes
        An ONNX graph with the outputs `logits`, `embedding` and `feature_map`.

    Raises
    ------
    ValueError
        It is no such graph, or it refers to data outside itself.
    """

    device = "CPU"

    def __init__(self, model: bytes) -> None:
        if refers_to_other_files(model):
            raise ValueError("weights outside the file")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = max(1, _cores() - 1)  # one core is the window's
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4  # errors come as exceptions
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own exceptions have no common base
            raise ValueError(type(error).__name__) from error
        names = {output.name for output in self._session.get_outputs()}
        if not names.issuperset(OUTPUT_NAMES) or len(self._session.get_inputs()) != 1:
            raise ValueError(f"outputs {sorted(names)}")
        self._input = self._session.get_inputs()[0].name

    def run(self, batch: Floats) -> Outputs:
        """Return the outputs for (B, C, H, W)."""
        outputs = self._session.run(list(OUTPUT_NAMES), {self._input: batch})
        return Outputs(*(np.asarray(output, np.float32) for output in outputs))


def refers_to_other_files(model: bytes) -> bool:
    """Return whether a tensor of an ONNX file lies outside the file.

    onnxruntime would open whatever path the file names.

    Raises
    ------
    ValueError
        It is no protobuf message.
    """
    return _is_external(memoryview(model), "model", 0)


def _is_external(message: memoryview, kind: str, depth: int) -> bool:
    if depth > 32:
        raise ValueError("nested too deep")
    for number, value in _fields(message):
        if kind == "tensor" and (number == EXTERNAL_DATA or (number == DATA_LOCATION and value == 1)):
            return True
        inner = MESSAGES[kind].get(number)
        if inner and isinstance(value, memoryview) and _is_external(value, inner, depth + 1):
            return True
    return False


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield (field number, value) of one protobuf message; values of fixed length are left out as 0."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        wire = key & 7
        if wire == VARINT:
            value, at = _varint(message, at)
            yield key >> 3, value
            continue
        if wire == BYTES:
            length, at = _varint(message, at)
        elif wire in (FIXED_64, FIXED_32):
            length = 8 if wire == FIXED_64 else 4
        else:
            raise ValueError("no protobuf message")
        if at + length > len(message):
            raise ValueError("truncated")
        yield key >> 3, message[at : at + length] if wire == BYTES else 0
        at += length


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            raise ValueError("truncated")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("no protobuf message")


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)  # Linux: what this process may really use
    return len(affinity(0)) if affinity else os.cpu_count() or 1
