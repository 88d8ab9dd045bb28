"""SHA-256 of every file of the packs that come with the program; written by the publishing of a model."""

from typing import Final

BUNDLED: Final[dict[str, dict[str, str]]] = {}
