"""Memory of opened studies, their views and the last session. No Qt.

All of it is private to the user, and one switch removes it.
"""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.memory.kept_annotations import (
        BUSY_SECONDS,
        ENDING_SECONDS,
        LAST_SECONDS,
        annotations_folder,
        count_annotated_studies,
        forget_annotations,
    )
    from medviewer.viewer.memory.kept_verdicts import count_verdicts
    from medviewer.viewer.memory.kept_views import ModalityView
    from medviewer.viewer.memory.memory import Memory
    from medviewer.viewer.memory.recent_paths import RecentPaths
    from medviewer.viewer.memory.recent_studies import RecentStudy
    from medviewer.viewer.memory.session_record import FLAGS, PaneRecord, Restoring, SessionRecord
    from medviewer.viewer.memory.stack_view import COMMON, StackView, name_of, window_to_keep
    from medviewer.viewer.memory.study_record import StudyRecord

__getattr__ = lazy_names(
    __name__,
    {
        "kept_annotations": (
            "BUSY_SECONDS ENDING_SECONDS LAST_SECONDS count_annotated_studies annotations_folder "
            "forget_annotations"
        ),
        "kept_verdicts": "count_verdicts",
        "kept_views": "ModalityView",
        "memory": "Memory",
        "recent_paths": "RecentPaths",
        "recent_studies": "RecentStudy",
        "session_record": "FLAGS PaneRecord Restoring SessionRecord",
        "stack_view": "COMMON StackView name_of window_to_keep",
        "study_record": "StudyRecord",
    },
)
