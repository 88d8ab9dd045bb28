"""The kinds of arrays that the program passes around.

They differ by meaning, not only by dtype.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ForwardRef, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    StoredImage: TypeAlias = Annotated[npt.NDArray[Any], "pixels"]
    ModalityImage: TypeAlias = npt.NDArray[np.float32]
    DisplayImage: TypeAlias = npt.NDArray[np.uint8]
    Mask: TypeAlias = npt.NDArray[np.bool_]
else:  # the same, without numpy

    def _array(of: str) -> ForwardRef:
        return ForwardRef(f"ndarray[tuple, dtype[{of}]]", module="numpy")

    StoredImage = Annotated[_array("generic"), "pixels"]
    """(rows, columns) integers or floats as stored, or (rows, columns, 3) uint8 RGB.

    They leave the process that reads them in memory of their own."""

    ModalityImage = Annotated[_array("float32"), "values"]
    """(rows, columns) values after the modality transform, e.g. HU."""

    DisplayImage = Annotated[_array("uint8"), "image"]
    """(rows, columns) gray or (rows, columns, 3) RGB, ready for the screen."""

    Mask = Annotated[_array("bool_"), "mask"]
    """(rows, columns), True where something holds."""
