"""The GPU engine: torch on CUDA or MPS.

Imported only where a GPU seems to be present.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from safetensors.torch import load

from medviewer import limits
from medviewer.inference.engines.networks import Architecture, build
from medviewer.inference.engines.outputs import DeviceError, Floats, Outputs


class TorchEngine:
    """A network on a GPU.

    Parameters
    ----------
    weights : bytes
        safetensors.
    architecture : mapping
        The card's table.
    device : str
        "cuda" or "mps"; "cpu" serves comparisons.

    Raises
    ------
    ValueError
        The weights do not fit the architecture.
    DeviceError
        The device is not there, or too little of its memory is free.
    """

    def __init__(self, weights: bytes, architecture: Mapping[str, Any], device: str) -> None:
        try:
            state = {name: tensor.float() for name, tensor in load(weights).items()}
            _check_tensor_count(state)
            network = build(Architecture.from_facts(architecture))
            network.load_state_dict(state, strict=True)
        except Exception as error:  # safetensors and torch raise several kinds for a file that does not fit
            raise ValueError(type(error).__name__) from error
        self._torch_device = torch.device(device)
        self.device = device_name(device)
        self._network: Callable[[torch.Tensor], tuple[torch.Tensor, ...]] = on_device(
            network.eval(), self._torch_device
        )

    def run(self, batch: Floats) -> Outputs:
        """Return the outputs for (B, C, H, W).

        Where the memory of the device is too small for the batch, its images are computed one by one.

        Raises
        ------
        DeviceError
            The device failed, or its memory is too small for a single image.
        """
        try:
            return self._run(batch)
        except torch.OutOfMemoryError:
            self._free()
        except RuntimeError as error:
            raise DeviceError(type(error).__name__) from error
        try:
            single = [self._run(batch[place : place + 1]) for place in range(len(batch))]
        except RuntimeError as error:  # out of memory is one of these
            self._free()
            raise DeviceError(type(error).__name__) from error
        return Outputs(*(np.concatenate(parts) for parts in zip(*single, strict=True)))

    @torch.inference_mode()
    def _run(self, batch: Floats) -> Outputs:
        outputs = self._network(torch.from_numpy(batch).to(self._torch_device))
        return Outputs(*(output.float().cpu().numpy() for output in outputs))

    def _free(self) -> None:
        if self._torch_device.type == "cuda":
            torch.cuda.empty_cache()
        elif self._torch_device.type == "mps":
            torch.mps.empty_cache()


def _check_tensor_count(state: Mapping[str, torch.Tensor]) -> None:
    if len(state) > limits.MODEL_TENSORS:
        raise ValueError(f"{len(state)} tensors")


def available_device(wanted: str) -> str:
    """Return the torch device for a choice ("auto", "cuda", "mps"), or ""."""
    for kind, is_there in (("cuda", torch.cuda.is_available), ("mps", torch.backends.mps.is_available)):
        if wanted in ("auto", kind) and is_there():
            return kind
    return ""


def device_name(device: str) -> str:
    """Return a device as it is shown beside a result, e.g. "CUDA NVIDIA A2"."""
    if device == "cuda":
        return f"CUDA {torch.cuda.get_device_name()}"
    return device.upper()


def on_device(network: torch.nn.Module, device: torch.device) -> torch.nn.Module:
    """Return a network on a device, with its arithmetic in full precision."""
    torch.backends.cuda.matmul.allow_tf32 = False  # both engines are to agree within 1e-4
    torch.backends.cudnn.allow_tf32 = False
    try:
        return network.to(device)
    except RuntimeError as error:
        raise DeviceError(type(error).__name__) from error
