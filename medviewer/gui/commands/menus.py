"""Qt's menus, tool bar and shortcuts, made from the COMMANDS table."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QWidget

from medviewer import paths
from medviewer.gui.widgets import plain_tooltip
from medviewer.translation import Message, translate
from medviewer.viewer.commands import COMMANDS, MENUS, TOOL_BAR, Command, CommandList, Unavailable
from medviewer.viewer.texts import without_access_key
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState


class CommandBar(QObject):
    """The actions of all commands.

    Parameters
    ----------
    window : QWidget
        Where the shortcuts count.
    panes : sequence of QWidget
        Where the shortcuts of commands count that are `in_panes`.
    """

    def __init__(
        self,
        viewer: Viewer,
        menu_bar: QMenuBar,
        tool_bar: QToolBar,
        window: QWidget,
        panes: Sequence[QWidget],
    ) -> None:
        super().__init__(window)
        self._viewer, self._window, self._panes = viewer, window, panes
        self._menu_bar = menu_bar
        self._menus: dict[str, QMenu] = {}
        self.actions: dict[str, QAction] = {}
        self._changing: list[tuple[Command, QAction]] = []  # those that depend on the state
        self._shown: dict[str, tuple[bool, Message | None, Message | None]] = {}  # on, title and reason by id
        self._offered: dict[str, bool] = {}  # lists by id
        self._lists = {row.id: row for row in COMMANDS if isinstance(row, CommandList)}
        tool_bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        for name in MENUS:
            self._menu(name)
        for row in COMMANDS:
            if isinstance(row, Command):
                self._add(row)
            else:
                self._menu(row.menu).aboutToShow.connect(partial(self.fill, row.id))
        for number, group in enumerate(TOOL_BAR):
            if number:
                tool_bar.addSeparator()
            for name in group:
                tool_bar.addAction(self.actions[name])
        self.refresh()

    def refresh(self) -> None:
        """Enable the available commands; others state why in their tooltip."""
        state = self._viewer.state
        reasons: dict[Unavailable, Message | None] = {}  # many commands share theirs
        for command, action in self._changing:
            if command.unavailable not in reasons:
                reasons[command.unavailable] = command.unavailable(state)
            self._show_state(command, action, state, reasons[command.unavailable])
        for row in self._lists.values():
            is_offered = row.is_offered(state)
            if self._offered.get(row.id) != is_offered:
                self._offered[row.id] = is_offered
                self._menu(row.menu).menuAction().setVisible(is_offered)

    def fill(self, name: str) -> dict[str, QAction]:
        """Make the actions of a CommandList, as its menu is opened.

        Return them by id.
        """
        row = self._lists[name]
        menu = self._menu(row.menu)
        menu.clear()
        group = QActionGroup(menu) if row.exclusive else None
        made: dict[str, QAction] = {}
        for command in row.commands(self._viewer):
            if command.separated:
                menu.addSeparator()
            action = self._made(command, menu)
            if group is not None:
                action.setActionGroup(group)
            self._shown.pop(command.id, None)
            self._show_state(command, action, self._viewer.state, command.unavailable(self._viewer.state))
            menu.addAction(action)
            made[command.id] = action
        return made

    def _show_state(
        self, command: Command, action: QAction, state: ViewerState, reason: Message | None
    ) -> None:
        """Update Qt's actions that have changed.

        It is called at every change of the state, and Qt takes longest.
        """
        is_checked = command.checked is not None and command.checked(state)
        title = command.named(state) if command.named is not None else None
        shown, before = (is_checked, title, reason), self._shown.get(command.id)
        if shown == before:
            return
        self._shown[command.id] = shown
        if command.checked is not None:
            action.setChecked(is_checked)
        if before is not None and shown[1:] == before[1:]:
            return
        if command.named is not None:
            action.setText("" if title is None else title.for_user().replace("&", "&&"))
            action.setVisible(title is not None)
        action.setEnabled(reason is None)
        action.setToolTip(plain_tooltip((reason or command.hint).for_user() or _hint(action)))

    def _menu(self, path: str) -> QMenu:
        if path not in self._menus:
            parent, _, last = path.rpartition("/")
            title = translate(last)
            menu = self._menu(parent).addMenu(title) if parent else self._menu_bar.addMenu(title)
            menu.setToolTipsVisible(True)
            self._menus[path] = menu
        return self._menus[path]

    def _made(self, command: Command, parent: QObject) -> QAction:
        action = QAction(translate(command.title), parent)
        action.setShortcut(QKeySequence(command.shortcut))
        action.setCheckable(command.checked is not None)
        action.setMenuRole(QAction.MenuRole.NoRole)
        if command.icon:  # drawn when the menu is first opened
            action.setIcon(QIcon(str(paths.resource("icons", command.icon))))
        action.triggered.connect(partial(self._run, command))
        return action

    def _add(self, command: Command) -> None:
        menu = self._menu(command.menu)
        if command.separated:
            menu.addSeparator()
        action = self._made(command, self)
        menu.addAction(action)
        if command.in_panes:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            for pane in self._panes:  # not their buttons, which space presses
                pane.addAction(action)
        else:
            self._window.addAction(action)
        self.actions[command.id] = action
        if command.short:
            action.setIconText(without_access_key(translate(command.short)))
        self._show_state(command, action, self._viewer.state, command.unavailable(self._viewer.state))
        if command.depends_on_state:
            self._changing.append((command, action))

    def _run(self, command: Command, checked: bool = False) -> None:
        command.perform(self._viewer)
        if command.checked is not None:  # Qt has turned it round by itself
            self._shown.pop(command.id, None)
        self.refresh()


def _hint(action: QAction) -> str:
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    title = without_access_key(action.text())
    return f"{title} ({keys})" if keys else title
