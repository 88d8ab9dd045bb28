"""English and Simplified Chinese.

Gettext, usable from the core as from the window. `mark` marks a sentence that stands in a table or a class
body; `translate` gives it in the language in use at the moment it is shown; a `Message` is a sentence with
its facts that is kept as a value and rendered where it is shown. The catalogues are
resources/i18n/<language>/LC_MESSAGES/medviewer.po.
"""

import gettext
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, Final, ParamSpec, TypeVar

from medviewer import paths

DOMAIN: Final = "medviewer"
TEXTS_KEPT: Final = 8  # of one function: those of the panes, now and one step before

Arguments = ParamSpec("Arguments")
Text = TypeVar("Text")
LANGUAGES: Final = {"en": "English", "zh_CN": "简体中文"}

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def use_language(language: str) -> None:
    """Choose the language of all later translations.

    Unknown ones fall back to English.
    """
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


def counted(one: str, many: str, count: object) -> str:
    """Return the sentence for a count: the first for 1, the second for others.

    Both stand in the catalogue on their own; `many` may be "": there is one sentence for all.
    """
    return many if many and count != 1 else one


def translate(sentence: str, many: str = "", /, **facts: object) -> str:
    """Return the sentence in the language in use, its {facts} filled in.

    Parameters
    ----------
    many : str
        The sentence where the fact `count` is not 1; "" where the first one fits all counts.
    """
    if many:
        sentence = counted(sentence, many, facts["count"])
    text = _catalogue.gettext(sentence) if sentence else ""
    return text.format(**facts) if facts else text


def kept_by_language(write: Callable[Arguments, Text]) -> Callable[Arguments, Text]:
    """Keep the newest texts that a function writes, of each language apart.

    The texts may depend on nothing but the arguments, which never change, and the language in use.
    """

    def write_in(_language: str, *arguments: Any, **named: Any) -> Text:
        return write(*arguments, **named)

    kept: Callable[..., Text] = lru_cache(TEXTS_KEPT)(write_in)

    @wraps(write)
    def written(*arguments: Arguments.args, **named: Arguments.kwargs) -> Text:
        return kept(_language, *arguments, **named)

    return written


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence with its facts, rendered when shown.

    Make one with `message`. `str` gives it in English.

    Parameters
    ----------
    text : str
        An English sentence, marked for the catalogue, with {names} of facts.
    facts : tuple of (name, value)
        Numbers, texts and other messages; only messages are translated.
    """

    text: str
    facts: tuple[tuple[str, object], ...] = ()

    def for_user(self) -> str:
        """Return the sentence in the language in use."""
        return translate(self.text, **{name: _shown(value) for name, value in self.facts})

    def __bool__(self) -> bool:
        return bool(self.text)

    def __str__(self) -> str:
        facts = {name: str(value) if isinstance(value, Message) else value for name, value in self.facts}
        return self.text.format(**facts) if facts else self.text

    def as_record(self) -> list[Any]:
        """Return the message as values that JSON can carry."""
        facts = [
            [name, {"message": value.as_record()} if isinstance(value, Message) else value]
            for name, value in self.facts
        ]
        return [self.text, facts]

    @classmethod
    def from_record(cls, record: Any) -> "Message":
        """Rebuild a message from `as_record`."""
        text, facts = record
        return cls(
            text,
            tuple(
                (name, cls.from_record(value["message"]) if isinstance(value, Mapping) else value)
                for name, value in facts
            ),
        )


class Capitalized(Message):
    """A message shown with its first letter in upper case.

    It is never sent to another process.
    """

    __slots__ = ()

    def for_user(self) -> str:
        """Return the sentence in the language in use, upper case first."""
        shown = super().for_user()
        return shown[:1].upper() + shown[1:]

    def __str__(self) -> str:
        said = super().__str__()
        return said[:1].upper() + said[1:]


NOTHING: Final = Message("")
"""Where there is nothing to be said; every other message is true."""


def message(sentence: str, many: str = "", /, **facts: object) -> Message:
    """Return a marked sentence with its facts; `many` as in `translate`."""
    chosen = counted(sentence, many, facts["count"]) if many else sentence
    return Message(chosen, tuple(facts.items()))


def listed(texts: Iterable[str]) -> str:
    """Join translated texts with the comma of the language in use."""
    return translate(", ").join(texts)


def message_of_list(texts: Iterable[str | Message]) -> Message:
    """Return a message that joins marked texts with a comma."""
    first, *others = (text if isinstance(text, Message) else Message(text) for text in texts)
    for other in others:
        facts = (("first", first), ("comma", Message(", ")), ("second", other))
        first = Message("{first}{comma}{second}", facts)
    return first


def _shown(value: object) -> object:
    return value.for_user() if isinstance(value, Message) else value
