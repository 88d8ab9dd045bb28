"""Gives the whole application a language.

The program's own texts and Qt's.
"""

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from medviewer import translation
from medviewer.gui.widgets.qt_language import use_qt_language


def language_for(wanted: str) -> str:
    """Return one of LANGUAGES for a wish.

    "auto" or an unknown one follows the system.
    """
    if wanted in translation.LANGUAGES:
        return wanted
    return "zh_CN" if QLocale.system().language() == QLocale.Language.Chinese else "en"


def apply_language(application: QApplication, wanted: str) -> None:
    """Apply a language to the program and Qt's own dialogs."""
    code = language_for(wanted)
    translation.use_language(code)
    use_qt_language(application, code)
