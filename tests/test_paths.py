"""Where things lie."""

import stat
import sys
from pathlib import Path

import pytest

from medviewer import paths


@pytest.mark.parametrize("kind", ["config", "data", "cache", "log"])
def test_the_folders_of_the_user_are_private(home: Path, kind: str) -> None:
    folder = paths.user_folder(kind)
    assert folder == home / kind
    assert folder.is_dir()
    if sys.platform != "win32":
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


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


def test_the_sample_data_is_where_the_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDVIEWER_SHARED", str(tmp_path))
    assert paths.shared_data() == tmp_path
