"""Messages of decoders, which imagecodecs writes to its log."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

LOGGER: Final = logging.getLogger("imagecodecs")


class _Listener(logging.Handler):
    """Keeps the log messages of one thread."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message."""
        if record.thread == self._thread:
            self.said.append(record.getMessage())


@contextmanager
def listening() -> Iterator[list[str]]:
    """Give the warnings of a decoder, which are printed nowhere."""
    listener = _Listener()
    LOGGER.propagate = False
    LOGGER.addHandler(listener)
    try:
        yield listener.said
    finally:
        LOGGER.removeHandler(listener)
