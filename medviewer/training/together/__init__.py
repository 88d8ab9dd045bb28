"""Several processes, on one machine or on several, that train as one."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.training.together.processes import ONE_PROCESS, Processes, run_together
    from medviewer.training.together.shared_layers import share_layers
    from medviewer.training.together.strategy import fabric_of
    from medviewer.training.together.team import ALONE, Team

__getattr__ = lazy_names(
    __name__,
    {
        "processes": "ONE_PROCESS Processes run_together",
        "shared_layers": "share_layers",
        "strategy": "fabric_of",
        "team": "ALONE Team",
    },
)
