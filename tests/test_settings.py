"""Settings are kept, and a damaged file never keeps the program from starting."""

import json
import stat
from pathlib import Path

import pytest

from medviewer import settings as settings_module
from medviewer.errors import WriteError
from medviewer.settings import SETTINGS, Settings


@pytest.fixture
def file(home: Path) -> Path:
    return home / "config" / "settings.json"


def test_a_change_is_there_at_the_next_start(file: Path) -> None:
    Settings().change("theme", "light")
    again = Settings()
    assert again.text("theme") == "light"
    assert not again.notice


def test_the_file_is_private(file: Path) -> None:
    Settings().change("remember_files", False)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Settings().flag("remember_files") is False


def test_every_default_is_one_of_its_choices() -> None:
    assert [key for key, setting in SETTINGS.items() if not setting.allows(setting.default)] == []


@pytest.mark.parametrize(("key", "value"), [("theme", "pink"), ("remember_files", "yes"), ("device", 1)])
def test_a_value_that_is_no_choice_is_refused(file: Path, key: str, value: str) -> None:
    with pytest.raises(ValueError, match=key):
        Settings().change(key, value)
    assert not file.exists()


def test_a_file_cut_off_anywhere_gives_the_defaults_and_is_kept(file: Path) -> None:
    Settings().change("theme", "light")
    Settings().change("window_geometry", "窗口")
    whole = file.read_bytes()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        settings = Settings()
        assert settings.text("theme") == "dark", f"cut off after {length} bytes"
        name = "settings.json.bad" if length == 0 else f"settings.json.bad-{length + 1}"
        assert f"{name}." in str(settings.notice)
        assert file.with_name(name).read_bytes() == whole[:length]
        assert not Settings().notice, "the notice comes once"


@pytest.mark.parametrize(
    "content",
    [
        {"version": settings_module.VERSION + 1, "settings": {"theme": "light"}},
        {"version": settings_module.VERSION, "settings": {"theme": "pink"}},
        {"version": settings_module.VERSION, "settings": {"from_the_future": 1}},
        {"version": settings_module.VERSION, "settings": []},
        [],
        None,
    ],
)
def test_a_file_from_elsewhere_gives_the_defaults_and_is_kept(file: Path, content: object) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps(content))
    settings = Settings()
    assert settings.text("theme") == "dark"
    assert settings.notice
    assert json.loads(file.with_name("settings.json.bad").read_text()) == content


def test_a_file_that_cannot_be_set_aside_does_not_stop_the_start(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.parent.mkdir()
    file.write_text("{")

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "replace", refuse)
    assert Settings().notice


def test_a_change_that_cannot_be_written_says_so_and_holds(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(WriteError, match="No space left"):
        settings.change("theme", "light")
    assert settings.text("theme") == "light"


def test_a_file_that_cannot_be_opened_gives_the_defaults_and_is_told(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Settings().change("theme", "light")

    def refuse(*_: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr("medviewer.settings.read_kept", refuse)
        settings = Settings()
    assert settings.text("theme") == "dark"
    assert str(settings.notice) == "The settings could not be read and are the default ones."
    assert file.is_file()
