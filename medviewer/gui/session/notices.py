"""Messages beside the images.

Each message leaves when what it is about is over.
"""

from collections.abc import Collection, Hashable
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.errors import MedviewerError
from medviewer.gui.session.tasks import Workers
from medviewer.viewer.notice import Notice

MOST_WAITING: Final = 20  # a folder of damaged files must not keep the user dismissing all day
PASSING_MS: Final = 6000


class Notices(QObject):
    """Keeps current messages, the newest last."""

    told = Signal(object)  # Notice
    changed = Signal()

    def __init__(self, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.waiting: tuple[Notice, ...] = ()
        self._passing = workers.timer(PASSING_MS, self._pass)

    def tell(self, notice: Notice) -> None:
        """Put a message on top of those that are not over."""
        kept = [
            other
            for other in self.waiting
            if other != notice
            and (other.cause is None or other.cause != notice.cause)
            and not (other.severity == notice.severity == "info")
        ]
        self.waiting = (*kept[1 - MOST_WAITING :], notice)
        if notice.severity == "info":
            self._passing.start()
        self.told.emit(notice)
        self.changed.emit()

    def tell_error(
        self, error: MedviewerError, cause: Hashable = None, about: Collection[Hashable] = ()
    ) -> None:
        """Show an error and its hint."""
        self.tell(Notice(error.message(), error.hint_message(), "error", cause, frozenset(about)))

    def end(self, cause: Hashable) -> None:
        """Remove the messages of a finished cause."""
        if cause is not None:
            self._keep([notice for notice in self.waiting if notice.cause != cause])

    def close(self, closed: Collection[Hashable] | None = None) -> None:
        """Remove the messages of closed studies; None: of all."""
        self._keep(
            [
                notice
                for notice in self.waiting
                if not notice.about or (closed is not None and not notice.about <= set(closed))
            ]
        )

    @Slot()
    def dismiss(self) -> None:
        """Take the message on top away."""
        self._keep(self.waiting[:-1])

    @Slot()
    def _pass(self) -> None:
        self._keep([notice for notice in self.waiting if notice.severity != "info"])

    def _keep(self, waiting: Collection[Notice]) -> None:
        if len(waiting) != len(self.waiting):
            self.waiting = tuple(waiting)
            self.changed.emit()
