"""Last layer of a network, by which features count for classes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load

if TYPE_CHECKING:
    from medviewer.inference.engines import Outputs

WEIGHT: Final = "head.weight"
BIAS: Final = "head.bias"
SAME: Final = 0.02
"""Of logits: the graph has the head's weights in half precision."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """The linear layer behind global average pooling.

    weight is (classes, E), bias (classes,).
    """

    weight: Floats
    bias: Floats

    def evidence(self, place: int) -> Floats:
        """Return the weights (E,) for one class against the mean of the others."""
        others = np.delete(self.weight, place, axis=0).mean(axis=0)
        return np.asarray(self.weight[place] - others, np.float32)

    def explains(self, outputs: "Outputs") -> bool:
        """Return whether this layer gives the logits of the feature maps.

        Only then does a map of it say where a score comes from.
        """
        maps = outputs.feature_map
        if maps.ndim != 4 or maps.shape[1] != self.weight.shape[1]:
            return False
        logits = maps.mean(axis=(2, 3)) @ self.weight.T + self.bias
        if logits.shape != outputs.logits.shape:
            return False
        scale = max(1.0, float(np.abs(outputs.logits).max()))
        return bool(np.abs(logits - outputs.logits).max() <= SAME * scale)


def head_of(weights: bytes) -> Head | None:
    """Return the last layer from a pack's weights, or None."""
    try:
        tensors = load(weights)
        weight, bias = (np.asarray(tensors[name], np.float32) for name in (WEIGHT, BIAS))
    except (SafetensorError, KeyError, TypeError, ValueError):
        return None
    is_fine = weight.ndim == 2 and len(weight) >= 2 and bias.shape == weight.shape[:1]
    return Head(weight, bias) if is_fine and np.isfinite(weight).all() and np.isfinite(bias).all() else None
