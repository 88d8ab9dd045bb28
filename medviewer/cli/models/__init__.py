"""Commands on models: asking and keeping them, their log, verdicts."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.cli.models.classify import add_model, load, log_run

__getattr__ = lazy_names(
    __name__,
    {
        "classify": "add_model load log_run",
    },
)
