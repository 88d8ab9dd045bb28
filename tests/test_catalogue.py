"""The catalogues: complete, up to date, and equal to the English texts in what they fill in."""

import gettext
import importlib.util
import io
import string
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog

ROOT = Path(__file__).resolve().parent.parent


def _load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations", ROOT / "packaging" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


translations = _load_script()


@pytest.fixture(scope="module", params=translations.LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def catalogue(language: str) -> Catalog:
    read: Catalog = translations.read_catalogue(language)
    return read


def test_every_text_of_the_program_is_translated(catalogue: Catalog) -> None:
    assert translations.missing(catalogue) == []


def test_an_untranslated_and_a_fuzzy_text_are_missed() -> None:
    catalogue = Catalog(locale="zh_CN")
    catalogue.add("Brain", "脑窗", flags=["fuzzy"])
    catalogue.add("Bone", "")
    assert {"Brain", "Bone"} <= set(translations.missing(catalogue))


def test_texts_inside_f_strings_are_found() -> None:
    source = """f"{a} {translate('{scale}× reduced', scale=f'{b:g}')}" + mark("Bone") + translate(name)"""
    assert sorted(translations.texts_in(source)) == ["Bone", "{scale}× reduced"]


def test_no_text_is_a_guess_or_left_over(catalogue: Catalog) -> None:
    assert [message.id for message in catalogue if message.fuzzy] == []
    wanted = {message.id for message in translations.texts_in_sources()}
    assert [message.id for message in catalogue if message.id not in wanted] == []


def test_the_compiled_catalogue_is_the_edited_one(language: str, catalogue: Catalog) -> None:
    assert translations.catalogue_path(language, ".mo").read_bytes() == translations.compiled(catalogue)


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_translations_fill_in_the_same_facts(catalogue: Catalog) -> None:
    wrong = [
        message.id
        for message in catalogue
        if message.id and _fields(str(message.id)) != _fields(str(message.string))
    ]
    assert wrong == []


def test_access_keys_of_a_menu_are_all_there(catalogue: Catalog) -> None:
    wrong = [
        message.id
        for message in catalogue
        if message.id and ("&" in str(message.id)) != ("&" in str(message.string))
    ]
    assert wrong == []


def test_the_program_speaks_the_language(language: str) -> None:
    with io.BytesIO(translations.catalogue_path(language, ".mo").read_bytes()) as stream:
        spoken_text = gettext.GNUTranslations(stream)
    assert spoken_text.gettext("Subdural") == "硬膜下窗"
    assert spoken_text.gettext("sensitivity {value}") == "灵敏度 {value}"


def test_the_extractor_finds_marked_and_translated_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "words.py").write_text('a = mark("one")\nb = translate("two {x}", x=1)\nc = other("three")\n')
    monkeypatch.setattr(translations, "SOURCES", tmp_path)
    assert {message.id for message in translations.texts_in_sources() if message.id} == {"one", "two {x}"}
