"""A pane with a computed CT slice."""

from tests.made_panes import latin, making, pane, results

__all__ = ["latin", "making", "pane", "results"]
