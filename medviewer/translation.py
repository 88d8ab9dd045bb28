"""English and Simplified Chinese: gettext, usable from the core as from the window.

`mark` marks a sentence that stands in a table or a class body; `translate` gives it in the language
in use at the moment it is shown. The catalogues are resources/i18n/<language>/LC_MESSAGES/medviewer.po.
"""

import gettext
from typing import Final

from medviewer import paths

DOMAIN: Final = "medviewer"
LANGUAGES: Final = {"en": "English", "zh_CN": "简体中文"}

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def use_language(language: str) -> None:
    """Choose the language of all later translations; unknown ones fall back to English."""
    global _catalogue, _language
    _language = language if language in LANGUAGES else "en"
    _catalogue = gettext.translation(
        DOMAIN, localedir=paths.resource("i18n"), languages=[_language], fallback=True
    )


def language() -> str:
    """Return the language in use, one of LANGUAGES."""
    return _language


def mark(sentence: str) -> str:
    """Mark a sentence for the catalogue without translating it yet."""
    return sentence


def translate(sentence: str, **facts: object) -> str:
    """Return the sentence in the language in use, its {facts} filled in."""
    text = _catalogue.gettext(sentence) if sentence else ""
    return text.format(**facts) if facts else text
