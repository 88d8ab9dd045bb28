"""The choice of the model that answers, and the settings of each model."""

import json
import math
from functools import partial
from typing import TYPE_CHECKING, Final

from medviewer.inference import pack
from medviewer.plain_json import read_json
from medviewer.translation import Message, message
from medviewer.viewer import models
from medviewer.viewer.commands.command import CLASSIFY, MODEL, Command, CommandList
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.inference.pack import InstalledModel
    from medviewer.settings import Settings

ONE_IN: Final = "one_in"
"""The setting that keeps how common findings are, by model, as JSON."""


def chosen_model(state: ViewerState) -> "InstalledModel | None":
    """Return the chosen model; None where it is not an installed one."""
    return next((model for model in state.models if model.name == state.model), None)


def choose_model(name: str, viewer: Viewer) -> None:
    """Let another model answer for the series on the screen.

    It is also the first one the next time.

    The results of the one before leave the screen. For other series the model follows their header.
    """
    hold_model(viewer, name)
    if name != viewer.state.model:
        viewer.change_setting("model", name)
        viewer.session.use_model(name, viewer.settings.text("device"))


def hold_model(viewer: Viewer, name: str) -> None:
    """Let a model that was chosen by hand hold for the series on the screen."""
    pane = viewer.state.focused
    if pane is not None:
        viewer.change(chosen_models={**viewer.state.chosen_models, pane.stack.key: name})


def follow_header(viewer: Viewer) -> None:
    """Take the model that the header of the slice fits, before it is asked.

    Else one that asks the reader which part of the body is seen.

    One that was chosen by hand for the series stays.
    """
    state, pane = viewer.state, viewer.state.focused
    if pane is None or pane.frame is None or pane.stack.key in state.chosen_models or state.model_fit.fits:
        return
    if state.series_run is None and not state.is_classifying:
        name = models.header_model(pane.frame, state.models) or models.asking_model(
            pane.frame, state.model, state.models
        )
        if name and name != state.model:
            viewer.session.follow_model(name)


def no_model(state: ViewerState) -> Message | None:
    """Return that no installed model is made for the image on the screen.

    None where one is, where that is not known yet, and where the reader chose one by hand for the series.
    """
    pane, fit = state.focused, state.model_fit
    if pane is None or not fit.is_unmade or pane.stack.key in state.chosen_models:
        return None
    return fit.message


def offer_models_anew(viewer: Viewer) -> None:
    """Offer the installed models anew after one was added or removed."""
    viewer.change(models=tuple(pack.installed_models()))
    models.forget_contracts()
    if chosen_model(viewer.state) is None:
        choose_model(pack.DEFAULT_MODEL, viewer)


def one_in_of(settings: "Settings") -> dict[str, float]:
    """Return how common the reader says a model's finding is, by model.

    So many pictures are read for each one that shows it.
    """
    try:
        kept = read_json(settings.text(ONE_IN) or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(kept, dict):
        return {}
    return {
        model: float(number)
        for model, number in kept.items()
        if isinstance(number, int | float) and 1 <= number < math.inf
    }


def keep_one_in(viewer: Viewer, model: str, one_in: float) -> None:
    """Keep how common the reader says a model's finding is."""
    kept = one_in_of(viewer.settings) | {model: one_in}
    viewer.change_setting(ONE_IN, json.dumps(kept))


def model_title(model: "InstalledModel") -> Message:
    """Return the title of a model, of the user's own one with its folder."""
    title = Message(model.title)
    if model.own_folder is None:
        return title
    own = model.own_folder.name
    if model.is_locked:
        return message("{name} (your own model, {folder}, encrypted)", name=title, folder=own)
    if model.is_unsigned:
        return message("{name} (your own model, {folder}, not verified)", name=title, folder=own)
    return message("{name} (your own model, {folder})", name=title, folder=own)


def _about(model: "InstalledModel") -> Message:
    """Return the purpose of a model, or why it cannot be used.

    The purpose of a user's own model is followed by its folder.
    """
    said = Message(model.intended_use) if model.trouble is None else model.trouble
    if model.own_folder is None:
        return said
    return Message("{said}\n{folder}", (("said", said), ("folder", str(model.own_folder))))


def _models(viewer: Viewer) -> tuple[Command, ...]:
    return tuple(
        Command(
            id=f"classify.model_{model.name}",
            menu=f"{CLASSIFY}/{MODEL}",
            run=partial(choose_model, model.name),
            unavailable=partial(lambda trouble, _state: trouble, _about(model) if model.trouble else None),
            checked=partial(lambda name, state: state.model == name, model.name),
            named=partial(lambda title, _state: title, model_title(model)),
            hint=_about(model),
        )
        for model in viewer.state.models
    )


MODEL_LIST: Final = CommandList(
    id="classify.models", menu=f"{CLASSIFY}/{MODEL}", commands=_models, exclusive=True
)
