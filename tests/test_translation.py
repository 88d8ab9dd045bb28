"""The core speaks the user's language."""

import gettext
import json
from pathlib import Path

import pytest

from medviewer import paths, translation
from medviewer.translation import Message, mark, message, translate, use_language


@pytest.fixture
def a_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Reversed(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            return {"{count} slices": "共 {count} 层"}.get(message, message)

    monkeypatch.setattr(gettext, "translation", lambda *_, **__: Reversed())


def test_facts_are_filled_in_after_translating(a_catalogue: None) -> None:
    use_language("zh_CN")
    assert translate("{count} slices", count=3) == "共 3 层"


def test_marking_changes_nothing() -> None:
    assert mark("Axial") == "Axial"


def test_an_unknown_language_is_english() -> None:
    use_language("tlh")
    assert translation.language() == "en"
    assert translate("{count} slices", count=3) == "3 slices"


def test_an_empty_text_stays_empty_and_is_not_the_header_of_the_catalogue() -> None:
    use_language("zh_CN")
    assert translate("") == ""


def test_braces_in_a_fact_are_text() -> None:
    assert translate("{name} is open", name="{x}") == "{x} is open"


def test_without_facts_braces_in_the_sentence_are_text() -> None:
    assert translate("a {b} c") == "a {b} c"


def test_there_is_a_folder_for_every_language_but_english() -> None:
    for language in set(translation.LANGUAGES) - {"en"}:
        assert paths.resource("i18n", language).is_dir()


def test_a_message_is_said_in_the_language_of_the_moment(a_catalogue: None) -> None:
    said = message("{count} slices", count=3)
    use_language("zh_CN")
    assert said.for_user() == "共 3 层"
    assert str(said) == "3 slices"
    use_language("en")
    assert said == message("{count} slices", count=3)


def test_a_message_inside_a_message_is_translated_with_it(a_catalogue: None) -> None:
    said = message("{what} are missing", what=message("{count} slices", count=3))
    use_language("zh_CN")
    assert said.for_user() == "共 3 层 are missing"


def test_a_message_comes_out_of_another_process_as_it_went_in() -> None:
    said = message("{what} of {all} are missing", what=message("{count} slices", count=3), all=5.5)
    assert Message.from_record(json.loads(json.dumps(said.as_record()))) == said
