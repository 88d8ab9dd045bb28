"""Preferences of the user, from the SETTINGS table.

Every change holds at once.
"""

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QVBoxLayout,
    QWidget,
)

from medviewer.gui.widgets import plain_label
from medviewer.settings import SETTINGS, Setting, Settings
from medviewer.translation import LANGUAGES, mark, translate
from medviewer.viewer.commands import THEMES

CHOICE_TITLES: Final = {
    "auto": mark("Automatic"),
    "cpu": mark("CPU"),
    "cuda": mark("GPU (CUDA)"),
    **THEMES,
    **LANGUAGES,
}


class PreferencesDialog(QDialog):
    """One row for each setting that has a title; emits `edited` (key, value)."""

    edited = Signal(str, object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("Preferences"))
        self.setMinimumWidth(420)
        self.controls: dict[str, QComboBox | QCheckBox] = {}
        form = QFormLayout()
        form.setVerticalSpacing(10)
        for setting in SETTINGS.values():
            if setting.title:
                self._add(setting, settings, form)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(14)
        column.addLayout(form)
        column.addWidget(
            plain_label(
                translate(
                    "The settings hold no names. "
                    "What is remembered of studies holds names and paths, only for you."
                ),
                "quiet",
                wraps=True,
            )
        )
        column.addWidget(buttons)

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
        for choice in setting.choices:
            chooser.addItem(translate(CHOICE_TITLES[str(choice)]), choice)
        chooser.setCurrentIndex(chooser.findData(settings.text(setting.key)))
        chooser.activated.connect(self._report)
        form.addRow(plain_label(title), chooser)
        self.controls[setting.key] = chooser

    @Slot()
    def _report(self) -> None:
        for key, control in self.controls.items():
            if control is self.sender():
                value = control.isChecked() if isinstance(control, QCheckBox) else control.currentData()
                self.edited.emit(key, value)
