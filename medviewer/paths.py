"""Where things lie: bundled resources, and the user's own folders."""

import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """Return the path of a bundled resource, from the wheel or from a source checkout."""
    inside = _PACKAGE / "resources"
    root = inside if inside.is_dir() else _PACKAGE.parent / "resources"
    return root.joinpath(*parts)


def shared_data() -> Path:
    """Return the folder with real sample data that tests and benchmarks may use; it may be absent."""
    return Path(os.environ.get("MEDVIEWER_SHARED", _PACKAGE.parent.parent / "shared"))


def user_folder(kind: str) -> Path:
    """Return the user's folder of one kind ("config", "data", "cache" or "log"), made private (0700).

    `MEDVIEWER_HOME` puts all of them below one folder, for tests and for portable use.
    """
    portable = os.environ.get("MEDVIEWER_HOME")
    folder = Path(portable) / kind if portable else _platform_folder(kind)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _platform_folder(kind: str) -> Path:
    return {
        "config": platformdirs.user_config_path,
        "data": platformdirs.user_data_path,
        "cache": platformdirs.user_cache_path,
        "log": platformdirs.user_log_path,
    }[kind](appname="medviewer", appauthor=False)
