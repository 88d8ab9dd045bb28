"""Makes Qt's own dialogs and the fonts fit the program's language."""

from typing import Final

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

CHINESE_FONTS: Final = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
)

_translators: list[QTranslator] = []


def use_qt_language(application: QApplication, language: str) -> None:
    """Load Qt's own texts in a language, and prefer fonts with the right forms of Chinese characters."""
    while _translators:
        application.removeTranslator(_translators.pop())
    QLocale.setDefault(QLocale(language))
    translator = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if language != "en" and translator.load(f"qtbase_{language}", folder):
        application.installTranslator(translator)
        _translators.append(translator)
    font = application.font()
    families = [name for name in font.families() if name not in CHINESE_FONTS]
    font.setFamilies([*families, *(CHINESE_FONTS if language == "zh_CN" else ())])
    application.setFont(font)
