"""The panel on links between panes."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from medviewer.gui.look import icon
from medviewer.gui.panels.section import BAR_PX, MARGIN_PX
from medviewer.gui.widgets import ChoiceBox, plain_label, plain_tooltip
from medviewer.translation import translate
from medviewer.viewer import compare
from medviewer.viewer.commands import command_by_id
from medviewer.viewer.state import WindowLink
from medviewer.viewer.texts import without_access_key

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.viewer.compare import LinkLine
    from medviewer.viewer.viewer_state import ViewerState

ROW_PX: Final = 22
LIST_PX: Final = 4 * ROW_PX + 2  # further lines are scrolled to
WINDOWS: Final = (WindowLink.NONE, WindowLink.SERIES, WindowLink.ALIKE)


class LinkPanel(QWidget):
    """Lists panes that go together, with a choice of shared settings.

    It follows the session, and says by `filled` whether more than one series is shown. Its parts keep their
    places whatever it says.
    """

    filled = Signal(bool)

    def __init__(self, session: "ViewerSession", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._lines: tuple[LinkLine, ...] = ()
        self.list = QListWidget()
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setWordWrap(True)  # a reason is read whole
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setIconSize(QSize(14, 14))
        self.list.setFixedHeight(LIST_PX)
        self.list.setAccessibleName(translate("Linked panes"))
        self.position = self._box("view.link", translate("Slices together"))
        self.zoom = self._box("view.link_zoom", translate("Zoom and pan"))
        self.window_choice = ChoiceBox()
        self.window_choice.setAccessibleName(translate("Windows together"))
        for which in WINDOWS:
            command = command_by_id(f"view.window_{which}")
            self.window_choice.addItem(without_access_key(translate(command.title)))
        self.window_choice.activated.connect(self._choose_windows)
        self.window_choice.closed.connect(session.return_keyboard)
        self.here_button = self._button("view.link_here", translate("Link here"))
        self.remove_button = self._button("view.remove_offsets", translate("Remove offsets"))
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, 0, BAR_PX, 8)
        column.setSpacing(6)
        column.addWidget(self.list)
        column.addLayout(_row(self.position, self.zoom))
        column.addLayout(_row(plain_label(translate("Windows"), "quiet"), self.window_choice))
        column.addLayout(_row(self.here_button, self.remove_button))
        column.addStretch(1)
        session.viewer_changed.connect(self._on_viewer)
        session.state_changed.connect(self._follow)
        self._is_filled = False
        self._show()

    @property
    def is_filled(self) -> bool:
        """Whether more than one series is shown."""
        return self._is_filled

    def showEvent(self, event: QShowEvent) -> None:
        """Follow changes during its absence."""
        super().showEvent(event)
        self._show()

    def _box(self, command_id: str, title: str) -> QCheckBox:
        box, command = QCheckBox(title), command_by_id(command_id)
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box.setToolTip(plain_tooltip(command.hint.for_user() or title))
        box.clicked.connect(lambda: command.perform(self._session.viewer))
        return box

    def _button(self, command_id: str, title: str) -> QPushButton:
        button, command = QPushButton(title), command_by_id(command_id)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(plain_tooltip(command.hint.for_user() or title))
        button.clicked.connect(lambda: command.perform(self._session.viewer))
        return button

    @Slot(int)
    def _choose_windows(self, number: int) -> None:
        command_by_id(f"view.window_{WINDOWS[number]}").perform(self._session.viewer)

    @Slot(object, object)
    def _on_viewer(self, before: "ViewerState", after: "ViewerState") -> None:
        if (before.links, before.linked, before.visible) != (after.links, after.linked, after.visible):
            self._show()

    @Slot(object)
    def _follow(self, _state: object) -> None:
        self._show()

    def _show(self) -> None:
        state = self._session.viewer.state
        is_filled = state.shows_images and compare.shows_several(state)
        if is_filled and self.isVisible():
            self._fill(compare.link_lines(state))
        with QSignalBlocker(self.position), QSignalBlocker(self.zoom):
            self.position.setChecked(state.linked)
            self.zoom.setChecked(state.links.zoom)
        self.window_choice.setCurrentIndex(WINDOWS.index(state.links.window))
        self.remove_button.setEnabled(state.links.has_offsets)
        if is_filled != self._is_filled:
            self._is_filled = is_filled
            self.filled.emit(is_filled)

    def _fill(self, lines: "tuple[LinkLine, ...]") -> None:
        if lines == self._lines:
            return
        self._lines = lines
        self.list.clear()
        for line in lines:
            said = line.said.for_user()
            item = QListWidgetItem(icon("link-2" if line.is_linked else "unlink-2", "text_2"), said)
            item.setToolTip(plain_tooltip(said))
            self.list.addItem(item)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget, 1)
    return row
