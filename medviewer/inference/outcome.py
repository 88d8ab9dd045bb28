"""What a classifier answers: a prediction, a refusal with its reason, or no result."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

QUESTION: Final = "question"
"""Name of the gate that only the reader's own yes passes."""


@dataclass(frozen=True, slots=True)
class ResultKey:
    """What a result belongs to; two results with one key are interchangeable, any other pair is not.

    `content_sha256` is of everything in the frame that the gates and the preprocessing read: the same stored
    pixels with another intercept, padding, orientation or body part are another frame.
    """

    sop_instance_uid: str
    frame_number: int
    pixel_sha256: str
    preprocessing_sha256: str
    model_sha256: str
    content_sha256: str


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """The threshold at which the positive class is called, with what it reached on the test split."""

    threshold: float
    sensitivity: float
    specificity: float
    sensitivity_interval: tuple[float, float] | None = None  # 95 %, by patient
    specificity_interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """One check of suitability that was passed, noted or failed."""

    name: str  # "modality", "body part", "view", "plane", "sequence", "contrast", "age", "question" ...
    passed: bool
    statement: str  # an English sentence marked for translation, its facts filled in by `facts`
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """Calibrated class probabilities of one frame.

    One that was computed although a gate failed is not valid: nothing that was measured of the model holds
    for it, so it has no operating point, no population and no calibration, whoever makes it.
    """

    key: ResultKey
    model: str
    model_version: str
    probabilities: tuple[tuple[str, float], ...]  # label -> probability, in the card's order
    label: str  # by the operating point, not by the largest probability
    operating_point: OperatingPoint | None
    calibrated: bool
    device: str  # "CPU", "CUDA NVIDIA ...", "MPS"
    milliseconds: float
    notes: tuple[Gate, ...] = ()  # what is stated beside the result: missing age, contrast not stated ...
    overridden: Gate | None = None  # the gate that failed and was overridden by "classify anyway"
    is_phantom: bool = False
    positive_label: str = ""  # the class that the operating point decides about; "" the first
    population: str = ""  # the group of patients whose figures are used; "" where the card has one only
    population_title: str = ""  # as it is shown, in English
    own_folder: str = ""  # of a pack that did not come with the program; "" of a bundled one
    embedding: npt.NDArray[np.float32] | None = field(default=None, repr=False)
    feature_map: npt.NDArray[np.float32] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not self.is_valid:
            withheld = {
                "operating_point": None,
                "calibrated": False,
                "population": "",
                "population_title": "",
            }
            for name, value in withheld.items():
                object.__setattr__(self, name, value)

    @property
    def is_valid(self) -> bool:
        """Whether every gate was passed; else the class is struck out wherever it is said."""
        return self.overridden is None


@dataclass(frozen=True, slots=True, eq=False)
class Refusal:
    """The model does not fit this frame: a result of its own, shown and exported with its reason."""

    key: ResultKey
    model: str
    model_version: str
    gate: Gate
    is_phantom: bool = False
    own_folder: str = ""  # of a pack that did not come with the program; "" of a bundled one


@dataclass(frozen=True, slots=True, eq=False)
class NoResult:
    """The computation gave no valid numbers, or failed; never turned into a class."""

    key: ResultKey
    model: str
    model_version: str
    reason: str  # an English sentence marked for translation
    facts: tuple[tuple[str, str], ...] = ()
    is_phantom: bool = False
    own_folder: str = ""  # of a pack that did not come with the program; "" of a bundled one


Outcome = Prediction | Refusal | NoResult
