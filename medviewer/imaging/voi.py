"""Values of interest (DICOM PS3.3 C.11.2): windows and lookup tables that lead to the screen."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt


class VoiFunction(StrEnum):
    """VOI LUT Function (0028,1056)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


class VoiOrigin(StrEnum):
    """Where a VOI comes from; shown to the user."""

    FILE = "file"
    AUTO = "auto"  # no VOI in the file: stated beside the window
    PRESET = "preset"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Window:
    """Center and width in modality units."""

    center: float
    width: float
    function: VoiFunction = VoiFunction.LINEAR
    explanation: str = ""  # the file's or the preset's name, e.g. "Brain"
    origin: VoiOrigin = VoiOrigin.FILE


@dataclass(frozen=True, slots=True, eq=False)
class VoiTable:
    """One item of the VOI LUT Sequence (0028,3010); input is in modality units."""

    first_mapped: int
    values: npt.NDArray[np.uint16]
    bits: int
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """The values are P-values already (Secondary Capture, PS3.3 A.8.4.4): full range, nothing stretched."""

    bits: int


Voi = Window | VoiTable | Identity
