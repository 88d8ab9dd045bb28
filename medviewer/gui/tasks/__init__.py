"""Tasks: long operations on threads."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.tasks.tasks import Pause, Task, Workers

__getattr__ = lazy_names(
    __name__,
    {
        "tasks": "Pause Task Workers",
    },
)
