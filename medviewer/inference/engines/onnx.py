"""The CPU engine: onnxruntime. It starts fast and needs no torch."""

import os
from typing import Final

import numpy as np

from medviewer.inference.engines.onnx_graph import check_graph
from medviewer.inference.engines.onnx_messages import LONGEST_NAME
from medviewer.inference.engines.outputs import NO_NETWORK, Floats, Outputs
from medviewer.libraries import load_onnxruntime
from medviewer.plain_text import printable
from medviewer.process import give_back_memory

onnxruntime = load_onnxruntime()

OUTPUT_NAMES: Final = ("logits", "embedding", "feature_map")


class OnnxEngine:
    """A network on the CPU.

    Parameters
    ----------
    model : bytes
        An ONNX graph with the outputs `logits`, `embedding` and `feature_map`.

    Raises
    ------
    ValueError
        It is no such graph, or `onnx_graph` does not accept it.
    """

    device = "CPU"

    def __init__(self, model: bytes) -> None:
        check_graph(model)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = max(1, _cores() - 1)  # one core is the window's
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4  # errors come as exceptions
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own exceptions have no common base
            raise ValueError(NO_NETWORK) from error
        names = {output.name for output in self._session.get_outputs()}
        if not names.issuperset(OUTPUT_NAMES) or len(self._session.get_inputs()) != 1:
            said = ", ".join(sorted(names))[:LONGEST_NAME]
            raise ValueError(f"outputs {printable(said)}; {', '.join(OUTPUT_NAMES)} and one input are needed")
        self._input = self._session.get_inputs()[0].name
        give_back_memory()  # of a model of 3 MB more than ten would stay

    def run(self, batch: Floats) -> Outputs:
        """Return the outputs for (B, C, H, W)."""
        outputs = self._session.run(list(OUTPUT_NAMES), {self._input: batch})
        return Outputs(*(np.asarray(output, np.float32) for output in outputs))


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)  # Linux: what this process may really use
    return len(affinity(0)) if affinity else os.cpu_count() or 1
