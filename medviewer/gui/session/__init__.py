"""Relays the state of the viewer as signals and runs its tasks."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.session.notices import Notices
    from medviewer.gui.session.remembering import Remembering
    from medviewer.gui.session.session import ViewerSession

__getattr__ = lazy_names(
    __name__,
    {
        "notices": "Notices",
        "remembering": "Remembering",
        "session": "ViewerSession",
    },
)
