"""Gives the application its language and colours, from the settings or as the caller says."""

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from medviewer import translation
from medviewer.gui import theme
from medviewer.gui.qt_language import use_qt_language
from medviewer.settings import Settings


def language_for(wanted: str) -> str:
    """Return one of LANGUAGES for a wish; "auto" or an unknown one follows the system."""
    if wanted in translation.LANGUAGES:
        return wanted
    return "zh_CN" if QLocale.system().language() == QLocale.Language.Chinese else "en"


def apply_language(application: QApplication, wanted: str) -> None:
    """Let the program and Qt's own dialogs speak a language."""
    code = language_for(wanted)
    translation.use_language(code)
    use_qt_language(application, code)


def prepare(application: QApplication, settings: Settings, language: str = "") -> None:
    """Apply language and theme before the first window is made.

    Parameters
    ----------
    language : str
        Wins over the setting, for this run only; "" leaves it to the setting.
    """
    application.setApplicationName("medviewer")
    apply_language(application, language or settings.text("language"))
    theme.apply_theme(application, settings.text("theme"))
