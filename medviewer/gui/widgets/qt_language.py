"""Makes Qt's own dialogs fit the program's language."""

from typing import Final

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from medviewer.translation import mark, translate

QT_TEXTS: Final = {
    "&Look in:": mark("&Look in:"),
    "Files of &type:": mark("Files of &type:"),
    "Folder": mark("Folder"),
    "Size": mark("Size"),
}
"""Texts of Qt's file dialog that its own Chinese catalogue lacks, or gets wrong."""

_translators: list[QTranslator] = []


class _MissingTexts(QTranslator):
    """Speaks QT_TEXTS from the program's catalogue."""

    def isEmpty(self) -> bool:
        return False

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, number: int = -1
    ) -> str | None:
        known = (
            QT_TEXTS.get(text, "") if context.startswith(("QFile", "QAbstractFile", "QPlatformTheme")) else ""
        )
        return translate(known) if known else None  # Qt asks the next translator


def use_qt_language(application: QApplication, language: str) -> None:
    """Load Qt's texts in a language."""
    while _translators:
        application.removeTranslator(_translators.pop())
    QLocale.setDefault(QLocale(language))
    translator = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if language != "en" and translator.load(f"qtbase_{language}", folder):
        missing = _MissingTexts(application)
        for added in (translator, missing):  # the last one is asked first
            application.installTranslator(added)
            _translators.append(added)
