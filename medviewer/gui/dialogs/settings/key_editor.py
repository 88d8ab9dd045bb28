"""Dialog in which each command can be given another key."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medviewer.gui.dialogs.settings.key_field import KeyField
from medviewer.gui.widgets import add_clear_button, native_key, plain_label, set_role
from medviewer.translation import translate
from medviewer.viewer.commands import MENUS, Command, commands
from medviewer.viewer.help import (
    change_keys,
    commands_with_key,
    full_title,
    give_key,
    has_fixed_key,
    is_reserved,
    key_conflict,
    key_of,
    keys_of,
)
from medviewer.viewer.shortcut_file import canonical
from medviewer.viewer.texts import fold, without_access_key
from medviewer.viewer.viewer import Viewer

SIZE: Final = (640, 640)
COMMAND_ROLE: Final = Qt.ItemDataRole.UserRole
KEY_COLUMN: Final = 1
ROW_PX: Final = 24


class KeyEditor(QDialog):
    """The commands in groups with their keys; a change holds at once.

    A key that another command has is taken only after that is said.
    """

    def __init__(self, viewer: Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._groups: list[QTreeWidgetItem] = []
        self._items: dict[str, QTreeWidgetItem] = {}
        self._asked: tuple[Command, str] | None = None  # a key that another command has
        self._before: Mapping[str, str] | None = None  # all were reset
        self.setWindowTitle(translate("Change keys"))
        self.resize(*SIZE)
        self.search = QLineEdit()
        self.search.setPlaceholderText(translate("Command or key"))
        self.search.setAccessibleName(translate("Search commands and keys"))
        add_clear_button(self.search)
        self.tree = self._make_tree()
        self.field = KeyField()
        self.field.setAccessibleName(translate("Key"))
        self.field.setPlaceholderText(translate("Press a key"))
        self.none_button = QPushButton(translate("No key"))
        self.reset_button = QPushButton(translate("Default"))
        self.note = plain_label(wraps=True)
        self.note_button = QPushButton()
        self.reset_all_button = QPushButton(translate("Reset all keys"))
        self._arrange()
        self._fill()
        self.search.textChanged.connect(self._search)
        self.tree.currentItemChanged.connect(self._show_chosen)
        self.tree.itemActivated.connect(self._go_to_field)
        self.field.pressed.connect(self._take)
        self.none_button.clicked.connect(partial(self._give, ""))
        self.reset_button.clicked.connect(self._reset)
        self.note_button.clicked.connect(self._answer)
        self.reset_all_button.clicked.connect(self._reset_all)
        self.search.setFocus()

    @property
    def chosen(self) -> Command | None:
        """The command whose key is to be changed."""
        item = self.tree.currentItem()
        return item.data(0, COMMAND_ROLE) if item is not None else None

    def choose(self, name: str) -> None:
        """Choose a command by its id."""
        self.tree.setCurrentItem(self._items[name])

    def _make_tree(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setColumnCount(3)
        tree.setHeaderLabels([translate("Command"), translate("Key"), translate("Default")])
        tree.setRootIsDecorated(False)
        tree.setItemsExpandable(False)
        tree.setIndentation(12)
        tree.setUniformRowHeights(True)
        tree.setStyleSheet(f"QTreeView::item {{ min-height: {ROW_PX}px; }}")
        tree.setAccessibleName(translate("Commands"))
        header = tree.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        return tree

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.addWidget(plain_label(translate("Key")))
        row.addWidget(self.field, 1)
        row.addWidget(self.none_button)
        row.addWidget(self.reset_button)
        said = QHBoxLayout()
        said.addWidget(self.note, 1)
        said.addWidget(self.note_button)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.reset_all_button, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.rejected.connect(self.reject)
        for button in (*buttons.buttons(), self.none_button, self.reset_button, self.note_button):
            if isinstance(button, QPushButton):
                button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.addWidget(self.search)
        column.addWidget(self.tree, 1)
        column.addLayout(row)
        column.addLayout(said)
        column.addWidget(buttons)
        self.note.setMinimumHeight(2 * self.note.fontMetrics().lineSpacing())  # nothing jumps when it speaks

    def _fill(self) -> None:
        bold = QFont(self.tree.font())
        bold.setWeight(QFont.Weight.DemiBold)
        for menu in MENUS:
            group = QTreeWidgetItem([without_access_key(translate(menu))])
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            group.setFont(0, bold)
            self.tree.addTopLevelItem(group)
            self._groups.append(group)
            for command in commands():
                if command.menu.split("/")[0] == menu:
                    item = QTreeWidgetItem(group)
                    item.setData(0, COMMAND_ROLE, command)
                    self._items[command.id] = item
            group.setExpanded(True)
        self._show_keys()
        self.tree.setCurrentItem(next(iter(self._items.values())))
        self._show_chosen()

    def _show_keys(self) -> None:
        state = self._viewer.state
        for item in self._items.values():
            command: Command = item.data(0, COMMAND_ROLE)
            key, default = key_of(command, state), canonical(command.shortcut)
            item.setText(0, full_title(command, self._viewer.state))
            item.setText(KEY_COLUMN, ", ".join(map(native_key, keys_of(command, state))))
            item.setText(KEY_COLUMN + 1, "" if key == default else native_key(default) or translate("none"))

    @Slot()
    def _show_chosen(self) -> None:
        command = self.chosen
        self._say("" if command is not None else translate("Nothing found."))
        self.field.show_key("" if command is None else key_of(command, self._viewer.state))
        is_changeable = command is not None and not has_fixed_key(command)
        for widget in (self.field, self.none_button, self.reset_button):
            widget.setEnabled(is_changeable)
        if command is not None and is_changeable:
            key = key_of(command, self._viewer.state)
            self.none_button.setEnabled(bool(key))
            self.reset_button.setEnabled(key != canonical(command.shortcut))
        elif command is not None:
            self._say(translate("This key cannot be changed."))

    @Slot()
    def _go_to_field(self) -> None:
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _search(self, typed: str) -> None:
        wanted = fold(typed).split()
        first: QTreeWidgetItem | None = None
        for item in self._items.values():
            command: Command = item.data(0, COMMAND_ROLE)
            said = fold(f"{item.text(0)}\n{without_access_key(command.title)}\n{item.text(KEY_COLUMN)}")
            is_found = all(word in said for word in wanted)
            item.setHidden(not is_found)
            first = item if first is None and is_found else first
        for group in self._groups:
            inside = [item for item in self._items.values() if item.parent() is group]
            group.setHidden(all(item.isHidden() for item in inside))
        if first is None:
            self.tree.setCurrentIndex(QModelIndex())  # else a key of a command out of sight is changed
        elif wanted or self.chosen is None:
            self.tree.setCurrentItem(first)

    @Slot(str)
    def _take(self, key: str) -> None:
        """Give the chosen command a key, or say who has it."""
        command = self.chosen
        if command is None:
            return
        try:
            key = canonical(key)
        except ValueError:  # a key of another keyboard
            self._say(translate("This key has no name and cannot be used."), is_trouble=True)
            return
        reason = key_conflict(key, command, self._viewer.state)
        if reason is None or key == key_of(command, self._viewer.state):
            self._give(key)
            return
        self.field.show_key(key)
        self._say(reason.for_user(), is_trouble=True)
        if not is_reserved(key) and commands_with_key(key, command, self._viewer.state):
            self._asked = (command, key)
            self._offer(translate("Use it here"))

    @Slot()
    def _reset(self) -> None:
        if self.chosen is not None:
            self._take(self.chosen.shortcut)

    def _give(self, key: str, *_clicked: bool) -> None:
        if self.chosen is not None:
            give_key(self._viewer, self.chosen, key)
            self._show_keys()
            self._show_chosen()

    @Slot()
    def _reset_all(self) -> None:
        before = dict(self._viewer.shortcut_file.changed)
        change_keys(self._viewer, {})
        self._show_keys()
        self._show_chosen()
        self._say(translate("All keys are the default ones."))
        if before:
            self._before = before
            self._offer(translate("Undo"))

    @Slot()
    def _answer(self) -> None:
        """Act on the button beside the note."""
        if self._asked is not None:
            command, key = self._asked
            give_key(self._viewer, command, key)
        elif self._before is not None:
            change_keys(self._viewer, self._before)
        self._show_keys()
        self._show_chosen()
        self._go_to_field()

    def _say(self, text: str, *, is_trouble: bool = False) -> None:
        self._asked = self._before = None
        self.note.setText(text)
        set_role(self.note, "attention" if is_trouble else "quiet")
        self.note_button.setVisible(False)

    def _offer(self, text: str) -> None:
        self.note_button.setText(text)
        self.note_button.setVisible(True)
