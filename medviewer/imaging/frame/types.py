"""The kinds of arrays that the program passes around.

They differ by meaning, not only by dtype.
"""

from typing import Annotated, Any, TypeAlias

import numpy as np
import numpy.typing as npt

StoredImage: TypeAlias = Annotated[npt.NDArray[Any], "pixels"]
"""(rows, columns) integers or floats as stored, or (rows, columns, 3) uint8 RGB.

They leave the process that reads them in memory of their own."""

ModalityImage: TypeAlias = npt.NDArray[np.float32]
"""(rows, columns) values after the modality transform, e.g. HU."""

DisplayImage: TypeAlias = npt.NDArray[np.uint8]
"""(rows, columns) grey or (rows, columns, 3) RGB, ready for the screen."""

Mask: TypeAlias = npt.NDArray[np.bool_]
"""(rows, columns), True where something holds."""
