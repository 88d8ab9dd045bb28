"""Names of bundled models that the program itself asks for."""

from typing import Final

DEFAULT_MODEL: Final = "head-ct-haemorrhage"
"""The one that is chosen at the first start."""

ROUTER: Final = "router"
"""The one that tells kinds of images apart; it answers no question."""
