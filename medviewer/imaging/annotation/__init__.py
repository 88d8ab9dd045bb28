"""What people draw and write on an image, as values: where it lies, how it is kept, how it is drawn."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.imaging.annotation.annotation import Annotations, digest
    from medviewer.imaging.annotation.document import NewerDocumentError, as_json, from_json
    from medviewer.imaging.annotation.merge import merged, replaying

__getattr__ = lazy_names(
    __name__,
    {
        "annotation": "Annotations digest",
        "document": "NewerDocumentError as_json from_json",
        "merge": "merged replaying",
    },
)
