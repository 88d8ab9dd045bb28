"""Published models beside other methods and reduced recipes."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.training.comparison.baselines import TRIVIAL, macro_auc
    from medviewer.training.comparison.by_source import comparison_on_card
    from medviewer.training.comparison.plot import plot_sources

__getattr__ = lazy_names(
    __name__,
    {
        "baselines": "TRIVIAL macro_auc",
        "by_source": "comparison_on_card",
        "plot": "plot_sources",
    },
)
