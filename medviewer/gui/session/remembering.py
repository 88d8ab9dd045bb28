"""Remembering the session: some time after a change, never while painting."""

import logging
import time
from collections.abc import Callable, Generator, Iterator
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Signal, Slot
from PySide6.QtGui import QImage, QImageWriter

from medviewer.errors import BusyMemoryError, MedviewerError
from medviewer.imaging.source import ImageSource
from medviewer.translation import NOTHING, Message, message
from medviewer.viewer.commands import RESTORING, restore_session
from medviewer.viewer.notice import Notice
from medviewer.viewer.remembered import session_of, views_left, views_now
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    import numpy as np

    from medviewer.gui.session.session import ViewerSession
    from medviewer.viewer.memory import SessionRecord

STUDIES_MS: Final = 1500
"""So long after a change the index of studies is written."""

SESSION_MS: Final = 200
"""So often at most, while something changes, the session is written."""

IN_SESSION: Final = (
    *("display", "library", "opened", "layout", "maximized", "tool", "zooms"),
    *("text_encodings", "closed_studies", "awaits_first_image"),
    *("linked", "browser_shown", "side_panel_shown", "identity_hidden", "text_level", "restoring"),
)
"""The fields of ViewerState with which a session changes."""

THUMBNAILS_KEPT: Final = 256
"""So many of the thumbnails that the browser shows; those of what was looked at come first."""

LANE: Final = "memory"
SESSION_LANE: Final = "session"  # it waits for no database
BUSY: Final = object()
MEMORY: Final = "memory"
"""The cause of a notice that something could not be remembered."""


_log = logging.getLogger(__name__)


class Remembering(QObject):
    """Follows a session and keeps its user's memory up to date."""

    offered = Signal()  # whether there is a session to be restored is known

    def __init__(self, session: "ViewerSession") -> None:
        super().__init__(session)
        self._session, self._viewer = session, session.viewer
        self._thumbnails: dict[str, tuple[object, bytes]] = {}  # whose, and a PNG file, by the stack's key
        self._seen: dict[object, tuple[ImageSource, int]] = {}  # by study: what was last active of it
        self._is_due = False
        self._studies_soon = session.workers.timer(STUDIES_MS, self._remember_studies)
        self._session_soon = session.workers.timer(SESSION_MS, self._remember_session)
        self._is_session_due = self._is_session_written = False
        session.thumbnail_ready.connect(self._take_thumbnail)
        session.viewer.follow(self._follow)

    def start(self) -> None:
        """Read the studies opened last, and the session before."""
        self._submit(self._viewer.memory.cards)
        if self._viewer.memory.remember:
            task = self._session.task(self._viewer.memory.left_session, LANE)
            task.yielded.connect(self._offer_session)
            task.finished.connect(self.offered)
            task.submit()

    def end(self) -> None:
        """Write pending changes at once."""
        if self._is_due:
            try:
                for _ in self._adding(self._viewer.state)():
                    pass
            except MedviewerError as error:  # nobody is there any more to be told
                _log.warning("studies could not be remembered: %s", type(error).__name__)
        self._end_session()

    def _end_session(self) -> None:
        state, memory = self._viewer.state, self._viewer.memory
        if state.restoring is None:
            record = session_of(state, is_ended=True, saved_at=time.time())
            try:
                for _ in memory.write_session(record):
                    pass
            except MedviewerError as error:
                _log.warning("the session could not be kept: %s", type(error).__name__)
        memory.end_session()

    def _follow(self, before: ViewerState, after: ViewerState) -> None:
        if any(getattr(before, name) is not getattr(after, name) for name in IN_SESSION):
            self._follow_session(before, after)
        if left := views_left(before, after):
            self._viewer.memory.note_views(left, {})
        pane = after.focused
        if pane is not None and (before.focused is None or pane.slice_key != before.focused.slice_key):
            self._seen[pane.identity.study_key] = pane.stack, pane.index
            if not self._thumbnail_of(pane.stack) and self._viewer.memory.remember:
                self._session.want_thumbnail(pane.stack)
        elif after.library is before.library and after.display is before.display:
            return
        if self._is_due and len(after.library.studies) < len(before.library.studies):
            self._is_due = False
            self._submit(self._adding(before))  # while what is closed is still known
        elif after.library.studies:
            self._is_due = True
            self._studies_soon.start()

    def _follow_session(self, before: ViewerState, after: ViewerState) -> None:
        if after.restoring is not None:
            if before.restoring is None:  # from now on it is this window's
                self._write_session(after.restoring.record, takes_over=True)
        elif not self._is_session_due:  # a timer that every change began anew would wait while one scrolls
            self._is_session_due = True
            if not self._is_session_written:
                self._session_soon.start()

    def _remember_session(self) -> None:
        if self._is_session_due and self._viewer.state.restoring is None:
            self._is_session_due = False
            self._write_session(session_of(self._viewer.state, saved_at=time.time()))

    def _write_session(self, record: "SessionRecord | None", *, takes_over: bool = False) -> None:
        memory = self._viewer.memory
        if not memory.remember:
            return
        self._is_session_written = True
        task = self._session.task(partial(self._written, record, takes_over), SESSION_LANE)
        task.finished.connect(self._on_session_written)
        task.submit()

    def _written(self, record: "SessionRecord | None", takes_over: bool) -> Generator[None, None, None]:
        """Write a session; called in a worker's thread."""
        try:
            yield from self._viewer.memory.write_session(record, takes_over=takes_over)
        except MedviewerError as error:  # of the same disk the index of studies says so to the user
            _log.warning("the session could not be kept: %s", type(error).__name__)

    @Slot()
    def _on_session_written(self) -> None:
        self._is_session_written = False
        self._viewer.heed_other_windows()
        if self._is_session_due:
            self._session_soon.start()

    @Slot(object)
    def _offer_session(self, record: "SessionRecord") -> None:
        """Offer the session before; one that did not end is told of."""
        if self._viewer.state.restoring is not None:
            return
        self._viewer.change(last_session=record)
        if not record.is_ended:
            said = message("The program did not end as it should last time.")
            hint = message("File > Restore last session brings back what was open.")
            restore = (message("Restore"), partial(restore_session, self._viewer, record))
            self._session.notices.tell(Notice(said, hint, "warning", RESTORING, actions=(restore,)))

    @Slot(str, object)
    def _take_thumbnail(self, key: str, pixels: "np.ndarray") -> None:
        stack = next((one for one in self._viewer.state.library.stacks if one.key == key), None)
        if stack is None or not self._viewer.memory.remember:
            return
        self._thumbnails[key] = stack.identity.patient_key, _png(pixels)
        if len(self._thumbnails) > THUMBNAILS_KEPT:
            seen = {stack.key for stack, _ in self._seen.values()}
            del self._thumbnails[next((old for old in self._thumbnails if old not in seen), key)]

    def _thumbnail_of(self, stack: ImageSource) -> bytes:
        """Return the thumbnail of a stack; b"" where there is none.

        A folder may be filled anew with files that have the same UIDs.
        """
        whose, thumbnail = self._thumbnails.get(stack.key, (None, b""))
        # guard(-> thumbnail): another patient's study is remembered without a thumbnail that was made before
        return thumbnail if whose == stack.identity.patient_key else b""

    def _remember_studies(self) -> None:
        if self._viewer.state.is_scanning:  # at its end the library is whole
            self._studies_soon.start()
        elif self._is_due:
            self._is_due = False
            self._submit(self._adding(self._viewer.state))

    def _note_views(self) -> None:
        """Note how all that is shown is looked at."""
        if self._viewer.memory.remember:
            self._viewer.memory.note_views(*views_now(self._viewer.state))

    def _adding(self, state: ViewerState) -> Callable[[], Iterator[Any]]:
        """Return the writing of all open studies, its values taken now."""
        studies, opened = state.library.studies, [path for one in state.opened for path in one.paths]
        seen = {
            study: (_place_text(stack, index), self._thumbnail_of(stack))
            for study, (stack, index) in self._seen.items()
        }
        for study in studies:  # of one that was never looked at, any thumbnail
            stacks = (stack for series in study.series for stack in series.stacks)
            thumbnail = next(filter(None, map(self._thumbnail_of, stacks)), b"")
            seen.setdefault(study.identity.study_key, (NOTHING, thumbnail))
        memory = self._viewer.memory
        self._note_views()
        return lambda: chain(memory.write_views(), memory.add_studies(studies, opened, seen))

    def _submit(self, work: Callable[[], Iterator[Any]]) -> None:
        if not self._viewer.memory.remember:
            return

        def try_it() -> Generator[Any, None, None]:
            try:
                yield from work()
            except BusyMemoryError:  # another window is writing
                yield BUSY

        task = self._session.task(try_it, LANE)
        task.yielded.connect(self._take_cards)
        task.submit()

    @Slot(object)
    def _take_cards(self, cards: object) -> None:
        notice = self._viewer.memory.take_notice()
        if notice:
            self._session.notices.tell(Notice(notice, severity="warning"))
        if cards is BUSY:
            self._is_due = True
            self._studies_soon.start()
        elif self._viewer.memory.remember and isinstance(cards, tuple):
            self._viewer.change(recent_studies=cards)


def _place_text(stack: ImageSource, index: int) -> Message:
    number = stack.headers[index].image_number if index < len(stack) else None
    if number is None:
        return Message("{place}", (("place", f"{index + 1}/{len(stack)}"),))
    return message("Im {image}", image=number)


def _png(pixels: "np.ndarray") -> bytes:
    """Return a small gray or RGB image as a PNG file."""
    if pixels.dtype.itemsize != 1:
        return b""
    height, width = pixels.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_RGB888
    image = QImage(pixels.tobytes(), width, height, pixels[0].nbytes, kind)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())
