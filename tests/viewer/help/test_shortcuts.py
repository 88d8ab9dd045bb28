"""Keys of commands: changed, kept, resolved where two want the same."""

import json
from pathlib import Path

import pytest

from medviewer.viewer.commands.table import command_by_id, commands
from medviewer.viewer.help.shortcuts import (
    counts_in_panes_only,
    effective_keys,
    give_key,
    key_conflict,
    keys_of,
    load_keys,
)
from medviewer.viewer.shortcut_file import ShortcutFile, canonical
from tests.viewer.bare_viewer import BareViewer


def file_of(home: Path) -> Path:
    return home / "config" / "keys.json"


@pytest.mark.parametrize(
    ("key", "same"),
    [
        ("", ""),
        ("m", "M"),
        ("Shift+Ctrl+p", "Ctrl+Shift+P"),
        ("Ctrl++", "Ctrl++"),
        ("+", "+"),
        ("F12", "F12"),
        ("PgDown", "PgDown"),
        ("Alt+Ö", "Alt+Ö"),
        ("Media Play", "Media Play"),
    ],
)
def test_keys_are_compared_in_one_writing(key: str, same: str) -> None:
    assert canonical(key) == same


@pytest.mark.parametrize("key", ["A, B", "Hyper+A", "ctrl+a", "Ctrl+", " ", "A" * 60, "Ctrl+\n", "F123"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        canonical(key)


def test_every_default_key_is_one_and_belongs_to_one_command() -> None:
    keys = [canonical(command.shortcut) for command in commands() if command.shortcut]
    assert len(keys) == len(set(keys))
    assert effective_keys({}) == {command.id: canonical(command.shortcut) for command in commands()}


def test_a_given_key_is_taken_from_the_command_that_has_it_by_default() -> None:
    keys = effective_keys({"view.fit": "M"})
    assert (keys["view.fit"], keys["view.maximise"]) == ("M", "")
    assert effective_keys({"view.fit": "M", "view.maximise": "F"})["view.maximise"] == "F"


def test_of_two_that_are_given_one_key_one_has_it() -> None:
    keys = effective_keys({"view.fit": "X", "view.link": "X"})
    assert sorted((keys["view.fit"], keys["view.link"])) == ["", "X"]


def test_esc_stays_what_it_is() -> None:
    assert effective_keys({"classify.cancel": "M"})["classify.cancel"] == "Esc"


def test_keys_of_lists_count_in_the_panes_only() -> None:
    fit, scroll = command_by_id("view.fit"), command_by_id("image.next")
    assert counts_in_panes_only(fit, "Up")
    assert not counts_in_panes_only(fit, "F")
    assert counts_in_panes_only(scroll, "Down")
    assert not counts_in_panes_only(scroll, "N")


def test_changed_keys_are_kept(home: Path) -> None:
    ShortcutFile().keep({"view.fit": "X"})
    assert ShortcutFile().changed == {"view.fit": "X"}
    assert file_of(home).stat().st_mode & 0o777 == 0o600


def test_keys_of_commands_that_are_gone_are_left_alone(home: Path) -> None:
    ShortcutFile().keep({"view.fit": "X", "gone.command": "Y"})
    kept = ShortcutFile()
    assert not kept.notice
    assert effective_keys(kept.changed)["view.fit"] == "X"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"version": 1}',
        b'{"version": 2, "keys": {}}',
        b'{"keys": {}}',
        b'{"version": 1, "keys": []}',
        b'{"version": 1, "keys": {"view.fit": 3}}',
        b'{"version": 1, "keys": {"view.fit": "no such key"}}',
        b"[" * 100_000,
    ],
)
def test_a_broken_file_is_set_aside_and_said(home: Path, content: bytes) -> None:
    file_of(home).parent.mkdir(parents=True)
    file_of(home).write_bytes(content)
    keys = ShortcutFile()
    assert keys.changed == {}
    assert "keys.json.bad" in str(keys.notice)
    assert (home / "config" / "keys.json.bad").read_bytes() == content
    keys.keep({"view.fit": "X"})
    assert json.loads(file_of(home).read_text())["keys"] == {"view.fit": "X"}
    assert not ShortcutFile().notice


def test_a_second_key_yields_to_a_command_that_is_given_it() -> None:
    ten_on, viewer = command_by_id("image.ten_on"), BareViewer()
    load_keys(viewer)
    assert keys_of(ten_on, viewer.state) == ("PgDown", "Ctrl+PgDown")
    fit = command_by_id("view.fit")
    said = key_conflict("Ctrl+PgDown", fit, viewer.state)
    assert said is not None
    assert said.for_user() == "Ctrl+PgDown is the key of “Ten slices on”."
    give_key(viewer, fit, "Ctrl+PgDown")
    assert keys_of(fit, viewer.state) == ("Ctrl+PgDown",)
    assert keys_of(ten_on, viewer.state) == ("PgDown",)


def test_second_keys_are_those_of_no_other_command() -> None:
    keys = [canonical(key) for command in commands() for key in (command.shortcut, command.also) if key]
    assert len(keys) == len(set(keys))
