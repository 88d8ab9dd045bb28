"""Engines that run networks.

ONNX Runtime, torch, and a limited process for added models.
"""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.inference.engines.limited import LimitedEngine
    from medviewer.inference.engines.lite0 import Lite0Trunk, SameConvolution
    from medviewer.inference.engines.networks import (
        Architecture,
        Convolution,
        Lite0,
        Lite0Outline,
        Network,
        build,
        fold,
    )
    from medviewer.inference.engines.onnx import OnnxEngine
    from medviewer.inference.engines.outputs import DeviceError, Outputs
    from medviewer.inference.engines.torch import TorchEngine, available_device

__getattr__ = lazy_names(
    __name__,
    {
        "limited": "LimitedEngine",
        "lite0": "Lite0Trunk SameConvolution",
        "networks": "Architecture Convolution Lite0 Lite0Outline Network build fold",
        "onnx": "OnnxEngine",
        "outputs": "DeviceError Outputs",
        "torch": "TorchEngine available_device",
    },
)
