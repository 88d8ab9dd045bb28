"""The amount of text on an image."""

from enum import StrEnum


class TextLevel(StrEnum):
    """Steps of the texts on an image; letters and marks stay at each of them."""

    ACQUISITION = "acquisition"  # all, and how the image was acquired
    ALL = "all"
    FEW = "few"  # ID, plane, numbers and window
    LETTERS = "letters"

    @property
    def following(self) -> "TextLevel":
        """The next step; after the last one the first."""
        steps = list(TextLevel)
        return steps[(steps.index(self) + 1) % len(steps)]


def text_level_named(name: str, otherwise: TextLevel) -> TextLevel:
    """Return the step of a name; another one for names that are none."""
    return TextLevel(name) if name in list(TextLevel) else otherwise
