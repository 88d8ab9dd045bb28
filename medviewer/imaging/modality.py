"""From stored values to modality values (DICOM PS3.3 C.11.1): linear rescale or lookup table."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Rescale:
    """value = slope x stored + intercept."""

    slope: float = 1.0
    intercept: float = 0.0
    unit: str = ""  # "HU", "BQML", "OD" ... as Rescale Type or the modality states it; "" unknown


@dataclass(frozen=True, slots=True, eq=False)
class ModalityTable:
    """A Modality LUT (0028,3000); stored values outside are clamped to its ends."""

    first_mapped: int
    values: npt.NDArray[np.float32]
    unit: str = ""
    explanation: str = ""


ModalityTransform = Rescale | ModalityTable
