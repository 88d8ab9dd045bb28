"""Output and exit status of the commands."""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NoReturn

from medviewer.errors import ExistingFileError, MedviewerError, OutputError
from medviewer.plain_text import printable, valid_json
from medviewer.storage import atomic_write, is_there, refuse_unwritable
from medviewer.translation import translate

DONE: Final = 0
FAILED: Final = 1
INTERRUPTED: Final = 130


class Parser(argparse.ArgumentParser):
    """Reads the options of a command.

    What it repeats of them is written so that it stays text.
    """

    def error(self, message: str) -> NoReturn:
        """Print the error in one line, and exit with status 2."""
        super().error(printable(message))

    def _print_message(self, message: str, file: Any = None) -> None:
        super()._print_message(printable(message, keep_lines=True), file)


class Console:
    """Results go to standard output, messages to standard error.

    A complaint makes the status 1. Control characters of file names and of texts from files are escaped.
    """

    def __init__(self) -> None:
        self.status = DONE
        for stream in (sys.stdout, sys.stderr):
            if hasattr(
                stream, "reconfigure"
            ):  # a name that the terminal cannot show must not end the program
                stream.reconfigure(errors="backslashreplace")

    def result(self, text: str) -> None:
        """Print a result.

        Raises
        ------
        OutputError
            Standard output takes nothing more.
        """
        with _written():
            print(printable(text, keep_lines=True))

    def lines(self, *lines: str) -> None:
        """Print results of a line each.

        A name or a text of somebody else's that has ends of lines in it makes no further ones.

        Raises
        ------
        OutputError
            Standard output takes nothing more.
        """
        self.result("\n".join(map(printable, lines)))

    def finish(self) -> None:
        """Write the pending results.

        Raises
        ------
        OutputError
            Standard output takes nothing more.
        """
        with _written():
            sys.stdout.flush()

    def result_as_json(self, value: Any) -> None:
        """Print a result as JSON in plain ASCII, safe for any terminal or pipe."""
        self.result(valid_json(json.dumps(value, indent=1, allow_nan=False)))

    def note(self, text: str) -> None:
        """Print a note to standard error, if possible."""
        with contextlib.suppress(OSError):
            print(printable(text, keep_lines=True), file=sys.stderr)

    def complain(self, error: MedviewerError) -> None:
        """Print an error and its hint."""
        self.status = FAILED
        self.note(" ".join(part for part in (error.for_user(), error.hint_for_user()) if part))

    @contextlib.contextmanager
    def complaining(self) -> Iterator[None]:
        """Print the error of a block, after which the program goes on."""
        try:
            yield
        except MedviewerError as error:
            self.complain(error)

    def fail(self, path: Path, reason: str) -> None:
        """Report that a file could not be used, with the reason."""
        self.status = FAILED
        self.note(f"{printable(str(path))}: {reason}")

    def write(self, path: Path, content: bytes, *, force: bool, private: bool = False) -> bool:
        """Write an output file whole.

        Return whether it was. An existing one is left alone unless forced.

        Parameters
        ----------
        private : bool
            Only the user may read it, as it may tell who a patient is.
        """
        try:
            atomic_write(path, content, overwrite=force, private=private)
        except MedviewerError as error:
            self.complain(error)
            return False
        return True


def named_path(text: str) -> Path:
    """Read a path of the command line.

    An empty one, as of a variable that is not set, would be the current folder.
    """
    # guard(test): the current folder is meant by its name only
    if not text:
        raise argparse.ArgumentTypeError(translate("an empty text names no file and no folder"))
    return Path(text)


def refuse_output(path: Path, *, force: bool) -> None:
    """Refuse a file that cannot be written, before the work is done.

    Raises
    ------
    ExistingFileError, UnwritableError, LongNameError
    """
    refuse_unwritable(path)
    if is_there(path) and not force:
        raise ExistingFileError(path=path)


def drop_output() -> None:
    """Discard pending and further standard output.

    It would fail again.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def _written() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(reason=error.strerror or type(error).__name__) from error
