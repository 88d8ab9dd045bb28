"""The core speaks the user's language."""

import ast
import gettext
import json
import re
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


@pytest.mark.parametrize(("count", "said"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (21, "21 files")])
def test_a_count_has_its_own_sentence_for_one(count: int, said: str) -> None:
    assert translate("1 file", "{count} files", count=count) == said
    assert str(message("1 file", "{count} files", count=count)) == said
    assert message("1 file", "{count} files", count=count).for_user() == said


MORE_THAN_ONE = {
    "{count} files could not be read; the list names them.",  # one is named instead
    "{count} images are more than one",
    "A mosaic of {count} slices: where they lie is not stated.",
    "A mosaic of {count} slices that cannot be unfolded.",
    "average of {count} frames {said}",
    "{count} images are more than one film holds",
    "The header goes on; the first {count} elements are shown.",
    "Of {count} frames the groups of frame {number} are shown.",
    "{source}: {n} pictures of {groups} groups",  # of a data set
    "{data}, split {split}: {n} pictures of {groups} groups",  # of a data set
    "The methods were fitted on {splits}: {n} pictures of {groups} groups",
    "{part} lacks {count} of {all} slices, one of them at {mm} mm.",
    "Images of {count} patients are on the screen.",  # nothing is said of one
    "{count} slices not judged",  # few are named instead
    "{count} pictures drawn by the program and by the formulas of the DICOM standard",
}
"""Beginnings of sentences that are said of several only."""


def test_every_counted_sentence_has_one_for_a_single_thing() -> None:
    counted = re.compile(r"\{(count|bits|n|seen)\} (?!of\b|series\b)[a-z]+s\b")
    for path in Path(translation.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id not in ("translate", "message") or len(node.args) != 1:
                continue
            (said,) = node.args
            if isinstance(said, ast.Constant) and isinstance(said.value, str) and counted.search(said.value):
                assert said.value.startswith(tuple(MORE_THAN_ONE)), f"{path.name}: {said.value}"
