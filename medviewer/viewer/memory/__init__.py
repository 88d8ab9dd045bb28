"""Memory of opened studies, their views and the last session. No Qt.

All of it is private to the user, and one switch removes it.
"""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.memory.memory import Memory

__getattr__ = lazy_names(__name__, {"memory": "Memory"})
