"""From a finished training to a model pack."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.training.release.publish import write_pack

__getattr__ = lazy_names(
    __name__,
    {
        "publish": "write_pack",
    },
)
