"""The menu of a right click on an image."""

from typing import Final

from medviewer.viewer.commands.command import IMAGE, ORIENTATION, PRESETS, STATES, VIEW

IMAGE_MENU: Final = (
    ("export.copy", "export.picture", "export.print"),
    (f"{IMAGE}/{PRESETS}", "image.reset_window", "image.automatic_window", "image.invert"),
    ("view.fit", "view.one_to_one", f"{VIEW}/{ORIENTATION}", "view.turn_back", "view.maximise"),
    ("view.link", "view.overlays", "view.shutter", f"{VIEW}/{STATES}"),
    ("classify.slice", "image.features"),
)
"""Ids of commands and paths of menus, in groups, as they stand in the menu of a right click."""
