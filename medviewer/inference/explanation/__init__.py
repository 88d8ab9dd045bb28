"""Heat maps of classifiers, shown only where their checks hold."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.inference.explanation.activation import heat_map_of
    from medviewer.inference.explanation.harmless_changes import stability_of
    from medviewer.inference.explanation.head import Head, head_of
    from medviewer.inference.explanation.heat_map import HeatMap

__getattr__ = lazy_names(
    __name__,
    {
        "activation": "heat_map_of",
        "head": "Head head_of",
        "heat_map": "HeatMap",
        "harmless_changes": "stability_of",
    },
)
