"""Colors that a gray image brings for its highest stored values.

See PS3.3 C.7.6.19.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from medviewer.imaging.frame.types import Mask, StoredImage


@dataclass(frozen=True, slots=True, eq=False)
class SupplementalPalette:
    """Colors by stored value.

    Parameters
    ----------
    first_mapped : int
        The stored value of the first color; lower ones are gray. Those above the last color take it.
    colors : (n, 3) uint8
        RGB.
    """

    first_mapped: int
    colors: np.typing.NDArray[np.uint8]

    def is_colored(self, stored: StoredImage) -> Mask:
        """Return the mask of stored values that are colors."""
        return np.asarray(stored >= self.first_mapped)
