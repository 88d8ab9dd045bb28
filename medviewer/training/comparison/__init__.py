"""Published models beside other methods and reduced recipes."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.training.comparison.baselines import TRIVIAL, macro_auc

__getattr__ = lazy_names(
    __name__,
    {
        "baselines": "TRIVIAL macro_auc",
    },
)
