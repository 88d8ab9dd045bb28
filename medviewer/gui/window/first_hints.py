"""Three small hints for a first-time user, over a corner of the panes."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from medviewer.gui.widgets import plain_label
from medviewer.translation import translate
from medviewer.viewer.start import FIRST_HINTS
from medviewer.viewer.viewer import Viewer

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.viewer.viewer_state import ViewerState

WIDTH_PX: Final = 320
MARGIN_PX: Final = 12
SEEN: Final = "hints_seen"
"""The setting that keeps them from being shown again."""


class FirstHints(QFrame):
    """Shows one hint; it takes no keyboard and blocks nothing.

    Parameters
    ----------
    over : QWidget
        The panes; the hints keep to their bottom left corner.
    """

    def __init__(self, viewer: Viewer, over: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._viewer, self._over, self._around = viewer, over, parent
        self.setProperty("role", "card")
        self.setFixedWidth(WIDTH_PX)
        self.count = plain_label(role="faint")
        self.text = plain_label(wraps=True)
        self.next_button = QPushButton()
        self.end_button = QPushButton(translate("No more hints"))
        for button, role in ((self.next_button, "small"), (self.end_button, "link")):
            button.setProperty("role", role)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.next_button.clicked.connect(self._go_on)
        self.end_button.clicked.connect(self._end)
        column = QVBoxLayout(self)
        column.addWidget(self.count)
        column.addWidget(self.text)
        row = QHBoxLayout()
        row.addWidget(self.end_button)
        row.addStretch(1)
        row.addWidget(self.next_button)
        column.addLayout(row)
        over.installEventFilter(self)
        self.hide()

    def show_step(self, step: int | None) -> None:
        """Show one of the hints, counted from 0; None: none."""
        if step is None:
            self.hide()
            return
        self.count.setText(translate("Hint {number} of {all}", number=step + 1, all=len(FIRST_HINTS)))
        self.text.setText(FIRST_HINTS[step].for_user())
        is_last = step == len(FIRST_HINTS) - 1
        self.next_button.setText(translate("Done") if is_last else translate("Next"))
        self.end_button.setHidden(is_last)
        self._place()
        self.show()
        self.raise_()

    @Slot()
    def _go_on(self) -> None:
        step = (self._viewer.state.first_hint or 0) + 1
        if step < len(FIRST_HINTS):
            self._viewer.change(first_hint=step)
        else:
            self._end()

    @Slot()
    def _end(self) -> None:
        self._viewer.change(first_hint=None)
        self._viewer.change_setting(SEEN, True)
        self._viewer.work.return_keyboard()

    def _place(self) -> None:
        self.adjustSize()
        corner = self._over.mapTo(self._around, self._over.rect().bottomLeft())
        self.move(corner.x() + MARGIN_PX, corner.y() + 1 - MARGIN_PX - self.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner."""
        if self.isVisible() and event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return super().eventFilter(watched, event)


class HintOffer(QObject):
    """Begins the hints with the first image, where they were never seen."""

    def __init__(self, session: "ViewerSession") -> None:
        super().__init__(session)
        self._viewer = session.viewer
        self._waits = not self._viewer.settings.flag(SEEN)
        if self._waits:
            session.viewer_changed.connect(self._on_viewer)

    @Slot(object, object)
    def _on_viewer(self, _before: "ViewerState", after: "ViewerState") -> None:
        if self._waits and after.seen is not None:
            self._waits = False  # the change below comes back here
            self._viewer.change(first_hint=0)
