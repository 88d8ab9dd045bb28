"""The task "classification": probabilities of classes, and which class the operating point calls."""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from medviewer.inference.outcome import OperatingPoint


@dataclass(frozen=True, slots=True, eq=False)
class Classification:
    """Calibrated class probabilities of one frame: the content of a classifier's result.

    Parameters
    ----------
    probabilities : tuple of (label, probability)
        In the card's order.
    label : str
        The class that is called: by the operating point, not by the largest probability.
    positive_label : str
        The class that the operating point decides about; "" the first.
    embedding, feature_map : (E,), (E, h, w) float32 or None
        The network's last features.
    """

    probabilities: tuple[tuple[str, float], ...]
    label: str
    operating_point: OperatingPoint | None
    calibrated: bool
    positive_label: str = ""
    embedding: npt.NDArray[np.float32] | None = field(default=None, repr=False)
    feature_map: npt.NDArray[np.float32] | None = field(default=None, repr=False)

    def without_figures(self) -> "Classification":
        """Return scores without operating point and calibration; the likeliest class is the one called."""
        likeliest = max(self.probabilities, key=lambda entry: entry[1])[0] if self.probabilities else ""
        return replace(self, label=likeliest, operating_point=None, calibrated=False)
