"""The look of the window: colors, icons, sizes of text, style sheet."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.look.icons import draw_icons, icon, paint_icon
    from medviewer.gui.look.theme import apply_look, apply_theme
    from medviewer.gui.look.type_scale import Type, Weight, font

__getattr__ = lazy_names(
    __name__,
    {
        "icons": "draw_icons icon paint_icon",
        "theme": "apply_look apply_theme",
        "type_scale": "Type Weight font",
    },
)
