"""Remembered views and sessions, taken from the state and put back. No Qt."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.remembered.looks import show_as_remembered, zooms_at
    from medviewer.viewer.remembered.session_capture import session_of
    from medviewer.viewer.remembered.views import (
        as_remembered,
        found_slices,
        of_modality,
        views_left,
        views_now,
        with_panes_of,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "looks": "show_as_remembered zooms_at",
        "session_capture": "session_of",
        "views": "as_remembered found_slices of_modality views_left views_now with_panes_of",
    },
)
