"""Messages beside the images.

A message leaves when its cause is over.
"""

from collections.abc import Collection, Hashable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.errors import MedviewerError
from medviewer.gui.tasks import Workers
from medviewer.viewer.notice import Notice

MOST_WAITING: Final = 20  # a folder of damaged files must not keep the user dismissing all day
PASSING_MS: Final = 6000
MOST_IN_HISTORY: Final = 200


class Notices(QObject):
    """Keeps current messages, the newest last, and those that are over.

    What was about a closed study is in neither.
    """

    told = Signal(object)  # Notice
    changed = Signal()

    def __init__(self, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.waiting: tuple[Notice, ...] = ()
        self.history: tuple[tuple[datetime, Notice], ...] = ()
        self._passing = workers.timer(PASSING_MS, self._pass)

    def tell(self, notice: Notice) -> None:
        """Put a message on top of those that are not over."""
        kept = [
            other
            for other in self.waiting
            if other != notice
            and (other.cause is None or other.cause != notice.cause)
            and not (other.passes and notice.passes)
        ]
        self.waiting = (*kept[1 - MOST_WAITING :], notice)
        if notice.passes:
            self._passing.start()
        self.history = (*self.history[1 - MOST_IN_HISTORY :], (datetime.now().astimezone(), notice))
        self.told.emit(notice)
        self.changed.emit()

    def tell_again(self, notice: Notice) -> None:
        """Replace the message about one cause in its place.

        Nothing is told where that is gone.
        """
        self.waiting = tuple(notice if one.cause == notice.cause else one for one in self.waiting)
        self.history = tuple(
            (when, notice if one.cause == notice.cause and one.stays else one) for when, one in self.history
        )
        self.changed.emit()

    def tell_error(
        self, error: MedviewerError, cause: Hashable = None, about: Collection[Hashable] = ()
    ) -> None:
        """Show an error and its hint."""
        self.tell(Notice(error.message(), error.hint_message(), "error", cause, frozenset(about)))

    def tell_or_end(self, error: MedviewerError | None, cause: Hashable) -> None:
        """Show an error, or remove the message of one that is over."""
        if error is None:
            self.end(cause)
        else:
            self.tell_error(error, cause)

    def end(self, cause: Hashable) -> None:
        """Remove the messages of a finished cause."""
        if cause is not None:
            self._keep([notice for notice in self.waiting if notice.cause != cause])

    def close(self, closed: Collection[Hashable] | None = None) -> None:
        """Remove the messages of closed studies; None: of all."""

        def is_open(notice: Notice) -> bool:
            return not notice.about or (closed is not None and not notice.about <= set(closed))

        self.history = tuple(told for told in self.history if is_open(told[1]))
        self._keep([notice for notice in self.waiting if is_open(notice)])

    def dismiss(self, notice: Notice | None = None) -> None:
        """Take a message away, by default the newest."""
        gone = self.waiting[-1:] if notice is None else (notice,)
        self._keep([other for other in self.waiting if other not in gone])

    @Slot()
    def _pass(self) -> None:
        self._keep([notice for notice in self.waiting if not notice.passes])

    def _keep(self, waiting: Collection[Notice]) -> None:
        if len(waiting) != len(self.waiting):
            self.waiting = tuple(waiting)
            self.changed.emit()
