"""Outputs and error that all engines share, without loading any."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from medviewer.translation import mark

NO_NETWORK: Final = mark("its parts do not fit together")
NOT_COMPUTED: Final = mark("it cannot be computed")
TOO_LARGE: Final = mark("it takes more memory than an added model may have")
TOO_SLOW: Final = mark("it takes longer than an added model may")
ENDED: Final = mark("its process ended before it answered, perhaps for want of memory")

Floats = npt.NDArray[np.float32]


class DeviceError(Exception):
    """The graphics processor cannot compute; another device has to."""


class Outputs(NamedTuple):
    """Outputs of a network for a batch of B.

    logits is (B, classes), embedding (B, E), feature_map (B, E, h, w).
    """

    logits: Floats
    embedding: Floats
    feature_map: Floats
