"""The small bar beside the slice slider that plays a stack.

Play, slower, faster, and the rate.
"""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from medviewer.gui.widgets import plain_label, set_role, tabular
from medviewer.imaging.source import ImageSource
from medviewer.translation import translate

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession

BUTTON: Final = QSize(20, 16)  # no higher than the slider, so that the panes keep their room
LONGEST_RATE: Final = 88.8  # room is kept for it, so that the slider keeps its length while it plays
LATE_SHARE: Final = 0.9  # of the wanted rate; what is slower wants attention


def rate_text(rate: float) -> str:
    """Return slices per second: "12.5/s"."""
    return translate("{rate}/s", rate=f"{rate:.3g}")


class CineBar(QWidget):
    """Follows the session; shown only where there is something to play.

    Parameters
    ----------
    play, slower, faster : QAction
        Done by the buttons.
    """

    def __init__(
        self,
        session: "ViewerSession",
        play: QAction,
        slower: QAction,
        faster: QAction,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("cine")
        self._session = session
        self._hinted: list[tuple[QToolButton, QAction]] = []
        self._stack: ImageSource | None = None  # what the bar speaks of
        self.play_button = self._button(play)
        self.slower_button = self._button(slower)
        self.faster_button = self._button(faster)
        self.slower_button.setText("−")
        self.faster_button.setText("+")
        self.rate = plain_label(role="quiet")
        self.rate.setFont(tabular(self.rate.font()))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for widget in (self.play_button, self.slower_button, self.faster_button, self.rate):
            row.addWidget(widget)
        session.cine.changed.connect(self._show)
        session.state_changed.connect(self._follow)
        self._show()
        self._show_hints()

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setFixedSize(BUTTON)
        button.setStyleSheet("QToolButton { padding: 0; }")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.iconText())
        action.changed.connect(self._show_hints)
        self._hinted.append((button, action))
        button.clicked.connect(action.trigger)
        return button

    @Slot()
    def _show_hints(self) -> None:
        for button, action in self._hinted:
            button.setToolTip(action.toolTip())

    @Slot(object)
    def _follow(self, _state: object) -> None:
        pane = self._session.focused
        if self._stack is not (pane.stack if pane is not None else None):
            self._show()

    @Slot()
    def _show(self) -> None:
        cine, pane = self._session.cine, self._session.focused
        self._stack = pane.stack if pane is not None else None
        self.setVisible(cine.can_play)
        if not cine.can_play:
            return
        self.play_button.setText("■" if cine.is_playing else "▶")
        reached = cine.rate_reached
        said = rate_text(cine.rate)
        if not cine.is_stated:
            said = translate("{rate} (not stated)", rate=said)
        longest = translate("{rate}, reached {reached}", rate=said, reached=rate_text(LONGEST_RATE))
        if reached is not None:
            said = translate("{rate}, reached {reached}", rate=said, reached=rate_text(reached))
        self.rate.setMinimumWidth(self.rate.fontMetrics().horizontalAdvance(longest))
        self.rate.setText(said)
        set_role(self.rate, "attention" if reached and reached < LATE_SHARE * cine.rate else "quiet")
