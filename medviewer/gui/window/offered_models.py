"""The installed models that the window offers."""

from typing import TYPE_CHECKING

from medviewer.gui.session import DEFAULT_MODEL
from medviewer.inference.pack import installed_models
from medviewer.viewer.commands import choose_model, chosen_model
from medviewer.viewer.model_fit import forget_contracts

if TYPE_CHECKING:
    from medviewer.viewer.viewer import Viewer


def offer_models_anew(viewer: "Viewer") -> None:
    """Offer the models anew after one was added, removed or unlocked."""
    viewer.change(models=tuple(installed_models()))
    forget_contracts()
    if chosen_model(viewer.state) is None:
        choose_model(DEFAULT_MODEL, viewer)
