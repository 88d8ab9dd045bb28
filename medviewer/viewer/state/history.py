"""Undo and redo as a list of immutable values.

An edit makes a new one, undo and redo move in the list.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

from medviewer.translation import NOTHING, Message, message

T = TypeVar("T")

MOST_STEPS: Final = 1000


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """One edit: its name ("length") and the value on its other side.

    Before it or behind it.
    """

    name: Message
    value: T


@dataclass(frozen=True, slots=True)
class History(Generic[T]):
    """A value with those before it and those that were taken back.

    Parameters
    ----------
    past : tuple of Step
        The oldest first; each with the value before the edit that it names.
    future : tuple of Step
        The next one last; each with the value behind the edit that it names.
    most : int
        So many edits can be taken back; beyond that the oldest is forgotten.
    """

    present: T
    past: tuple[Step[T], ...] = ()
    future: tuple[Step[T], ...] = ()
    most: int = MOST_STEPS

    def edited(self, name: Message, value: T) -> "History[T]":
        """Return the history behind an edit.

        What was taken back before can no longer be done again.
        """
        if value == self.present:
            return self
        past = (*self.past, Step(name, self.present))[-self.most :]
        return replace(self, present=value, past=past, future=())

    def undone(self) -> "History[T]":
        """Return the history with its last edit taken back.

        Itself where there is none.
        """
        if not self.past:
            return self
        *past, last = self.past
        future = (*self.future, Step(last.name, self.present))
        return replace(self, present=last.value, past=tuple(past), future=future)

    def redone(self) -> "History[T]":
        """Return the history with the last undone edit done again.

        Itself where there is none.
        """
        if not self.future:
            return self
        *future, following = self.future
        past = (*self.past, Step(following.name, self.present))
        return replace(self, present=following.value, past=past, future=tuple(future))

    def everywhere(self, change: Callable[[T], T]) -> "History[T]":
        """Return the history with all values changed, not undoable."""
        return replace(
            self,
            present=change(self.present),
            past=tuple(Step(step.name, change(step.value)) for step in self.past),
            future=tuple(Step(step.name, change(step.value)) for step in self.future),
        )

    @property
    def undo_title(self) -> Message:
        """The words of the command that takes the last edit back ("Undo length").

        Nothing where none is.
        """
        return message("Undo {step}", step=self.past[-1].name) if self.past else NOTHING

    @property
    def redo_title(self) -> Message:
        """The words of the command that does an edit again ("Redo length").

        Nothing where there is none.
        """
        return message("Redo {step}", step=self.future[-1].name) if self.future else NOTHING
