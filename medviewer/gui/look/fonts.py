"""Loads the bundled fonts: Inter, and Noto Sans SC for Chinese."""

import logging
from functools import cache

from PySide6.QtGui import QFontDatabase

from medviewer import paths

_log = logging.getLogger(__name__)


@cache
def load_fonts() -> tuple[str, ...]:
    """Make the bundled fonts known to Qt, once; return their families.

    One that cannot be read is logged, and the system's own fonts take its place.
    """
    families: dict[str, None] = {}
    for file in sorted(paths.resource("fonts").glob("*.otf")):
        number = QFontDatabase.addApplicationFont(str(file))
        if number < 0:
            _log.warning("the font %s cannot be read", file.name)
        else:
            families.update(dict.fromkeys(QFontDatabase.applicationFontFamilies(number)))
    if not families:
        _log.warning("no bundled fonts were found")
    return tuple(families)
