"""Annotations of studies: their store and their edits. No Qt."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.annotations.edits import (
        edit_annotations,
        history_of,
        preview_annotation,
        put_histories,
        redo,
        undo,
    )
    from medviewer.viewer.annotations.store import AnnotationStore, InFile

__getattr__ = lazy_names(
    __name__,
    {
        "edits": "edit_annotations history_of preview_annotation put_histories redo undo",
        "store": "AnnotationStore InFile",
    },
)
