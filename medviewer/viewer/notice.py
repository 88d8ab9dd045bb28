"""Messages to the user beside the images."""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from typing import Protocol

from medviewer.errors import MedviewerError
from medviewer.translation import NOTHING, Message


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to be told.

    Parameters
    ----------
    severity : str
        "info" for what went well, which passes; "warning" or "error" for what wants attention.
    cause : hashable
        What it is about; it leaves when that is over, and gives way to the next one about the same. None:
        it stays until it is dismissed.
    about : frozenset
        Open studies that it is about, by `Identity.study_key`; it leaves when all of them are closed.
    stays : bool
        Until its cause is over, also where it is good news: something is under way.
    actions : tuple of (Message, callable)
        At most two things to do about it, each with its word.
    """

    sentence: Message
    hint: Message = NOTHING
    severity: str = "error"
    cause: Hashable = None
    about: frozenset[Hashable] = frozenset()
    actions: tuple[tuple[Message, Callable[[], object]], ...] = ()
    stays: bool = False

    @property
    def passes(self) -> bool:
        """Whether it leaves by itself after some seconds."""
        return self.severity == "info" and not self.stays


class NoticeBoard(Protocol):
    """Messages beside the images.

    A message leaves when its cause is over.
    """

    def tell(self, notice: Notice) -> None:
        """Put a message on top of those that are not over."""

    def tell_error(
        self, error: MedviewerError, cause: Hashable = None, about: Collection[Hashable] = ()
    ) -> None:
        """Show an error and its hint."""

    def end(self, cause: Hashable) -> None:
        """Remove the messages of a finished cause."""
