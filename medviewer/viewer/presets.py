"""The preset windows of a modality."""

from typing import Final

from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.modality import unit
from medviewer.imaging.frame.voi import VOI_PRESETS, Window, fitted

PRESET_KEYS: Final = 9


def presets_of(frame: Frame | None) -> tuple[Window, ...]:
    """Return the windows of keys 1 to 9; none for color or CT without HU."""
    if frame is None or frame.is_color:
        return ()
    if frame.attributes.modality == "CT" and unit(frame) != "HU":
        return ()  # its presets are in HU
    presets = VOI_PRESETS.get(frame.attributes.modality, ())[:PRESET_KEYS]
    return tuple(fitted(preset, frame) for preset in presets)
