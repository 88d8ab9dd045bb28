"""Three small hints for a first-time user, beside the panes."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenuBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from medviewer.gui.look import Type, font, icon
from medviewer.gui.widgets import CutLabel, plain_label, plain_tooltip
from medviewer.gui.window.free_places import below_film
from medviewer.translation import translate
from medviewer.viewer.start import FIRST_HINTS
from medviewer.viewer.viewer import Viewer

if TYPE_CHECKING:
    from medviewer.gui.grid import PaneGrid
    from medviewer.gui.session import ViewerSession
    from medviewer.gui.studies import StudyBrowser
    from medviewer.viewer.viewer_state import ViewerState

WIDTH_PX: Final = 320
LEAST_WIDTH_PX: Final = 180
LEAST_LINE_PX: Final = 320
LINE_GAP_PX: Final = 12  # between the last menu and the line
BUTTON_PX: Final = 24
EDGE_PX: Final = 8
"""Beside the card in the browser and below the film."""
SEEN: Final = "hints_seen"
"""The setting that keeps them from being shown again."""

READ: Final = "hints_read"
"""The setting that has how many were shown: the next start goes on with the next one."""


class FirstHints(QFrame):
    """Shows one hint; it takes no keyboard and blocks nothing.

    Parameters
    ----------
    browser : StudyBrowser
        The hints stand at the foot of its list while that is empty,
    grid : PaneGrid
        else below the film, else in one line
    menus : QMenuBar
        behind the last menu. Never on a pane, where they would have to move with each image.
    """

    moved = Signal()

    def __init__(
        self,
        viewer: Viewer,
        browser: "StudyBrowser",
        grid: "PaneGrid",
        menus: QMenuBar,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._is_wanted = False
        self._viewer, self._browser, self._grid, self._around = viewer, browser, grid, parent
        self.setProperty("role", "card")
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
        self.line = HintLine(menus)
        self.line.next_button.clicked.connect(self._go_on)
        self.line.end_button.clicked.connect(self._end)
        for watched in (grid.area, browser.list, menus):
            watched.installEventFilter(self)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.make_way)
        for told in (browser.list.rows.modelReset, browser.list.rows.dataChanged):
            told.connect(self._make_way_soon)
        self.hide()

    def show_step(self, step: int | None) -> None:
        """Show one of the hints, counted from 0; None: none."""
        self._is_wanted = step is not None
        if step is None:
            self.hide()
            self.line.hide()
            return
        self.count.setText(translate("Hint {number} of {all}", number=step + 1, all=len(FIRST_HINTS)))
        self.text.setText(FIRST_HINTS[step].for_user())
        is_last = step == len(FIRST_HINTS) - 1
        self.next_button.setText(translate("Done") if is_last else translate("Next"))
        self.end_button.setHidden(is_last)
        self.line.text.show_text(self.text.text(), f"{self.count.text()}\n{self.text.text()}")
        self.line.next_button.setText(self.next_button.text())
        self.line.end_button.setHidden(is_last)
        if step >= _count_read(self._viewer):
            self._viewer.settings.change(READ, str(step + 1))
        self._place()

    def leave(self) -> None:
        """Take the line out of the menu bar, which stays in another language."""
        self.line.hide()
        self.line.deleteLater()

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
        self._viewer.session.return_keyboard()

    @Slot()
    def _make_way_soon(self) -> None:
        if self._is_wanted:
            self._soon.start()

    @Slot()
    def make_way(self) -> None:
        """Move where the place is no longer empty."""
        is_open = bool(self._viewer.state.library.stacks)
        if self._is_wanted and not (is_open and self.isVisible() and self._stands_well()):
            self._place()

    def _stands_well(self) -> bool:
        return any(room.contains(self.geometry()) for room in filter(self._fits, self._rooms()))

    def _rooms(self) -> list[QRect]:
        """Return empty places beside the panes and below the film, the best first."""
        rooms = []
        if self._browser.isVisible():
            foot = self._browser.list.empty_foot()
            rooms.append(QRect(self._browser.list.mapTo(self._around, foot.topLeft()), foot.size()))
        rooms.append(below_film(self._grid, self._around))
        return [room.adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX) for room in rooms]

    def _fits(self, room: QRect) -> bool:
        width = min(room.width(), WIDTH_PX)
        return width >= LEAST_WIDTH_PX and self._height(width) <= room.height()

    def _height(self, width: int) -> int:
        return max(self.sizeHint().height(), self.heightForWidth(width))

    def _place(self) -> None:
        """Go to the best place.

        Where none is empty, be one line behind the menus.
        """
        is_open = bool(self._viewer.state.library.stacks)  # the start page has no picture to speak of
        place = self._best_place() if is_open else None
        self.setVisible(place is not None)
        self.line.show_if(wanted=is_open and place is None)
        if place is not None:
            self.setGeometry(place)
            self.raise_()
        self.moved.emit()

    def _best_place(self) -> QRect | None:
        for room in filter(self._fits, self._rooms()):
            width = min(room.width(), WIDTH_PX)
            height = self._height(width)
            return QRect(room.left(), room.bottom() + 1 - height, width, height)
        return None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go with the browser and the panes."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide):
            self._make_way_soon()
        return super().eventFilter(watched, event)


class HintLine(QFrame):
    """Shows a hint in the empty part of the menu bar."""

    def __init__(self, menus: QMenuBar) -> None:
        super().__init__(menus)
        self._menus = menus
        self.text = CutLabel("quiet")
        self.text.setFont(font(Type.SMALL))
        self.next_button, self.end_button = QPushButton(), QToolButton()
        self.next_button.setProperty("role", "link")
        self.end_button.setProperty("role", "head")
        self.end_button.setIcon(icon("x"))
        self.end_button.setToolTip(plain_tooltip(translate("No more hints")))
        self.end_button.setAccessibleName(translate("No more hints"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(4)
        row.addWidget(self.text, 1)
        for button in (self.next_button, self.end_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setFixedHeight(BUTTON_PX)
            row.addWidget(button)
        self.end_button.setFixedWidth(BUTTON_PX)
        self.hide()

    def show_if(self, *, wanted: bool) -> None:
        """Be shown where that is wanted and there is room."""
        menus = [self._menus.actionGeometry(action).right() for action in self._menus.actions()]
        left = max(menus, default=0) + LINE_GAP_PX
        room = self._menus.width() - left
        if not wanted or room < LEAST_LINE_PX or self._menus.isNativeMenuBar():
            self.hide()
            return
        self.setGeometry(left, 0, room, self._menus.height())
        self.show()
        self.raise_()


class HintOffer(QObject):
    """Begins the hints with the first image, where they were never seen."""

    def __init__(self, session: "ViewerSession") -> None:
        super().__init__(session)
        self._viewer = session.viewer
        self._first = _count_read(self._viewer)
        self._waits = not self._viewer.settings.flag(SEEN) and self._first < len(FIRST_HINTS)
        if self._waits:
            session.viewer_changed.connect(self._on_viewer)

    @Slot(object, object)
    def _on_viewer(self, _before: "ViewerState", after: "ViewerState") -> None:
        if self._waits and after.seen is not None:
            self._waits = False  # the change below comes back here
            self._viewer.change(first_hint=self._first)


def _count_read(viewer: Viewer) -> int:
    told = viewer.settings.text(READ)
    return int(told) if told.isascii() and told.isdecimal() else 0
