"""Menus, tool bar and shortcuts made from the ACTIONS table."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar

from medviewer.dicom.model import PresentationStateReference
from medviewer.gui.commands.action_spec import (
    CLASSIFY,
    FILE,
    LANGUAGE,
    MENUS,
    MODEL,
    RECENT,
    STATES,
    THEME,
    VIEW,
    ActionSpec,
)
from medviewer.gui.commands.actions import ACTIONS, TOOL_BAR
from medviewer.gui.session import state_title
from medviewer.gui.widgets import THEMES, plain_tooltip, theme
from medviewer.inference.pack import InstalledModel
from medviewer.plain_text import printable
from medviewer.translation import LANGUAGES, language, translate
from medviewer.viewer.texts import without_access_key

if TYPE_CHECKING:
    from medviewer.gui.window import MainWindow


class ActionBar(QObject):
    """All actions of one window."""

    def __init__(self, window: "MainWindow", menu_bar: QMenuBar, tool_bar: QToolBar) -> None:
        super().__init__(window)
        self._window = window
        self._menu_bar = menu_bar
        self._menus: dict[str, QMenu] = {}
        self.actions: dict[str, QAction] = {}
        self.choices: dict[tuple[str, str], QAction] = {}  # by setting and value
        self._said: dict[str, tuple[str, str]] = {}  # title and reason by id, because texts cost most
        tool_bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        for menu in MENUS:
            self._menu(menu)
        for spec in ACTIONS:
            self._add(spec)
            if spec.id == "view.shutter":
                self._menu(f"{VIEW}/{STATES}").aboutToShow.connect(self._fill_states)
            if spec.id == "classify.anyway":
                self._menu(f"{CLASSIFY}/{MODEL}")
            if spec.id == "file.sample_files":
                self._menu(f"{FILE}/{RECENT}").aboutToShow.connect(self._fill_recent)
        for number, group in enumerate(TOOL_BAR):
            if number:
                tool_bar.addSeparator()
            for name in group:
                tool_bar.addAction(self.actions[name])
        self._add_choices()
        self._add_models()
        self.refresh()

    def refresh(self) -> None:
        """Enable the available actions; others state why in their tooltip."""
        for spec in ACTIONS:
            action = self.actions[spec.id]
            if spec.checked is not None:
                action.setChecked(spec.checked(self._window))
            title = spec.named(self._window) if spec.named is not None else ""
            reason = spec.blocked(self._window)
            if self._said.get(spec.id) == (title, reason):
                continue
            self._said[spec.id] = (title, reason)
            if spec.named is not None:
                action.setText(title.replace("&", "&&"))
                action.setVisible(bool(title))
            action.setEnabled(not reason)
            action.setToolTip(plain_tooltip(reason or _hint(action)))

        offered = self._window.session.viewing.states.offered(self._window.session.library)
        self._menu(f"{VIEW}/{STATES}").menuAction().setVisible(bool(offered))
        present = {"language": language(), "theme": theme.current().name, MODEL: self._window.session.model}
        for (key, value), action in self.choices.items():
            action.setChecked(present[key] == value)

    def _menu(self, path: str) -> QMenu:
        if path not in self._menus:
            parent, _, last = path.rpartition("/")
            title = translate(last)
            menu = self._menu(parent).addMenu(title) if parent else self._menu_bar.addMenu(title)
            menu.setToolTipsVisible(True)
            self._menus[path] = menu
        return self._menus[path]

    def _add(self, spec: ActionSpec) -> None:
        menu = self._menu(spec.menu)
        if spec.separated:
            menu.addSeparator()
        action = QAction(translate(spec.title), self)
        action.setShortcut(QKeySequence(spec.shortcut))
        action.setCheckable(spec.checked is not None)
        action.setMenuRole(QAction.MenuRole.NoRole)
        action.triggered.connect(partial(self._run, spec))
        menu.addAction(action)
        if spec.in_panes:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            for pane in self._window.panes.panes:  # not their buttons, which space presses
                pane.addAction(action)
        else:
            self._window.addAction(action)
        self.actions[spec.id] = action
        if spec.short:
            action.setIconText(without_access_key(translate(spec.short)))

    def _run(self, spec: ActionSpec, checked: bool = False) -> None:
        spec.run(self._window)
        self.refresh()

    def _add_choices(self) -> None:
        for menu, key in ((LANGUAGE, "language"), (THEME, "theme")):
            titles = LANGUAGES if key == "language" else {name: row.title for name, row in THEMES.items()}
            group = QActionGroup(self)
            for value, title in titles.items():
                action = self._menu(f"{VIEW}/{menu}").addAction(translate(title))
                action.setCheckable(True)
                self.choices[key, value] = action
                action.setActionGroup(group)
                action.triggered.connect(partial(self._change_setting, key, value))

    def _add_models(self) -> None:
        group, menu = QActionGroup(self), self._menu(f"{CLASSIFY}/{MODEL}")
        for model in self._window.models.models:
            title = translate(model.title)
            if model.own_folder is not None:
                own = model.own_folder.name
                title = translate("{name} (your own model, {folder})", name=title, folder=own)
            action = menu.addAction(title.replace("&", "&&"))
            action.setCheckable(True)
            action.setEnabled(not model.trouble)
            action.setToolTip(plain_tooltip(_about_model(model)))
            action.setActionGroup(group)
            action.triggered.connect(partial(self._choose_model, model.name))
            self.choices[MODEL, model.name] = action

    def _choose_model(self, name: str, checked: bool = False) -> None:
        self._window.models.choose(name)

    def _change_setting(self, key: str, value: str, checked: bool = False) -> None:
        self._window.change_setting(key, value)

    def _fill_recent(self) -> None:
        menu = self._menu(f"{FILE}/{RECENT}")
        menu.clear()
        for path in self._window.files.recent_paths():
            whole = printable(str(path))
            action = menu.addAction(printable(path.name).replace("&", "&&") or whole)
            action.setToolTip(plain_tooltip(whole))
            action.triggered.connect(partial(self._open_recent, path))
        if menu.isEmpty():
            menu.addAction(translate("Nothing yet")).setEnabled(False)
        else:
            menu.addSeparator()
            menu.addAction(translate("Forget these")).triggered.connect(self._window.files.forget_recent)

    def _fill_states(self) -> None:
        session = self._window.session
        states, menu = session.viewing.states, self._menu(f"{VIEW}/{STATES}")
        menu.clear()
        for reference in (None, *states.offered(session.library)):
            title = translate("As in the file")
            if reference is not None:
                title = state_title(reference, with_creator=not session.hide_identity)
            action = menu.addAction(title.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(states.is_chosen(reference))
            action.triggered.connect(partial(self._choose_state, reference))

    def _choose_state(self, reference: PresentationStateReference | None, checked: bool = False) -> None:
        self._window.session.viewing.states.choose(reference)

    def _open_recent(self, path: Path, checked: bool = False) -> None:
        self._window.files.open_paths([path])


def _hint(action: QAction) -> str:
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    title = without_access_key(action.text())
    return f"{title} ({keys})" if keys else title


def _about_model(model: InstalledModel) -> str:
    """Return the purpose of a model, or why it cannot be used.

    Of the user's own one with its folder.
    """
    said = translate(model.intended_use) if model.trouble is None else model.trouble.for_user()
    return said if model.own_folder is None else f"{said}\n{model.own_folder}"
