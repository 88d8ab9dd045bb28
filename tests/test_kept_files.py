"""Whatever stands in the place of a kept file, the program starts, names it, and can keep it anew."""

import errno
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from medviewer import paths
from medviewer.errors import WriteError
from medviewer.inference.protection.errors import TrustListError
from medviewer.inference.protection.trust import TrustList
from medviewer.settings import Settings
from medviewer.storage import read_kept
from medviewer.translation import Message
from medviewer.viewer.layouts.rule_file import RuleFile
from medviewer.viewer.memory.recent_paths import RecentPaths
from medviewer.viewer.memory.session_files import left_sessions
from medviewer.viewer.shortcut_file import ShortcutFile

NAMED: dict[str, Callable[[], Message]] = {
    "settings.json": lambda: Settings().notice,
    "keys.json": lambda: ShortcutFile().notice,
    "hanging.toml": lambda: RuleFile().notice,
}
TERABYTE = 1 << 40

DAMAGED = {
    "empty": b"\0",
    "a list": b"[]",
    "deep": b"[" * 10_000,
    "deep tables": b"a" + b".a" * 20_000 + b" = 1",
    "deep arrays": b"rule = " + b"[" * 10_000 + b"]" * 10_000,
    "a number of many digits": b'{"version": ' + b"9" * 10_000 + b"}",
    "no number": b'{"version": NaN, "settings": {}, "keys": {}}',
    "two bytes for each letter": '{"version": 1}'.encode("utf-16"),
    "no text": bytes(range(256)),
    "another version": b'{"version": 99, "settings": {}, "keys": {}}',
    "a number for a text": b'{"version": 1, "settings": {"model": 1e999}, "keys": {"image.play": 7}}',
    "rules of numbers": b"[[rule]]\nname = 1e999\nlayout = inf\npane = 9" + b"9" * 300,
    "a window of no numbers": b'[[rule]]\nname="a"\nlayout="1"\n[[rule.pane]]\nwindow = [nan, inf]',
}


def place(name: str) -> Path:
    folder = paths.user_folder("config")
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("name", NAMED)
def test_a_damaged_file_is_set_aside_and_named(name: str, content: bytes) -> None:
    place(name).write_bytes(content)
    assert f"{name}.bad" in NAMED[name]().for_user()
    assert place(f"{name}.bad").read_bytes() == content
    assert not NAMED[name]()


@pytest.mark.parametrize("name", NAMED)
def test_a_file_without_measure_is_set_aside_and_named(name: str) -> None:
    with place(name).open("wb") as file:
        file.truncate(TERABYTE)
    assert f"{name}.bad" in NAMED[name]().for_user()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes with a name")
@pytest.mark.parametrize("name", NAMED)
def test_a_pipe_in_its_place_keeps_nothing_waiting(name: str) -> None:
    os.mkfifo(place(name))
    said = NAMED[name]().for_user()
    assert "could not be read" in said
    assert ".bad" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes with a name")
def test_nothing_is_read_of_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="Invalid argument"):
        read_kept(tmp_path / "pipe")


def test_lists_without_measure_count_as_empty_or_refused() -> None:
    for kind, name in (
        ("data", "recent.json"),
        ("data", "sessions/one/session.json"),
        ("config", "keys.toml"),
    ):
        path = paths.user_folder(kind) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(TERABYTE)
    assert RecentPaths().paths() == ()
    assert left_sessions() == []


def test_a_list_of_keys_without_measure_is_refused_by_name() -> None:
    with place("trusted-keys.json").open("wb") as file:
        file.truncate(TERABYTE)
    with pytest.raises(TrustListError, match="damaged"):
        TrustList.read()


def test_a_text_that_is_no_unicode_is_kept() -> None:
    odd = "ward-\udcff"  # of a folder whose name is not UTF-8
    kept = {"version": 1, "settings": {"model": odd, "theme": "light"}}
    place("settings.json").write_text(json.dumps(kept))
    settings = Settings()
    settings.change("theme", "dark")
    settings.change("tool", "\ud800")
    again = Settings()
    assert not again.notice
    assert (again.text("model"), again.text("tool"), again.text("theme")) == (odd, "\ud800", "dark")


def test_a_key_that_is_no_unicode_is_kept() -> None:
    place("keys.json").write_text(json.dumps({"version": 1, "keys": {"image.play": "\ud800"}}))
    keys = ShortcutFile()
    keys.keep({**keys.changed, "image.invert": "X"})
    again = ShortcutFile()
    assert not again.notice
    assert again.changed == {"image.play": "\ud800", "image.invert": "X"}


def test_keys_of_two_windows_stay() -> None:
    one, two = ShortcutFile(), ShortcutFile()
    one.keep({"image.play": "X", "image.invert": "Y"})
    two.keep({"view.maximise": "Z"})
    assert (
        two.changed
        == ShortcutFile().changed
        == {"image.play": "X", "image.invert": "Y", "view.maximise": "Z"}
    )
    one.keep({"image.play": "X"})
    assert ShortcutFile().changed == {"image.play": "X", "view.maximise": "Z"}


@pytest.mark.parametrize(
    "keep",
    [lambda: ShortcutFile().keep({"image.play": "X"}), lambda: Settings().change("theme", "light")],
    ids=["keys", "settings"],
)
def test_what_cannot_be_read_now_is_not_written_over(
    keep: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    ShortcutFile().keep({"image.invert": "Y"})
    Settings().change("tool", "pan")
    before = [place(name).read_bytes() for name in ("keys.json", "settings.json")]

    def refuse(*_: object) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    for module in ("settings", "storage", "viewer.shortcut_file"):
        monkeypatch.setattr(f"medviewer.{module}.read_kept", refuse)
    with pytest.raises(WriteError, match="Permission denied"):
        keep()
    assert [place(name).read_bytes() for name in ("keys.json", "settings.json")] == before


@pytest.mark.parametrize("can_be_set_aside", [True, False])
@pytest.mark.parametrize("name", ["keys.json", "settings.json"])
def test_what_was_damaged_meanwhile_is_kept(
    name: str, can_be_set_aside: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, settings = ShortcutFile(), Settings()
    place(name).write_bytes(b"damaged")

    def keep() -> None:
        keys.keep({"image.play": "X"})
        settings.change("theme", "light")

    if can_be_set_aside:
        keep()
        assert place(f"{name}.bad").read_bytes() == b"damaged"
        assert not NAMED[name]()
        return

    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(WriteError, match="damaged"):
        keep()
    assert place(name).read_bytes() == b"damaged"
