"""Colors of the window by role, for dark and light themes.

Amber warns or says "flagged", violet is a model's, red is danger to data, blue is chosen or focused. No color
says a thing alone: a word or a sign says it too. Colors on images stand in `imaging.image_colors`.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Colors:
    """One color for each role; all as "#rrggbb".

    Every text has a contrast of at least 4.5 : 1 on every ground and bed, `on_fill` on blue_fill and ai_fill.
    """

    name: str
    window: str
    panel: str
    raised: str  # buttons and cards on a panel
    hover: str  # under the pointer
    line: str
    strong_line: str  # around fields
    text_1: str
    text_2: str  # second lines
    text_3: str  # small print, keys, labels of axes
    blue: str  # chosen, focus, links
    blue_fill: str
    blue_bed: str  # the ground of what is chosen or switched on
    amber: str  # wants attention, flagged
    amber_bed: str
    amber_line: str
    ai: str  # everything that a model says or draws
    ai_bed: str
    ai_fill: str
    good: str  # fits, saved
    danger: str  # to data only
    field: str
    groove: str  # of sliders and bars
    on_fill: str = "#ffffff"


DARK: Final = Colors(
    name="dark",
    window="#101216",
    panel="#171a1f",
    raised="#22262d",
    hover="#2b3038",
    line="#2a2f37",
    strong_line="#3d444f",
    text_1="#e9ecf1",
    text_2="#b1b9c5",
    text_3="#8f98a6",
    blue="#72aeff",
    blue_fill="#2a62c6",
    blue_bed="#1b2f4d",
    amber="#f2b44e",
    amber_bed="#3a2b10",
    amber_line="#8a6420",
    ai="#b9a6ff",
    ai_bed="#221d3a",
    ai_fill="#6046cc",
    good="#7fd39a",
    danger="#ff8a80",
    field="#101216",
    groove="#333943",
)

LIGHT: Final = Colors(
    name="light",
    window="#e9ecf0",
    panel="#fbfcfd",
    raised="#eef1f5",
    hover="#e1e6ec",
    line="#d5dae1",
    strong_line="#aeb7c2",
    text_1="#15191e",
    text_2="#46505c",
    text_3="#5d6773",
    blue="#1b5cc4",
    blue_fill="#1f63d0",
    blue_bed="#dce8fc",
    amber="#855400",
    amber_bed="#fff1d6",
    amber_line="#d9a441",
    ai="#5638be",
    ai_bed="#f1edfe",
    ai_fill="#5b3fc4",
    good="#156f37",
    danger="#b3261e",
    field="#ffffff",
    groove="#cbd2db",
)

THEMES: Final = {colors.name: colors for colors in (DARK, LIGHT)}

_current = DARK


def colors() -> Colors:
    """Return the colors of the theme in use."""
    return _current


def choose_colors(name: str) -> Colors:
    """Use the colors of a theme; an unknown name means the dark one."""
    global _current
    _current = THEMES.get(name, DARK)
    return _current


def relative_luminance(color: str) -> float:
    """Return the relative luminance of "#rrggbb", 0 to 1 (WCAG 2.2)."""
    parts = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colors, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((relative_luminance(first), relative_luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)
