"""Engines that run networks.

ONNX Runtime, torch, and a limited process for added models.
"""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.inference.engines.limited import DeviceError, LimitedEngine
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
    from medviewer.inference.engines.onnx import OnnxEngine, Outputs
    from medviewer.inference.engines.torch import DeviceFailure, TorchEngine, available_device

__getattr__ = lazy_names(
    __name__,
    {
        "limited": "DeviceError LimitedEngine",
        "lite0": "Lite0Trunk SameConvolution",
        "networks": "Architecture Convolution Lite0 Lite0Outline Network build fold",
        "onnx": "OnnxEngine Outputs",
        "torch": "DeviceFailure TorchEngine available_device",
    },
)
