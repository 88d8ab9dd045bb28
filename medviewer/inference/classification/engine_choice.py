"""Choice of the engine that computes a pack."""

import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from medviewer.errors import DamagedModelError
from medviewer.inference import engines
from medviewer.inference.pack import (
    GRAPH,
    ModelCard,
    Pack,
)
from medviewer.translation import Message, message

if TYPE_CHECKING:
    from medviewer.inference.engines import Outputs


class Engine(Protocol):
    """Runtime that computes a network."""

    device: str

    def run(self, batch: npt.NDArray[np.float32]) -> "Outputs":
        """Return the outputs for (B, C, H, W)."""


def cpu_engine(pack: Pack) -> Engine:
    """Return the engine that computes a pack on the CPU.

    One of the user's own in a limited process.

    Raises
    ------
    DamagedModelError
        Its graph is not accepted, or does not fit.
    """
    try:
        if pack.own_folder is not None:
            return engines.LimitedEngine(pack.read(GRAPH))
        return engines.OnnxEngine(pack.read(GRAPH))
    except ValueError as error:
        raise misfit_error(pack.card, GRAPH, error) from error


def misfit_error(card: ModelCard, name: str, error: Exception) -> DamagedModelError:
    """Return the error for weights or a graph that do not fit their card."""
    detail = message("{file} cannot be loaded ({reason})", file=name, reason=Message(str(error)))
    return DamagedModelError(model=card.name, detail=detail)


def gpu_seems_present() -> bool:
    """Return whether it is worth importing torch (1.3 s) to ask it for a GPU."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    if sys.platform == "win32":
        return (Path("C:/Windows/System32") / "nvcuda.dll").exists()
    return any(Path(device).exists() for device in ("/dev/nvidiactl", "/dev/dxg"))
