"""Widgets, theme and language shared by the window."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.widgets.fields import ChoiceBox, WheelFilter, add_clear_button, is_field, take_back
    from medviewer.gui.widgets.keys import native_key
    from medviewer.gui.widgets.labels import (
        CutLabel,
        SteadyLabel,
        TagLabel,
        plain_label,
        plain_tooltip,
        section_title,
        set_role,
        tabular,
        teaching_tooltip,
    )
    from medviewer.gui.widgets.language import apply_language
    from medviewer.gui.widgets.number_box import NumberBox, number_text
    from medviewer.gui.widgets.screens import measured_per_mm, screen_name, stated_per_mm
    from medviewer.gui.widgets.text_lines import TextLine, is_long, line_extent, told_apart, wrapped_lines
    from medviewer.gui.widgets.window_geometry import FIRST_SIZE, LEAST_SIZE, NARROW, SIDE_WIDTHS, clamped

__getattr__ = lazy_names(
    __name__,
    {
        "fields": "ChoiceBox WheelFilter add_clear_button is_field take_back",
        "keys": "native_key",
        "labels": (
            "CutLabel SteadyLabel TagLabel plain_label plain_tooltip section_title set_role tabular "
            "teaching_tooltip"
        ),
        "language": "apply_language",
        "number_box": "NumberBox number_text",
        "screens": "measured_per_mm screen_name stated_per_mm",
        "text_lines": "TextLine is_long line_extent told_apart wrapped_lines",
        "window_geometry": "FIRST_SIZE LEAST_SIZE NARROW SIDE_WIDTHS clamped",
    },
)
