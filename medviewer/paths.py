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


def user_folder(kind: str) -> Path:
    """Return the user's folder of one kind ("config", "data", "cache" or "log"); it may not exist.

    `MEDVIEWER_HOME` puts all of them below one folder, for tests and for portable use.
    """
    if portable := os.environ.get("MEDVIEWER_HOME"):
        return Path(portable) / kind
    return {
        "config": platformdirs.user_config_path,
        "data": platformdirs.user_data_path,
        "cache": platformdirs.user_cache_path,
        "log": platformdirs.user_log_path,
    }[kind](appname="medviewer", appauthor=False)
