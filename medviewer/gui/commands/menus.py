"""Qt's menus and shortcuts, made from the COMMANDS table."""

import math
from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from medviewer.gui.look import icon
from medviewer.gui.widgets import native_key, teaching_tooltip
from medviewer.translation import Message, translate
from medviewer.viewer.commands import COMMANDS, MENUS, Command, CommandList, Unavailable
from medviewer.viewer.help import counts_in_panes_only, key_of, keys_of, load_keys
from medviewer.viewer.texts import with_own_access_keys, without_access_key
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

SOON_MS: Final = 50  # after the last change: a drag, and slices that fly past, are painted first
LATEST_MS: Final = 500  # after the first of many that follow each other
PART_MS: Final = 4  # so long the actions follow before the window may do something else
COMING_MS: Final = 200  # after a slice that is on its way, which would disable half of the commands till then


class CommandBar(QObject):
    """The actions of all commands.

    While slices fly past, they follow the state once for all that come shortly after each other. A command
    that is run before asks the state itself whether it can be.

    Parameters
    ----------
    window : QWidget
        Where the shortcuts count.
    panes : sequence of QWidget
        Where the shortcuts of commands count that are `in_panes`.
    """

    refreshed = Signal()  # the actions are as the state says

    def __init__(
        self,
        viewer: Viewer,
        menu_bar: QMenuBar,
        window: QWidget,
        panes: Sequence[QWidget],
    ) -> None:
        super().__init__(window)
        self._viewer, self._window, self._panes = viewer, window, panes
        self._menu_bar = menu_bar
        self._menus: dict[str, QMenu] = {}
        self._actions: dict[str, QAction] = {}
        self._rows: list[tuple[Command, QAction]] = []
        self._commands: dict[str, Command] = {}  # of the rows, by id
        self._changing: list[tuple[Command, QAction]] = []  # those that depend on the state
        self._shown: dict[str, tuple[bool, Message | None, Message | None, tuple[str, ...]]] = {}  # by id
        self._offered: dict[str, bool] = {}  # lists by id, menus by path
        self._named: dict[str, list[str]] = {}  # menus whose titles all depend on the state, by path
        self._lists = {row.id: row for row in COMMANDS if isinstance(row, CommandList) and row.in_menus}
        self._is_behind, self._behind = False, QElapsedTimer()  # the actions are of a state before
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._refresh_in_parts)
        for name in MENUS:
            self._menu(name)
        load_keys(viewer)
        self._keys = viewer.state.keys  # in use; where they change, no row stays as it is
        self._note_named()
        for row in COMMANDS:
            if isinstance(row, Command):
                self._add(row)
            elif row.in_menus:
                self._menu(row.menu).aboutToShow.connect(partial(self.fill, row.id))
        _part_access_keys(menu_bar)
        for menu in self._menus.values():
            _part_access_keys(menu)
        self.refresh()

    def menu(self, path: str) -> QMenu:
        """Return the menu with a path, as a row of COMMANDS names it."""
        return self._menu(path)

    def add_pane(self, pane: QWidget) -> None:
        """Let the shortcuts that count in the panes only count in another pane."""
        self._panes = (*self._panes, pane)
        for command, action in self._rows:
            if counts_in_panes_only(command, key_of(command, self._viewer.state)):
                pane.addAction(action)

    @property
    def actions(self) -> dict[str, QAction]:
        """The actions by the ids of their commands, as the state says."""
        self._catch_up()
        return self._actions

    def action(self, name: str) -> QAction:
        """Return the action of a command, as the state says.

        The others may still follow it.
        """
        action = self._actions[name]
        if self._is_behind:
            command, state = self._commands[name], self._viewer.state
            self._show_state(command, action, state, command.unavailable(state))
        return action

    def refresh_soon(self) -> None:
        """Refresh when another slice is painted, once for those that follow it."""
        if not self._is_behind:
            self._is_behind = True
            self._behind.start()
        state = self._viewer.state
        is_coming = state.awaits_first_image or (state.focused is not None and state.focused.awaits_frame)
        behind = self._behind.elapsed()
        wait = max(SOON_MS, COMING_MS - behind) if is_coming else min(SOON_MS, max(0, LATEST_MS - behind))
        self._soon.start(wait)

    @Slot()
    def _catch_up(self) -> None:
        if self._is_behind:
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Enable the available commands; others state why in their tooltip."""
        self._refresh()

    @Slot()
    def _refresh_in_parts(self) -> None:
        if not self._refresh(PART_MS):
            self._soon.start(0)  # what is painted or pressed comes in between

    def _refresh(self, within_ms: float = math.inf) -> bool:
        """Let the actions follow the state; return whether all do.

        Those that follow it already take next to no time.
        """
        self._soon.stop()
        state, taken = self._viewer.state, QElapsedTimer()
        taken.start()
        reasons: dict[Unavailable, Message | None] = {}  # many commands share theirs
        changing = self._changing if state.keys is self._keys else self._rows
        for command, action in changing:
            if command.unavailable not in reasons:
                reasons[command.unavailable] = command.unavailable(state)
            changed = self._show_state(command, action, state, reasons[command.unavailable])
            if changed and taken.elapsed() >= within_ms:
                return False
        self._keys = state.keys
        self._is_behind = False
        for path, names in self._named.items():  # an empty menu would be a riddle
            is_offered = any(self._actions[name].isVisible() for name in names)
            if self._offered.get(path) != is_offered:
                self._offered[path] = is_offered
                self._menu(path).menuAction().setVisible(is_offered)
        for row in self._lists.values():
            is_offered = row.is_offered(state)
            if self._offered.get(row.id) != is_offered:
                self._offered[row.id] = is_offered
                self._menu(row.menu).menuAction().setVisible(is_offered)
        self.refreshed.emit()
        return True

    def tell_why_not(self, key: QKeySequence, keyboard: QWidget | None) -> bool:
        """Tell why the command of a key cannot be run now.

        It is run where only its action does not know yet that it can be.

        Parameters
        ----------
        keyboard : QWidget or None
            Where the key was pressed.

        Returns
        -------
        bool
            Whether the key is that of a command that counts there and cannot be run.
        """
        state = self._viewer.state
        for command, action in self._rows:
            if action.isEnabled() or key not in action.shortcuts():
                continue
            if counts_in_panes_only(command, key_of(command, state)) and keyboard not in self._panes:
                continue
            command.perform(self._viewer)
            return True
        return False

    def fill(self, name: str) -> dict[str, QAction]:
        """Make the actions of a CommandList, as its menu is opened.

        Return them by id.
        """
        row = self._lists[name]
        menu = self._menu(row.menu)
        menu.clear()
        return self.add_to(menu, row.commands(self._viewer), exclusive=row.exclusive)

    def add_to(
        self, menu: QMenu, commands: Sequence[Command], *, exclusive: bool = False
    ) -> dict[str, QAction]:
        """Make the actions of commands that depend on the state, in a menu.

        Return them by id.
        """
        group = QActionGroup(menu) if exclusive else None
        made: dict[str, QAction] = {}
        for command in commands:
            if command.separated:
                menu.addSeparator()
            action = self._made(command, menu)
            if group is not None:
                action.setActionGroup(group)
            self._shown.pop(command.id, None)
            self._show_state(command, action, self._viewer.state, command.unavailable(self._viewer.state))
            menu.addAction(action)
            made[command.id] = action
        _part_access_keys(menu)
        return made

    def _show_state(
        self, command: Command, action: QAction, state: ViewerState, reason: Message | None
    ) -> bool:
        """Update an action of Qt's if it has changed; return whether it has.

        It is called at every change of the state, and Qt takes longest.
        """
        is_checked = command.checked is not None and command.checked(state)
        title = command.named(state) if command.named is not None else None
        keys = keys_of(command, state)
        key = key_of(command, state)
        shown, before = (is_checked, title, reason, keys), self._shown.get(command.id)
        if shown == before:
            return False
        self._shown[command.id] = shown
        if command.checked is not None:
            action.setChecked(is_checked)
        if before is not None and shown[1:] == before[1:]:
            return True
        if before is not None and keys != before[3]:
            self._bind(command, action)
        if command.named is not None:
            action.setText("" if title is None else title.for_user().replace("&", "&&"))
            action.setVisible(title is not None)
        action.setEnabled(reason is None)
        said = (reason or command.hint).for_user()
        action.setToolTip(teaching_tooltip(without_access_key(action.text()), native_key(key), said))
        return True

    def _note_named(self) -> None:
        """Note the menus that are empty where no title of theirs is given."""
        rows: dict[str, list[Command | CommandList]] = {}
        for row in COMMANDS:
            rows.setdefault(row.menu, []).append(row)
        for path, found in rows.items():
            if all(isinstance(row, Command) and row.named is not None for row in found):
                self._named[path] = [row.id for row in found]

    def _menu(self, path: str) -> QMenu:
        if path not in self._menus:
            parent, _, last = path.rpartition("/")
            title = translate(last)
            menu = self._menu(parent).addMenu(title) if parent else self._menu_bar.addMenu(title)
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(self._catch_up)
            self._menus[path] = menu
        return self._menus[path]

    def _made(self, command: Command, parent: QObject) -> QAction:
        action = QAction(translate(command.title), parent)
        action.setCheckable(command.checked is not None)
        action.setMenuRole(QAction.MenuRole.NoRole)
        if command.icon:  # drawn when the menu is first opened
            action.setIcon(icon(command.icon, active="on_fill"))
        action.triggered.connect(partial(self._run, command))
        return action

    def _add(self, command: Command) -> None:
        menu = self._menu(command.menu)
        if command.separated:
            menu.addSeparator()
        action = self._made(command, self)
        menu.addAction(action)
        self._bind(command, action)
        self._actions[command.id] = action
        self._rows.append((command, action))
        self._commands[command.id] = command
        if command.short:
            action.setIconText(without_access_key(translate(command.short)))
        if command.depends_on_state:
            self._changing.append((command, action))  # shown when all are there
        else:
            self._show_state(command, action, self._viewer.state, None)

    def _bind(self, command: Command, action: QAction) -> None:
        """Let a command's key count in the window, or in the panes only."""
        key = key_of(command, self._viewer.state)
        in_panes = counts_in_panes_only(command, key)
        contexts = Qt.ShortcutContext
        action.setShortcuts([QKeySequence(one) for one in keys_of(command, self._viewer.state)])
        action.setShortcutContext(contexts.WidgetShortcut if in_panes else contexts.WindowShortcut)
        for widget in (self._window, *self._panes):  # not the panes' buttons, which space presses
            widget.removeAction(action)
        for widget in self._panes if in_panes else (self._window,):
            widget.addAction(action)

    def _run(self, command: Command, checked: bool = False) -> None:
        command.perform(self._viewer)
        if command.checked is not None:  # Qt has turned it round by itself
            self._shown.pop(command.id, None)
        self.refresh()


def _part_access_keys(menu: QMenu | QMenuBar) -> None:
    """Give no two entries of a menu one access key."""
    actions = [action for action in menu.actions() if not action.isSeparator()]
    for action, title in zip(actions, with_own_access_keys([one.text() for one in actions]), strict=True):
        if action.text() != title:
            icon_text = action.iconText()
            action.setText(title)
            action.setIconText(icon_text)
