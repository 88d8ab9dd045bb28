"""The tool bar: icons with words, as many as the window has room for.

In a narrow window the words go, then the last buttons move into a menu.
"""

from typing import Final

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QToolBar, QToolButton, QWidget

from medviewer.gui.commands.menus import CommandBar
from medviewer.gui.look import Type, font, icon
from medviewer.gui.widgets import plain_label, teaching_tooltip
from medviewer.translation import translate
from medviewer.viewer.commands import FIND, SIDES, TOOL_BAR, ToolMenu, commands
from medviewer.viewer.texts import without_access_key

WORDS_FROM: Final = 1280  # of the window's width, in logical pixels
BUTTON: Final = QSize(54, 48)
BARE_BUTTON: Final = QSize(40, 36)
SWITCH: Final = QSize(32, 32)
BRUSH: Final = "outline.correct"
ICON: Final = QSize(20, 20)
BAR_PX: Final = (56, 44)
"""Height with and without words."""
FIELD_PX: Final = 248
LINE_PX: Final = 17
"""A line between groups, with the room beside it."""


class ToolBar(QToolBar):
    """Follows the actions of a CommandBar.

    Parameters
    ----------
    bar : CommandBar
        Whose actions and menus have buttons.
    """

    def __init__(self, bar: CommandBar, parent: QWidget | None = None) -> None:
        super().__init__(translate("Tool bar"), parent)
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._bar = bar
        self._icons = {row.id: row.icon for row in commands()}
        self.buttons: list[ToolButton] = []
        self._lines: dict[int, QFrame] = {}  # before which button
        self._row = QWidget()
        row = QHBoxLayout(self._row)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(0)
        for number, group in enumerate(TOOL_BAR):
            if number:
                self._lines[len(self.buttons)] = _line()
                row.addWidget(self._lines[len(self.buttons)])
            for item in group:
                button = self._menu_button(item) if isinstance(item, ToolMenu) else self._command_button(item)
                self.buttons.append(button)
                row.addWidget(button)
        self.more = self._more_button()
        row.addWidget(self.more)
        row.addStretch(1)
        self.brush = self._brush_button()
        row.addWidget(self.brush)
        row.addSpacing(8)
        self.field = self._field()
        row.addWidget(self.field)
        self.find_button = ToolButton("search", "switch", bar.actions[FIND])
        row.addWidget(self.find_button)
        row.addSpacing(8)
        self.switches = [ToolButton(self._icons[name], "switch", bar.actions[name]) for name in SIDES]
        for switch in (self.find_button, *self.switches):
            switch.show_word("", SWITCH)
            row.addWidget(switch)
        self.addWidget(self._row)
        self._show_keys()
        self._row.setMinimumWidth(1)
        self.arrange(WORDS_FROM)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as fits."""
        super().resizeEvent(event)
        self.arrange(event.size().width())

    def arrange(self, width: int) -> None:
        """Choose words, field and buttons for a width in logical pixels."""
        if (own := self.layout()) is not None:  # Qt takes the style's margins back when it is polished
            own.setContentsMargins(0, 0, 0, 0)
        has_words = width >= WORDS_FROM
        self.setFixedHeight(BAR_PX[0] if has_words else BAR_PX[1])
        self.field.setVisible(has_words)
        self.find_button.setVisible(not has_words)
        for button in self.buttons:
            button.show_word(button.word if has_words else "", BUTTON if has_words else BARE_BUTTON)
        self.brush.show_word(self.brush.word if has_words else "", BUTTON if has_words else BARE_BUTTON)
        right = FIELD_PX if has_words else SWITCH.width()
        room = width - 2 * 8 - right - 8 - len(SIDES) * SWITCH.width() - SWITCH.width()
        shown = self._count_that_fit(room - (self.brush.width_px if self.brush.entry.isChecked() else 0) - 8)
        for number, button in enumerate(self.buttons):
            button.setVisible(number < shown)
        for number, line in self._lines.items():
            line.setVisible(number < shown)
        self.more.setVisible(shown < len(self.buttons))

    def show_fit(self, misfit: str) -> None:
        """Let the button of a model that does not fit be quiet; "": it fits."""
        entry = self._bar.actions["classify.slice"]
        for button in self.buttons:
            if button.entry is entry:
                button.be_quiet(misfit)

    def hidden_entries(self) -> list[QAction]:
        """Return the entries of the menu of the rest, which have no button."""
        return [button.entry for button in self.buttons if button.isHidden()]

    def _count_that_fit(self, room: int) -> int:
        taken = 0
        for number, button in enumerate(self.buttons):
            taken += button.width_px + (LINE_PX if number in self._lines else 0)
            if taken > room:
                return number
        return len(self.buttons)

    def _command_button(self, name: str) -> "ToolButton":
        action = self._bar.actions[name]
        kind = {"tools": "tool", "classify": "ai"}.get(name.partition(".")[0], "switch")
        button = ToolButton(self._icons[name], kind, action)
        button.word = action.iconText()
        return button

    def _brush_button(self) -> "ToolButton":
        """Return the button of the brush for outlines, there only while it paints.

        It stands at the right end, so that no other button moves.
        """
        button = ToolButton(self._icons[BRUSH], "tool", self._bar.actions[BRUSH])
        button.word = button.entry.iconText()
        button.entry.changed.connect(self._show_brush)
        button.setVisible(button.entry.isChecked())
        return button

    @Slot()
    def _show_brush(self) -> None:
        # guard(-> False): while a click paints a button says so
        self.brush.setVisible(self.brush.entry.isChecked())
        self.arrange(self.width())

    def _menu_button(self, item: ToolMenu) -> "ToolButton":
        menus = [self._bar.menu(entry) for entry in item.entries if entry not in self._bar.actions]
        menu = menus[0]
        if len(item.entries) > 1:
            menu = QMenu(translate(item.title), self)
            menu.setToolTipsVisible(True)
            menus.reverse()
            for entry in item.entries:
                action = self._bar.actions.get(entry)
                menu.addAction(action) if action is not None else menu.addMenu(menus.pop())
        button = ToolButton(item.icon, "switch", menu.menuAction())
        button.word = without_access_key(translate(item.title))
        button.setAccessibleName(button.word)
        button.setToolTip(teaching_tooltip(button.word))
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def _more_button(self) -> "ToolButton":
        self._rest = QMenu(translate("More"), self)
        self._rest.aboutToShow.connect(self._fill_rest)
        button = ToolButton("chevrons-right", "switch", self._rest.menuAction())
        button.setAccessibleName(translate("More"))
        button.setToolTip(teaching_tooltip(translate("More")))
        button.setMenu(self._rest)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.show_word("", SWITCH)
        return button

    def _field(self) -> QPushButton:
        action = self._bar.actions[FIND]
        field = QPushButton()
        field.setProperty("role", "field")
        field.setIcon(icon("search", "text_2"))
        field.setFixedSize(FIELD_PX, 32)
        field.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        field.setAccessibleName(action.iconText())
        field.setToolTip(action.toolTip())
        row = QHBoxLayout(field)
        row.setContentsMargins(32, 0, 8, 0)
        self.keys = plain_label(role="key")
        for label in (plain_label(action.iconText(), "quiet"), self.keys):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            row.addWidget(label, 0, Qt.AlignmentFlag.AlignVCenter)
        row.insertStretch(1)
        field.clicked.connect(action.trigger)
        action.changed.connect(self._show_keys)
        return field

    @Slot()
    def _show_keys(self) -> None:
        keys = self._bar.actions[FIND].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.keys.setText(keys)
        self.keys.setVisible(bool(keys))

    @Slot()
    def _fill_rest(self) -> None:
        self._rest.clear()
        for entry in self.hidden_entries():
            self._rest.addAction(entry)


def _line() -> QFrame:
    line = QFrame()
    line.setFixedSize(LINE_PX, 32)
    inner = QFrame(line)
    inner.setProperty("role", "rule")
    inner.setGeometry(8, 0, 1, 32)
    return line


class ToolButton(QToolButton):
    """A button of an action, with an icon of its own.

    Parameters
    ----------
    kind : str
        "tool" one of which is chosen, "switch" on or off, or "ai".
    entry : QAction
        What a click triggers and a menu shows in its place.
    """

    def __init__(self, name: str, kind: str, entry: QAction) -> None:
        super().__init__()
        self.entry, self.word, self.width_px = entry, "", BUTTON.width()
        self._name, self._kind, self._why_quiet = name, kind, ""
        self._show_icon()
        self.setIconSize(ICON)
        self.setProperty("role", kind)
        self.setFont(font(Type.TAG))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if entry.menu() is None:  # Qt follows the menu of a menu's button itself
            self.setCheckable(entry.isCheckable())
            self.clicked.connect(self._press)
            entry.changed.connect(self._follow)
            self._follow()

    def show_word(self, word: str, size: QSize) -> None:
        """Show a word under the icon, or none, in a button of a size."""
        style = Qt.ToolButtonStyle.ToolButtonTextUnderIcon if word else Qt.ToolButtonStyle.ToolButtonIconOnly
        self.setToolButtonStyle(style)
        self.setText(word)
        self.width_px = max(size.width(), self.fontMetrics().horizontalAdvance(word) + 12)
        self.setFixedSize(self.width_px, size.height())

    def be_quiet(self, reason: str) -> None:
        """Draw no attention, for a reason that the tooltip says; "" as usual."""
        if reason != self._why_quiet:
            self._why_quiet = reason
            self._show_icon()
            self._follow()

    def _show_icon(self) -> None:
        ink = "ai" if self._kind == "ai" and not self._why_quiet else "text_2"
        self.setIcon(icon(self._name, ink, on="on_fill" if self._kind == "tool" else "blue"))

    @Slot()
    def _press(self) -> None:
        self.entry.trigger()
        self._follow()

    @Slot()
    def _follow(self) -> None:
        entry = self.entry
        self.setEnabled(entry.isEnabled())
        self.setChecked(entry.isChecked())
        title = without_access_key(entry.text())
        keys = entry.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.setToolTip(
            teaching_tooltip(title, keys, self._why_quiet) if self._why_quiet else entry.toolTip()
        )
        self.setAccessibleName(title)
