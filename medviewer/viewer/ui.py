"""Interface of the window around the viewer.

Dialogs, questions, and what needs a screen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from medviewer.translation import Message


class Dialog(StrEnum):
    """A dialog or window that a command opens."""

    OPEN_FILES = "open files"
    OPEN_FOLDER = "open folder"
    EARLIER_STUDIES = "earlier studies"
    EXPORT = "export"
    PREFERENCES = "preferences"
    FEATURES = "features"
    ELEMENTS = "elements"
    MODEL_CARD = "model card"
    MODELS = "models"
    VERDICTS = "verdicts"
    PRINT = "print"
    PALETTE = "palette"
    CHANGE_KEYS = "change keys"
    MESSAGES = "messages"
    VALUES = "values"
    QUALITY = "quality"
    TEST_PATTERN = "test pattern"
    SCREEN_SIZE = "screen size"
    PIXEL_TRUTH = "pixel truth"
    ABOUT = "about"


def do_nothing() -> None:
    """Do nothing, for a question whose no changes nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A question with two answers; closing it is a no, which Enter also gives.

    Parameters
    ----------
    explanation : Message
        What follows from a yes.
    on_yes, on_no : callable
        What is done then.
    """

    title: Message
    text: Message
    explanation: Message
    yes: Message
    no: Message
    on_yes: Callable[[], object]
    on_no: Callable[[], object] = do_nothing


@dataclass(frozen=True, slots=True, eq=False)
class TextQuestion:
    """A question that is answered with a few words.

    Parameters
    ----------
    on_text : callable
        Takes the answer; not called where there is none.
    """

    title: Message
    question: Message
    text: str
    on_text: Callable[[str], object]


class Ui(Protocol):
    """The window, as far as commands need one."""

    def open_dialog(self, dialog: Dialog) -> None:
        """Open a non-modal dialog."""

    def ask(self, question: Question) -> None:
        """Put a question; its answer may come late or never."""

    def unlock_model(self, name: str, on_unlocked: Callable[[], object]) -> None:
        """Ask for the pass phrase of a model; it may come late or never."""

    def ask_text(self, question: TextQuestion) -> None:
        """Ask for a few words; the answer may come late or never."""

    def copy_text(self, text: str) -> None:
        """Put a text on the clipboard."""

    def apply_setting(self, key: str, value: str) -> None:
        """Take another language, theme or mouse scheme."""

    def fit(self) -> None:
        """Show the whole image in the focused pane and those linked to it."""

    def one_to_one(self) -> None:
        """Show one pixel of the image on one of the screen."""

    def true_size(self) -> None:
        """Show the image as large as it is, or tell why not."""

    def show_help(self, page: str, section: str = "") -> None:
        """Show a page of the help in a non-modal window, from a heading on."""

    def copy_picture(self, *, of_layout: bool) -> None:
        """Put the active pane, or all panes in one picture, on the clipboard."""

    def search(self) -> None:
        """Let keys be typed into the search of the study browser."""

    def leave_field(self) -> bool:
        """Take the keyboard out of the field in which it is.

        Return False where it is in none.
        """

    def show_folder(self, folder: Path) -> None:
        """Open a folder in the system's file browser."""

    def close(self) -> object:
        """Close the window."""
