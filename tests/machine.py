"""Makes tests see the same machine everywhere.

Its fonts, its screen, its language, its time, one processor.

Widths of words decide what fits on a pane, and they are those of the fonts that happen to be installed. In
the tests DejaVu Sans comes first, as matplotlib brings it; the fonts of the system follow, for Chinese.

Sources are compiled once and kept beside them, also where the environment forbids it: pytest takes six
seconds to rewrite the assertions of the fast set, and every process of a test would compile the program.

Nothing is flushed to the disk: that takes milliseconds each time, and no test takes the power away.

Torch computes in one thread: the networks of the tests are so small that threads take three times as long,
and sums then depend on how many there are.
"""

import atexit
import importlib.util
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
FONTS: Final = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{own}</dir>
  <dir>/usr/share/fonts</dir>
  <dir>/usr/local/share/fonts</dir>
  <cachedir>{cache}</cachedir>
  <match target="pattern">
    <edit name="family" mode="append" binding="strong"><string>DejaVu Sans</string></edit>
  </match>
  <alias binding="strong"><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias binding="strong"><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
"""
SETTINGS: Final = {"QT_FONT_DPI": "96", "LANG": "C.UTF-8", "TZ": "UTC", "OMP_NUM_THREADS": "1"}
FOREIGN: Final = ("LC_", "LANGUAGE", "QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS", "QT_STYLE_OVERRIDE")
FOREIGN_PLATFORM: Final = (
    "QT_QPA_PLATFORMTHEME",
    "XDG_CURRENT_DESKTOP",
    "NO_COLOR",
    "FORCE_COLOR",
    "COLUMNS",
)
UMASK: Final = 0o022
MATPLOTLIB: Final = importlib.util.find_spec("matplotlib")  # looked for, not loaded
DEJAVU: Final = (
    sorted((Path(MATPLOTLIB.origin).parent / "mpl-data" / "fonts" / "ttf").glob("DejaVuSans*.ttf"))
    if MATPLOTLIB is not None and MATPLOTLIB.origin is not None
    else []
)
"""Fonts that every machine has which has the packages of the tests."""


def for_chinese() -> pytest.MarkDecorator:
    """Return a mark that skips a test which writes Chinese where no font can.

    No package brings one.
    """
    from medviewer.errors import MissingFontError
    from medviewer.export import fonts

    try:
        fonts.runs("体", 20)
        missing = False
    except MissingFontError:
        missing = True
    return pytest.mark.skipif(missing, reason="no font for Chinese is installed")


def settle() -> None:
    """Set up this process and those that it starts.

    Called before Qt is loaded.
    """
    for name in [name for name in os.environ if name.startswith((*FOREIGN, *FOREIGN_PLATFORM))]:
        del os.environ[name]
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        sys.dont_write_bytecode = False
    os.environ.update(SETTINGS)
    os.fsync = _leave_to_the_system
    os.umask(UMASK)
    if hasattr(time, "tzset"):
        time.tzset()
    folder = Path(tempfile.mkdtemp(prefix="medviewer-fonts-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for font in DEJAVU:
        (folder / font.name).symlink_to(font)
    (folder / "fonts.conf").write_text(FONTS.format(own=folder, cache=folder / "cache"), "utf-8")
    os.environ["FONTCONFIG_FILE"] = str(folder / "fonts.conf")


def _leave_to_the_system(descriptor: int) -> None:
    """Refuse a closed descriptor as `os.fsync` does, and flush nothing."""
    os.fstat(descriptor)
