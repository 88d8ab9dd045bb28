"""Help is there in both languages, with the keys of the moment, and every link of it leads somewhere."""

import re
from collections.abc import Iterator

import pytest

from medviewer import paths, translation
from medviewer.translation import LANGUAGES
from medviewer.viewer.commands.table import command_by_id, commands
from medviewer.viewer.help.pages import (
    KEYS,
    MOUSE,
    NEWS,
    PAGES,
    WRITTEN,
    found_sections,
    page_text,
    page_title,
    sections,
)
from medviewer.viewer.help.palette import find_entries, palette_entries
from medviewer.viewer.help.shortcuts import effective_keys
from medviewer.viewer.viewer_state import ViewerState
from tests.viewer.bare_viewer import BareViewer

STATE = ViewerState()


def source(language: str, name: str) -> str:
    return paths.resource("help", language, f"{name}.md").read_text("utf-8")


@pytest.fixture
def chinese() -> Iterator[None]:
    translation.use_language("zh_CN")
    yield
    translation.use_language("en")


def test_each_language_has_each_page_and_no_other() -> None:
    for language in LANGUAGES:
        files = sorted(path.stem for path in paths.resource("help", language).iterdir())
        assert files == sorted(WRITTEN)


@pytest.mark.parametrize("name", WRITTEN)
def test_both_languages_say_the_same(name: str) -> None:
    english, chinese = source("en", name), source("zh_CN", name)
    for pattern in (r"^#+ ", r"^- ", r"^\d\. "):
        found = [len(re.findall(pattern, text, re.MULTILINE)) for text in (english, chinese)]
        assert found[0] == found[1], pattern
    for pattern in (r"\{\{[\w.]+\}\}", r"\]\([^)]*\)"):
        assert sorted(re.findall(pattern, english)) == sorted(re.findall(pattern, chinese))


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_and_link_is_there(language: str, name: str) -> None:
    text = source(language, name)
    for command in re.findall(r"\{\{([\w.]+)\}\}", text):
        command_by_id(command)
    for link in re.findall(r"\]\(([^)]*)\)", text):
        scheme, _, target = link.partition(":")
        assert scheme in ("page", "command")
        assert target in PAGES if scheme == "page" else command_by_id(target)


def test_the_keys_in_the_text_are_those_of_the_moment() -> None:
    assert "`Ctrl+K`" in page_text("ai", STATE, str)
    changed = ViewerState(keys=effective_keys({"classify.slice": "Ctrl+J"}))
    assert "`Ctrl+J`" in page_text("ai", changed, str)
    assert "`Ctrl+K`" not in page_text("ai", changed, str)
    without = ViewerState(keys=effective_keys({"classify.slice": ""}))
    assert "**Classify > Ask this slice** asks the chosen model" in page_text("ai", without, str)


def test_the_page_of_keys_has_each_key_once_and_the_mouse_first() -> None:
    text = page_text(KEYS, STATE, str)
    assert text.index("## Mouse") < text.index("## File") < text.index("## Help")
    for command in commands():
        if command.shortcut:
            keys = ", ".join(key for key in (command.shortcut, command.also) if key)
            cell = re.sub(r"([\[\]])", r"\\\1", keys)
            assert text.count(f"| {cell} |") == 1, command.id
    assert all(f"| {hand} |" in text for hand, _ in MOUSE)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("maximise", ["M", "Double click"]),
        ("ctrl+k", ["Ctrl+K"]),
        ("slices ten", ["PgDown, Ctrl+PgDown", "PgUp, Ctrl+PgUp"]),
    ],
)
def test_keys_are_searched_by_name_and_key(typed: str, said: list[str]) -> None:
    text = page_text(KEYS, STATE, str, typed)
    rows = re.findall(r"^\| (.+?) \|", text, re.MULTILINE)
    assert sorted(row for row in rows if row != "Key or mouse") == sorted(said)
    assert page_text(KEYS, STATE, str, "qqqq") == page_text(KEYS, STATE, str)


def test_every_section_can_be_found() -> None:
    searched = sections(STATE, str)
    assert {section.page for section in searched} == set(PAGES)
    (first, *_) = found_sections("W 80 L 40", searched)
    assert first.heading == 'What does "W 80 L 40 (Brain)" mean?'
    assert found_sections("refusal", searched)[0].page == "ai"
    assert found_sections("qqqq", searched) == []


def test_what_is_new_is_the_change_log() -> None:
    text = page_text(NEWS, STATE, str)
    assert text.startswith("# What's new")
    assert "Command palette" in text
    assert "Unreleased" not in text
    assert "keepachangelog" not in text


def test_pages_are_chinese_in_chinese(chinese: None) -> None:
    for name in WRITTEN:
        assert re.search("[\u4e00-\u9fff]", page_title(name))
        assert page_text(name, STATE, str).startswith(f"# {page_title(name)}")
    assert "| Ctrl+K | 分析本层" in page_text(KEYS, STATE, str)
    assert "更新内容目前仅有英文" in page_text(NEWS, STATE, str)


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("language", LANGUAGES)
def test_menus_are_named_as_they_are(language: str, name: str) -> None:
    """Each **Menu > Command** of the text can be found in the menus of its language."""
    translation.use_language(language)
    try:
        titles = {page.strip("。.") for page in _menu_paths()}
        for path in re.findall(r"\*\*([^*]+ > [^*]+)\*\*", source(language, name)):
            assert path in titles, path
    finally:
        translation.use_language("en")


def _menu_paths() -> Iterator[str]:
    from medviewer.translation import translate
    from medviewer.viewer.commands.table import COMMANDS
    from medviewer.viewer.texts.menus import without_access_key

    for row in COMMANDS:
        menus = [without_access_key(translate(menu)) for menu in row.menu.split("/")]
        yield " > ".join(menus)
        title = getattr(row, "title", "")
        if title:
            yield " > ".join((*menus, without_access_key(translate(title))))


@pytest.mark.parametrize("spoken", LANGUAGES)
@pytest.mark.parametrize("typed", ["mpr", "mip", "3d", "reformat"])
def test_what_medviewer_does_not_have_is_said_first(typed: str, spoken: str) -> None:
    translation.use_language(spoken)
    try:
        first = found_sections(typed, sections(STATE, str))[0]
        assert "MPR" in first.heading
        assert "medviewer" in first.text
        offered = palette_entries(BareViewer())
        assert find_entries(typed, offered, BareViewer())[0].entry.label.endswith(first.heading)
    finally:
        translation.use_language("en")
