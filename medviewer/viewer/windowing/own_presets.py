"""Windows that the user keeps as presets, for a modality and a unit."""

import json
from dataclasses import dataclass
from typing import Any, Final

from medviewer.imaging.display import fitted_window, value_unit
from medviewer.imaging.frame import Frame, Voi, VoiFunction, VoiOrigin, Window, is_usable
from medviewer.plain_json import read_json

MOST_OF_A_KIND: Final = 12
"""For one modality and unit; keeping another takes the oldest away."""


@dataclass(frozen=True, slots=True)
class OwnPreset:
    """A window that the user keeps, for images of one kind."""

    modality: str
    unit: str
    center: float
    width: float

    def window(self, frame: Frame) -> Window:
        """Return it for a frame's values."""
        return fitted_window(Window(self.center, self.width, origin=VoiOrigin.PRESET), frame)

    def is_for(self, frame: Frame) -> bool:
        """Return whether a frame's numbers mean the same."""
        return not frame.is_color and (frame.attributes.modality, value_unit(frame)) == (
            self.modality,
            self.unit,
        )


OwnPresets = tuple[OwnPreset, ...]


def preset_of(frame: Frame | None, voi: Voi | None) -> OwnPreset | None:
    """Return a window as a preset to keep; None if it is not linear."""
    if frame is None or frame.is_color or not isinstance(voi, Window) or voi.function is VoiFunction.SIGMOID:
        return None
    return OwnPreset(frame.attributes.modality, value_unit(frame), voi.center, voi.width)


def with_preset_toggled(kept: OwnPresets, preset: OwnPreset) -> OwnPresets:
    """Return the presets with one more, or without it if it was kept."""
    if preset in kept:
        return tuple(one for one in kept if one != preset)
    alike = [one for one in kept if (one.modality, one.unit) == (preset.modality, preset.unit)]
    too_many = alike[: max(len(alike) + 1 - MOST_OF_A_KIND, 0)]
    return (*(one for one in kept if one not in too_many), preset)


def own_presets_text(kept: OwnPresets) -> str:
    """Return presets as the settings keep them."""
    rows = [[one.modality, one.unit, one.center, one.width] for one in kept]
    return json.dumps(rows, ensure_ascii=False) if rows else ""


def own_presets_from(text: str) -> OwnPresets:
    """Return the presets of `own_presets_text`, without unreadable ones."""
    try:
        rows: Any = read_json(text) if text else []
    except (ValueError, RecursionError):
        return ()
    found = [_preset(row) for row in rows] if isinstance(rows, list) else []
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _preset(row: Any) -> OwnPreset | None:
    try:
        modality, unit, center, width = row
        preset = OwnPreset(str(modality), str(unit), float(center), float(width))
    except (TypeError, ValueError, OverflowError):
        return None
    exact = Window(preset.center, preset.width, VoiFunction.LINEAR_EXACT)
    return preset if is_usable(exact) else None
