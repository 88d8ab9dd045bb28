"""Colors of texts and marks on images.

The same in every theme: images lie on black. Each is an "#rrggbb".
"""

from typing import Final

GROUND: Final = "#000000"
TEXT: Final = "#f1f3f6"
QUIET: Final = "#b4bec9"
MEASURE: Final = "#7fe9e2"
"""Of lengths, angles and regions that were drawn."""
THRESHOLD: Final = "#a4ec6c"
AXIAL: Final = "#ff9583"
CORONAL: Final = "#86e08f"
SAGITTAL: Final = "#78bcff"
AMBER: Final = "#f2b44e"
BLUE: Final = "#72aeff"
"""Of focus and of what is under way."""


def rgb(color: str) -> tuple[int, int, int]:
    """Return red, green and blue of "#rrggbb", 0 to 255 each."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
