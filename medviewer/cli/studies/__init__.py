"""The command on stored studies, and the choice of series and slices."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.cli.studies.opening import (
        SUBTRACTS,
        add_choice,
        add_subtraction,
        choose_index,
        choose_indices,
        choose_stack,
        choose_stacks,
        describe,
        opened,
        positive,
        scanned,
    )
    from medviewer.cli.studies.windows import StackWindows

__getattr__ = lazy_names(
    __name__,
    {
        "opening": "SUBTRACTS add_choice add_subtraction choose_index choose_indices choose_stack "
        "choose_stacks describe opened positive scanned",
        "windows": "StackWindows",
    },
)
