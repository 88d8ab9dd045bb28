"""The part of the card that corrects a model's outline."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from medviewer.gui.widgets import plain_label, set_role, tabular
from medviewer.translation import mark, translate
from medviewer.viewer.outline_card import NO_OUTLINE, OutlineTexts

BUTTONS: Final = {
    "outline.correct": mark("Correct the outline"),
    "tools.outline_add": mark("Add"),
    "tools.outline_cut": mark("Cut"),
    "outline.smooth": mark("Smooth"),
    "outline.revert": mark("Back to the model's"),
    "outline.models": mark("Model's beside yours"),
}
"""Id of the command -> word on its button."""

GAP_PX: Final = 6
COLUMNS: Final = 3


class OutlinePart(QWidget):
    """Says sizes of the reader's outline, with buttons to correct it.

    The buttons are connected by the window, by the ids of their commands.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.yours = plain_label(role="strong", wraps=True, selectable=True)
        self.volume = plain_label(wraps=True, selectable=True)
        self.brush = plain_label(role="quiet")
        self.brush.setFont(tabular(self.brush.font()))
        self.buttons = {name: QPushButton(translate(word)) for name, word in BUTTONS.items()}
        for name, button in self.buttons.items():
            button.setProperty("role", "outline")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setCheckable(name in ("outline.correct", "outline.models") or name.startswith("tools."))
        correct, *brushes, revert, beside = self.buttons.values()
        row = QGridLayout()
        row.setSpacing(GAP_PX)
        row.addWidget(correct, 0, 0, 1, 2)
        row.addWidget(self.brush, 0, 2)
        for place, button in enumerate(brushes):
            row.addWidget(button, 1, place)
        self._more = QWidget()
        below = QVBoxLayout(self._more)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(GAP_PX)
        below.addWidget(revert)
        below.addWidget(beside)
        self._brushes = brushes
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_PX)
        for widget in (self.yours, self.volume):
            column.addWidget(widget)
        column.addLayout(row)
        column.addWidget(self._more)
        self.show_outline(NO_OUTLINE)

    def show_outline(self, said: OutlineTexts) -> None:
        """Show sizes, and the buttons that can be used; without any nothing."""
        for label, text in ((self.yours, said.yours), (self.volume, said.volume), (self.brush, said.brush)):
            label.setText(text)
            label.setVisible(bool(text))
        for button in self._brushes:
            button.setVisible(said.can_correct and bool(said.brush))
        self.buttons["outline.correct"].setVisible(said.can_correct or bool(said.brush))
        self._more.setVisible(bool(said.yours))
        word = mark("Correct the outline") if said.has_outline else mark("Draw an outline")
        self.buttons["outline.correct"].setText(translate(word))
        # guard(said.has_outline or bool(said.brush) -> True):
        #     nothing asks for an outline where the model sees nothing to draw
        role = "outline" if said.has_outline or bool(said.brush) else "link"
        set_role(self.buttons["outline.correct"], role)
        self.setVisible(said.is_said)

    def show_command(self, name: str, *, is_on: bool, can_be_used: bool, hint: str) -> None:
        """Show whether a command is on and can be used, by its id."""
        button = self.buttons[name]
        if button.isCheckable():
            button.setChecked(is_on)
        button.setEnabled(can_be_used)
        if button.toolTip() != hint:
            button.setToolTip(hint)
