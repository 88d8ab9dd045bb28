"""Images that the rows are measured on.

Noise with structure, made by code, and real ones where present.
"""

import numpy as np

from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.frame.voi import Window


def ct(rows: int = 512, columns: int = 512, *, sigma: float = 12.0, seed: int = 1) -> Frame:
    """Return a head-like disc in HU with noise: stored as signed 16-bit."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    radius = np.hypot(x, y * 0.9)
    values = np.where(radius < 0.8, 35.0 + 8 * np.sin(9 * x) * np.cos(7 * y), -1000.0)
    values[(radius >= 0.72) & (radius < 0.8)] = 900.0
    values = values + random.normal(0, sigma, values.shape)
    return Frame(
        stored=np.rint(values).astype(np.int16),
        sop_instance_uid=f"1.2.3.{seed}",
        modality=Rescale(1, 0, "HU"),
        voi=(Window(40, 80),),
        attributes=FrameAttributes(modality="CT"),
    )
