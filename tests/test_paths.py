"""Where things lie."""

from pathlib import Path

import pytest

from medviewer import paths


@pytest.mark.parametrize("kind", ["config", "data", "cache", "log"])
def test_to_name_a_folder_makes_none(home: Path, kind: str) -> None:
    assert paths.user_folder(kind) == home / kind
    assert not (home / kind).exists()


def test_without_a_portable_home_the_folders_are_those_of_the_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEDVIEWER_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert "medviewer" in paths.user_folder("config").parts
    assert paths.user_folder("config").is_relative_to(tmp_path)


def test_bundled_resources_are_found() -> None:
    assert paths.resource("i18n").is_dir()
    assert paths.resource("models").is_dir()
