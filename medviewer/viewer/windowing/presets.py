"""The preset windows of a modality."""

from typing import Final

from medviewer.imaging.display import fitted_window, value_unit
from medviewer.imaging.frame import VOI_PRESETS, Frame, Window

PRESET_KEYS: Final = 9


def presets_of(frame: Frame | None) -> tuple[Window, ...]:
    """Return the windows of keys 1 to 9 in a frame's values.

    Those of `offered_presets`.
    """
    return (
        tuple(fitted_window(preset, frame) for preset in offered_presets(frame)) if frame is not None else ()
    )


def offered_presets(frame: Frame | None) -> tuple[Window, ...]:
    """Return the windows of keys 1 to 9; none for color or CT without HU."""
    if frame is None or frame.is_color:
        return ()
    if frame.attributes.modality == "CT" and value_unit(frame) != "HU":
        return ()  # its presets are in HU
    return VOI_PRESETS.get(frame.attributes.modality, ())[:PRESET_KEYS]
