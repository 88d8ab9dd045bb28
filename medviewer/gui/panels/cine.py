"""The small bar beside the slice slider that plays a stack.

Play, slower, faster, the direction, and the rate.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from medviewer.gui.look import icon
from medviewer.gui.widgets import plain_label, plain_tooltip, set_role, tabular
from medviewer.imaging.frame import CineDirection
from medviewer.imaging.source import ImageSource
from medviewer.translation import translate
from medviewer.viewer.commands import DIRECTIONS
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession

BUTTON: Final = QSize(24, 24)
ICON_PX: Final = 16
_ICONS: Final = {
    CineDirection.FORWARD: "arrow-right",
    CineDirection.BACKWARD: "arrow-left",
    CineDirection.TO_AND_FRO: "arrow-left-right",
}
LONGEST_RATE: Final = 88.8  # room is kept for it, so that the slider keeps its length while it plays
LATE_SHARE: Final = 0.9  # of the wanted rate; what is slower wants attention


def rate_text(rate: float) -> str:
    """Return slices per second: "12.5/s"."""
    return translate("{rate}/s", rate=f"{rate:.3g}")


def _reached_text(reached: float, rate: str) -> str:
    """Return how much of a rate is reached: "8.8 of 10/s"."""
    return translate("{reached} of {rate}", reached=f"{reached:.3g}", rate=rate)


class CineBar(QWidget):
    """Follows the session; shown only where something can be played, or plays.

    Parameters
    ----------
    actions : mapping
        Those of the commands, by id, which the buttons do.
    """

    def __init__(
        self,
        session: "ViewerSession",
        actions: Mapping[str, QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("cine")
        self._session = session
        self._hinted: list[tuple[QToolButton, QAction]] = []
        self._stack: ImageSource | None = None  # what the bar speaks of
        self.play_button = self._button(actions["image.play"], "play")
        self.slower_button = self._button(actions["image.slower"], "minus")
        self.faster_button = self._button(actions["image.faster"], "plus")
        self.order_button = self._button(actions["image.cine_direction"], _ICONS[CineDirection.FORWARD])
        self.order_button.clicked.disconnect()
        self.order_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.order_button.setMenu(self._order_menu(actions))
        self.rate = plain_label(role="quiet")
        self.rate.setFont(tabular(self.rate.font()))
        row = QHBoxLayout()
        row.setSpacing(2)
        for widget in (self.play_button, self.slower_button, self.faster_button, self.order_button):
            row.addWidget(widget)
        column = QVBoxLayout(self)  # the rate below: the slider beside it has more use for the width
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.rate)
        session.cine.changed.connect(self._show)
        session.state_changed.connect(self._follow)
        session.viewer_changed.connect(self._on_viewer)
        self._show()
        self._show_hints()

    def _button(self, action: QAction, icon_name: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "head")
        button.setIcon(icon(icon_name))
        button.setIconSize(QSize(ICON_PX, ICON_PX))
        button.setFixedSize(BUTTON)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.iconText())
        action.changed.connect(self._show_hints)
        self._hinted.append((button, action))
        button.clicked.connect(action.trigger)
        return button

    def _order_menu(self, actions: Mapping[str, QAction]) -> QMenu:
        """Return the menu of directions, and of the part that is played."""
        menu = QMenu(self.order_button)
        for direction in DIRECTIONS:
            menu.addAction(actions[f"image.cine_{direction}"])
        menu.addSeparator()
        for name in ("from", "to", "all"):
            menu.addAction(actions[f"image.cine_{name}"])
        menu.aboutToHide.connect(self._session.return_keyboard)
        return menu

    @Slot(object, object)
    def _on_viewer(self, before: ViewerState, after: ViewerState) -> None:
        if (before.cine_direction, before.cine_ranges) != (after.cine_direction, after.cine_ranges):
            self._show()

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
        is_of_use = cine.can_play or cine.is_playing
        self.setVisible(is_of_use)
        if not is_of_use:
            return
        self.play_button.setIcon(icon("square" if cine.is_playing else "play"))
        self.order_button.setIcon(icon(_ICONS[self._session.viewer.state.cine_direction]))
        reached = cine.rate_reached
        said = rate_text(cine.rate)
        longest = _reached_text(LONGEST_RATE, said)
        if reached is not None:
            said = _reached_text(reached, said)
        self.rate.setMinimumWidth(self.rate.fontMetrics().horizontalAdvance(longest))
        self.rate.setText(said)
        if cine.is_stated:
            hint = translate("Slices per second, as the file states its rate.")
        else:
            hint = translate("Slices per second; the file states no rate.")
        self.rate.setToolTip(plain_tooltip(hint))
        set_role(self.rate, "attention" if reached and reached < LATE_SHARE * cine.rate else "quiet")
