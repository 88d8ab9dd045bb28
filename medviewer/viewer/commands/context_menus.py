"""Context menus of an image, its title strip and the strip of slices."""

from typing import Final

from medviewer.viewer.commands.command import (
    COMPARE,
    IMAGE,
    INK,
    LINK,
    MEASURE,
    ORIENTATION,
    PRESETS,
    SHOW_HERE,
    STATES,
    VIEW,
)

SERIES_HERE: Final = "view.series_here"
"""Stands for the menu of the series that can be shown in the pane."""

DRAWING_MENU: Final = (
    ("annotation.copy_value", "annotation.rename", f"{MEASURE}/{INK}", "annotation.lock"),
    ("annotation.copy", "annotation.remove"),
)
"""What comes first in that menu where a drawing is selected."""

IMAGE_MENU: Final = (
    ("export.copy", "image.key_image", "export.picture", "export.print"),
    (f"{IMAGE}/{PRESETS}", "image.reset_window", "image.automatic_window", "image.invert"),
    ("view.fit", "view.one_to_one", "view.true_size", "view.magnifier"),
    (f"{VIEW}/{ORIENTATION}", "view.turn_back", "view.maximise"),
    (f"{VIEW}/{SHOW_HERE}", f"{VIEW}/{LINK}"),
    ("view.overlays", "view.shutter", f"{VIEW}/{STATES}"),
    (f"{IMAGE}/{COMPARE}",),
    ("classify.slice", "outline.correct", "image.features", "image.tags"),
)
"""Ids of commands and paths of menus, in groups, as they stand in the menu of a right click.

With their lines they are lower than the smallest window.
"""

BESIDE_DRAWING: Final = tuple(IMAGE_MENU[number] for number in (0, 1, 3, 7))
"""What of them follows on DRAWING_MENU, which leaves no room for all."""

TITLE_MENU: Final = (
    (f"{VIEW}/{SHOW_HERE}", SERIES_HERE),
    ("view.maximise", "view.link"),
    ("image.tags", "export.copy", "export.picture"),
    ("file.close_study",),
)
"""As IMAGE_MENU, of a title strip."""

STRIP_MENU: Final = (
    ("classify.next_flagged", "classify.previous_flagged"),
    ("classify.series", "classify.copy_table"),
)
"""As IMAGE_MENU, of the strip of slices."""
