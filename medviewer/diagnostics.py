"""Logs and crash notes that name nobody.

No text from a file, no message of an exception. What a log may say is where in the program something
happened, never about whom. An exception's message may quote what a file holds, so only its class and its
places in the program are written.
"""

import contextlib
import faulthandler
import logging
import os
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Callable
from io import FileIO, TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final, TextIO

from medviewer import paths
from medviewer.errors import MedviewerError, WriteError
from medviewer.limits import KIB
from medviewer.storage import make_folder, write_private

LOG_NAME: Final = "medviewer.log"
FAULT_NAME: Final = "fault.log"
LAST_FAULT_NAME: Final = "fault.previous.log"
LOG_BYTES: Final = 512 * KIB
LOG_FILES: Final = 3
FOLDER_IN_REPORT: Final = re.compile(r'(File ")[^\n]*[/\\](?=[^/\\\n]*", line)')

_log = logging.getLogger(__name__)


def describe(error: BaseException) -> str:
    """Return an exception's class and places, without its message."""
    places = [
        f"  {Path(place.filename).name}:{place.lineno} in {place.name}"
        for place in traceback.extract_tb(error.__traceback__)
    ]
    lines = [type(error).__name__, *places]
    if error.__cause__ is not None:
        lines += ["caused by", describe(error.__cause__)]
    return "\n".join(lines)


def record_crash(error: BaseException) -> None:
    """Write to the log that something went wrong that should not have."""
    _log.error("crash\n%s", describe(error))


def start(on_uncaught: Callable[[BaseException], None] | None = None) -> str:
    """Open the log and the fault file, and take uncaught exceptions.

    Where the folder cannot be written there is no log, and `is_logging` says so.

    Parameters
    ----------
    on_uncaught : callable, optional
        Called with an exception that nobody caught, in the thread where it happened.

    Returns
    -------
    str
        What the fault file held from the last run, so that the user can be told; empty after a clean end.
        The folder keeps it under LAST_FAULT_NAME.
    """
    last_fault = ""
    _silence_others()
    try:
        folder = paths.user_folder("log")
        make_folder(folder, mode=0o700)
        _open_log(folder / LOG_NAME)
        last_fault = _open_fault_file(folder / FAULT_NAME)
    except (OSError, WriteError):  # nothing of the user's depends on it
        logging.getLogger("medviewer").addHandler(logging.NullHandler())

    def caught(error: BaseException | None) -> None:
        if error is None or isinstance(error, KeyboardInterrupt | SystemExit):
            return
        if not isinstance(error, MedviewerError):
            record_crash(error)
        if on_uncaught is not None:
            on_uncaught(error)

    sys.excepthook = lambda _kind, error, _trace: caught(error)
    threading.excepthook = lambda happened: caught(happened.exc_value)
    sys.unraisablehook = lambda happened: caught(happened.exc_value)
    warnings.showwarning = _log_warning
    return last_fault


def is_logging() -> bool:
    """Return whether the log and the fault file are open."""
    return _fault_descriptor is not None


def stop() -> None:
    """Close the log and the fault file, and give the hooks back."""
    sys.excepthook = sys.__excepthook__
    threading.excepthook = threading.__excepthook__
    sys.unraisablehook = sys.__unraisablehook__
    warnings.showwarning = _show_warning
    if faulthandler.is_enabled() and _fault_descriptor is not None:
        faulthandler.disable()
    _close_fault_file()
    package = logging.getLogger("medviewer")
    for handler in list(package.handlers):
        package.removeHandler(handler)
        handler.close()


_show_warning = warnings.showwarning
_fault_descriptor: int | None = None


class _PlacesOnly(logging.Formatter):
    """Writes an exception as its class and places."""

    def formatException(self, ei: object) -> str:
        """Return the description of the exception in `ei`.

        A sys.exc_info() triple.
        """
        error = ei[1] if isinstance(ei, tuple) else None
        return describe(error) if isinstance(error, BaseException) else ""


def _silence_others() -> None:
    """Keep libraries' messages, which may quote a file, out of the log.

    They are kept off standard error as well.
    """
    logging.getLogger().addHandler(logging.NullHandler())
    logging.getLogger("pydicom").propagate = False
    logging.getLogger("medviewer").propagate = False


class _Log(RotatingFileHandler):
    """The log file; records that cannot be written are dropped silently.

    logging itself would print the record, the traceback and the path to standard error, once for each
    record and again at the end for what was not written.
    """

    def _open(self) -> TextIOWrapper:
        """Open the file, private to the user from its first byte."""
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return TextIOWrapper(FileIO(descriptor, "a"), self.encoding, "backslashreplace", write_through=True)

    def handleError(self, record: logging.LogRecord) -> None:
        """Close the file and drop the records waiting for it.

        The next record opens it again.
        """
        stream, self.stream = self.stream, None
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.close()

    def close(self) -> None:
        """Close the file, whatever is left to write."""
        with contextlib.suppress(OSError, ValueError):
            super().close()


def _open_log(path: Path) -> None:
    handler = _Log(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8")
    path.chmod(0o600)
    handler.setFormatter(_PlacesOnly("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    package = logging.getLogger("medviewer")
    package.setLevel(logging.INFO)
    package.addHandler(handler)


def _open_fault_file(path: Path) -> str:
    global _fault_descriptor
    last = path.read_text("utf-8", "replace").strip() if path.is_file() else ""
    _close_fault_file()
    if last:
        _keep_last_fault(path, last)
    _fault_descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    faulthandler.enable(file=_fault_descriptor)
    return last


def _keep_last_fault(path: Path, report: str) -> None:
    """Keep a report beside its file, without the program's folders.

    They may name the user.
    """
    kept = path.with_name(LAST_FAULT_NAME)
    try:
        write_private(kept, (FOLDER_IN_REPORT.sub(r"\1", report) + "\n").encode("utf-8"))
    except WriteError:  # a full disk: as it is, rather than not at all
        path.replace(kept)


def _close_fault_file() -> None:
    global _fault_descriptor
    if _fault_descriptor is not None:
        os.close(_fault_descriptor)
    _fault_descriptor = None


def _log_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    _log.warning("%s at %s:%d", category.__name__, Path(filename).name, lineno)
