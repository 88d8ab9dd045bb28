"""Logs and crash notes that name nobody: no text from a file, no message of an exception, only salted hashes.

What a log may say is where in the program something happened, never about whom. An exception's message may
quote what a file holds, so only its class and its places in the program are written.
"""

import faulthandler
import hashlib
import logging
import os
import secrets
import sys
import threading
import traceback
import warnings
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final, TextIO

from medviewer import paths
from medviewer.errors import MedviewerError
from medviewer.limits import KIB
from medviewer.storage import atomic_write

LOG_NAME: Final = "medviewer.log"
FAULT_NAME: Final = "fault.log"
LOG_BYTES: Final = 512 * KIB
LOG_FILES: Final = 3

_log = logging.getLogger(__name__)
_salt = b""


def describe(error: BaseException) -> str:
    """Return the class of an exception and its places in the program, without its message."""
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


def hashed(text: str) -> str:
    """Return a short hash of a name, path or UID that tells two apart without saying which.

    The salt is the installation's own and stays in the user's folder, so that the hashes cannot be
    looked up elsewhere.
    """
    global _salt
    _salt = _salt or _installation_salt()
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=_salt, digest_size=6).hexdigest()


def start(on_uncaught: Callable[[BaseException], None] | None = None) -> str:
    """Open the log and the fault file, and take over what nobody catches.

    Parameters
    ----------
    on_uncaught : callable, optional
        Called with an exception that nobody caught, in the thread where it happened.

    Returns
    -------
    str
        What the fault file held from the last run, so that the user can be told; empty after a clean end.
    """
    folder = paths.user_folder("log")
    _open_log(folder / LOG_NAME)
    last_fault = _open_fault_file(folder / FAULT_NAME)

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
        """Return the description of the exception in `ei`, a sys.exc_info() triple."""
        error = ei[1] if isinstance(ei, tuple) else None
        return describe(error) if isinstance(error, BaseException) else ""


def _open_log(path: Path) -> None:
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8")
    path.chmod(0o600)
    handler.setFormatter(_PlacesOnly("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    package = logging.getLogger("medviewer")
    package.setLevel(logging.INFO)
    package.propagate = False
    package.addHandler(handler)
    # a library's record or warning may quote a file, so theirs go nowhere
    logging.getLogger().addHandler(logging.NullHandler())
    logging.getLogger("pydicom").propagate = False


def _open_fault_file(path: Path) -> str:
    global _fault_descriptor
    last = path.read_text("utf-8", "replace") if path.is_file() else ""
    _close_fault_file()
    _fault_descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    faulthandler.enable(file=_fault_descriptor)
    return last.strip()


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


def _installation_salt() -> bytes:
    path = paths.user_folder("config") / "salt"
    if path.is_file() and path.stat().st_size == 32:
        return path.read_bytes()
    salt = secrets.token_bytes(32)
    atomic_write(path, salt, mode=0o600)
    return salt
