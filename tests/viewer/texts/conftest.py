"""A pane with a computed CT slice."""

from tests.made_panes import latin, making, outcomes, pane

__all__ = ["latin", "making", "outcomes", "pane"]
