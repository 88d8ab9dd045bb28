"""Windows of images: presets, those kept for a stack, drags. No Qt."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.windowing.own_presets import (
        OwnPreset,
        OwnPresets,
        own_presets_from,
        own_presets_text,
        preset_of,
        with_preset_toggled,
    )
    from medviewer.viewer.windowing.presets import (
        AUTO,
        PRESET_KEYS,
        Preset,
        keys_in_order,
        offered_presets,
    )
    from medviewer.viewer.windowing.stack_windows import (
        AutomaticWindow,
        KeptWindows,
        is_kept,
        kept_voi,
        windows_of_stack,
        with_first_window,
        with_new_window,
        with_remembered_windows,
        with_stated_window,
        without_windows_of,
    )
    from medviewer.viewer.windowing.window_drag import dragged_window, starting_window

__getattr__ = lazy_names(
    __name__,
    {
        "own_presets": "OwnPreset OwnPresets own_presets_from own_presets_text preset_of with_preset_toggled",
        "presets": "AUTO PRESET_KEYS Preset keys_in_order offered_presets",
        "stack_windows": (
            "AutomaticWindow KeptWindows is_kept kept_voi windows_of_stack "
            "with_first_window with_new_window with_remembered_windows with_stated_window without_windows_of"
        ),
        "window_drag": "dragged_window starting_window",
    },
)
