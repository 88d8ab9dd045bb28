"""Opening of studies: their merging, messages, and the first stack. No Qt."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.opening.merge import (
        STOPPED,
        marked_as_stopped,
        merge_libraries,
        paths_of,
        without_paths,
    )
    from medviewer.viewer.opening.opening import Opening
    from medviewer.viewer.opening.result import first_to_show, result_message

__getattr__ = lazy_names(
    __name__,
    {
        "merge": "STOPPED marked_as_stopped merge_libraries paths_of without_paths",
        "opening": "Opening",
        "result": "first_to_show result_message",
    },
)
