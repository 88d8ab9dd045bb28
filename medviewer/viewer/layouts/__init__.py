"""Layouts of the panes, and the hanging of a study's images. No Qt."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.layouts.hanging import mammography_stacks
    from medviewer.viewer.layouts.layouts import (
        FILM,
        FILM_PANES,
        FOUR,
        LAYOUTS,
        ONE,
        film_fits,
        first_layout,
        pane_boxes,
        pane_cells,
        panes_of,
        smallest_layout_with,
        visible_panes,
    )
    from medviewer.viewer.layouts.rule_file import RuleFile
    from medviewer.viewer.layouts.rules import BUILT_IN, HangingRule, PaneRule, first_that_hangs

__getattr__ = lazy_names(
    __name__,
    {
        "hanging": "mammography_stacks",
        "layouts": (
            "FILM FILM_PANES FOUR LAYOUTS ONE film_fits first_layout pane_boxes pane_cells panes_of "
            "smallest_layout_with visible_panes"
        ),
        "rule_file": "RuleFile",
        "rules": "BUILT_IN HangingRule PaneRule first_that_hangs",
    },
)
