"""Memory of opened studies, their views and the last session. No Qt.

All of it is private to the user, and one switch removes it.
"""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.memory.database import Database
    from medviewer.viewer.memory.search_text import folded, index_text, search_words
    from medviewer.viewer.memory.study_index import StudyIndex
    from medviewer.viewer.memory.study_record import StudyRecord, record_of

__getattr__ = lazy_names(
    __name__,
    {
        "database": "Database",
        "search_text": "folded index_text search_words",
        "study_index": "StudyIndex",
        "study_record": "StudyRecord record_of",
    },
)
