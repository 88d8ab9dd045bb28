"""Damage of an image that is shown as far as its data goes."""

from dataclasses import dataclass
from typing import Final

from medviewer.translation import Message, message

LEAST_SHARE: Final = 0.02
"""Of a picture, to be shown at all."""


@dataclass(frozen=True, slots=True)
class Damage:
    """The part of an image that its file does not hold any more.

    Parameters
    ----------
    missing : float or None
        Its share, from 0 to 1; None where nobody can tell.
    """

    missing: float | None = None

    def note(self) -> Message:
        """Return the sentence that stands beside the image wherever it goes."""
        if self.missing is None:
            return message("The picture is damaged: a part of it is missing.")
        if self.missing < 0.01:
            return message("The picture is damaged: less than 1 % of it is missing.")
        return message("The picture is damaged: about {percent} % of it is missing.", percent=self._percent)

    def short_note(self) -> Message:
        """Return the same in a few words, for a pane with little room."""
        if self.missing is None:
            return message("DAMAGED")
        percent = "< 1" if self.missing < 0.01 else self._percent
        return message("DAMAGED, {percent} % missing", percent=percent)

    @property
    def _percent(self) -> int:
        return min(99, round(100 * (self.missing or 0.0)))
