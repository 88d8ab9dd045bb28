"""Preferences of the user in sections, from the SETTINGS table.

Every change holds at once.
"""

from typing import Final

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from medviewer.gui.widgets import plain_label
from medviewer.settings import MODELS, PRIVACY, SETTINGS, WINDOW, Setting, Settings
from medviewer.translation import LANGUAGES, mark, translate
from medviewer.viewer.commands import THEMES
from medviewer.viewer.tools import MOUSE_SCHEMES

CHOICE_TITLES: Final = {
    "auto": mark("Automatic"),
    "cpu": mark("CPU"),
    "cuda": mark("GPU (CUDA)"),
    **{name: scheme.title for name, scheme in MOUSE_SCHEMES.items()},
    **THEMES,
    **LANGUAGES,
}
SECTIONS: Final = (WINDOW, PRIVACY, MODELS)
"""Those with settings, from top to bottom; each has a row for each of its settings that has a title."""

KEYS: Final = mark("Keys")
EXPLAINED: Final = {
    PRIVACY: mark(
        "The settings hold no names. What is remembered of studies holds names and paths, only for you. "
        "Without memory all of it is deleted, and drawings last until their study is closed."
    ),
}
"""What is said at the end of a section."""

LEAST_WIDTH: Final = 460
CHOICE_WIDTH: Final = 180


class PreferencesDialog(QDialog):
    """The settings in sections; emits `edited` (key, value), and `keys_asked`."""

    edited = Signal(str, object)
    keys_asked = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("Preferences"))
        self.setMinimumWidth(LEAST_WIDTH)
        self.controls: dict[str, QComboBox | QCheckBox] = {}
        self.keys_button = QPushButton(translate("Change keys…"))
        self.keys_button.setAutoDefault(False)
        self.keys_button.clicked.connect(self.keys_asked)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(8)
        for section in SECTIONS:
            form = self._section(section)
            for setting in SETTINGS.values():
                if setting.title and setting.section == section:
                    self._add(setting, settings, form)
            if section in EXPLAINED:
                form.addRow(plain_label(translate(EXPLAINED[section]), "quiet", wraps=True))
        self._section(KEYS).addRow(self.keys_button)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self._column.addStretch(1)
        self._column.addWidget(buttons)

    def _section(self, title: str) -> QFormLayout:
        """Begin a section and return the form for its rows."""
        if self._column.count():
            self._column.addSpacing(8)
        self._column.addWidget(plain_label(translate(title), "title"))
        form = QFormLayout()
        form.setContentsMargins(12, 0, 0, 0)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._column.addLayout(form)
        return form

    def _add(self, setting: Setting, settings: Settings, form: QFormLayout) -> None:
        title = translate(setting.title)
        if setting.kind is bool:
            flag = QCheckBox(title)
            flag.setChecked(settings.flag(setting.key))
            flag.toggled.connect(self._report)
            form.addRow(flag)
            self.controls[setting.key] = flag
            return
        chooser = QComboBox()
        chooser.setAccessibleName(title)
        chooser.setMinimumWidth(CHOICE_WIDTH)
        for choice in setting.choices:
            chooser.addItem(translate(CHOICE_TITLES[str(choice)]), choice)
        chooser.setCurrentIndex(chooser.findData(settings.text(setting.key)))
        chooser.activated.connect(self._report)
        form.addRow(plain_label(title), chooser)
        self.controls[setting.key] = chooser

    def show_flag(self, key: str, value: bool) -> None:
        """Show a setting that was not changed after all."""
        control = self.controls[key]
        if isinstance(control, QCheckBox):
            with QSignalBlocker(control):
                control.setChecked(value)

    def showEvent(self, event: QShowEvent) -> None:
        """Be as high as the explanations need.

        Qt by itself stops at two thirds of the screen.
        """
        super().showEvent(event)
        self.resize(self.size().expandedTo(self.sizeHint()).boundedTo(self.screen().availableSize()))

    @Slot()
    def _report(self) -> None:
        for key, control in self.controls.items():
            if control is self.sender():
                value = control.isChecked() if isinstance(control, QCheckBox) else control.currentData()
                self.edited.emit(key, value)
