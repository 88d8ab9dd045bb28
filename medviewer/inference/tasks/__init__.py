"""Model tasks: what the outputs of a network mean."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.inference.tasks.classification import Classification

__getattr__ = lazy_names(
    __name__,
    {
        "classification": "Classification",
    },
)
