"""A shift of each class's logit, as a part of calibration.

Apart from `calibration`, which needs no torch.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from medviewer.training.metrics import Array


def fit_shift(logits: npt.NDArray[np.floating], labels: npt.NDArray[np.int64]) -> Array:
    """Return the logit shift of each class for the best fit: (classes,).

    Bias-corrected temperature scaling (A. Alexandari et al., ICML 2020); the shifts sum to 0.
    """
    scores, truth = torch.tensor(np.asarray(logits, np.float64)), torch.from_numpy(labels)
    scale = torch.ones(1, dtype=torch.float64, requires_grad=True)
    shift = torch.zeros(scores.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([scale, shift], max_iter=500, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = functional.cross_entropy(scores * scale + shift, truth)
        torch.autograd.backward(value)
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]  # missing in torch's types
    found = (shift / scale).detach().numpy()
    return np.asarray(found - found.mean(), np.float64)
