"""Screen pixels per millimeter, as measured with a ruler."""

import json
from collections.abc import Mapping
from typing import Any, Final

from medviewer.plain_json import read_json

LEAST_PER_MM: Final = 0.5
"""Screen pixels; a wall of light has fewer, a telephone more than the most."""
MOST_PER_MM: Final = 40.0
MOST_SCREENS: Final = 16

ScreenSizes = Mapping[str, float]
"""Name of a screen with its resolution -> screen pixels per mm."""


def is_likely_screen(per_mm: float) -> bool:
    """Return whether a screen can have so many pixels per mm."""
    return LEAST_PER_MM <= per_mm <= MOST_PER_MM


def with_screen_size(sizes: ScreenSizes, screen: str, per_mm: float | None) -> ScreenSizes:
    """Return the sizes with another one of a screen; None forgets it."""
    others = {name: kept for name, kept in sizes.items() if name != screen}
    if per_mm is None:
        return others
    kept = dict(list(others.items())[-(MOST_SCREENS - 1) :])
    return {**kept, screen: per_mm}


def screen_sizes_text(sizes: ScreenSizes) -> str:
    """Return sizes as the settings keep them."""
    return json.dumps(dict(sizes), ensure_ascii=False) if sizes else ""


def screen_sizes_from(text: str) -> ScreenSizes:
    """Return the sizes of `screen_sizes_text`, without unreadable ones."""
    try:
        told: Any = read_json(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {
        str(name): float(size)
        for name, size in told.items()
        if isinstance(size, int | float) and not isinstance(size, bool) and is_likely_screen(size)
    }
