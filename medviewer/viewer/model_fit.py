"""Fit of the installed models to a slice, by its header.

Told before a model is asked; no weights are read.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from medviewer.errors import MedviewerError
from medviewer.inference import gates, pack
from medviewer.translation import NOTHING, Message, message

if TYPE_CHECKING:
    from medviewer.imaging.frame import Frame
    from medviewer.inference.pack import InstalledModel, ModelCard, SeriesPoint

ROUTER_NAME: Final = "router"  # it tells kinds of images apart, and is no answer to a question


@dataclass(frozen=True, slots=True)
class FittingModel:
    """Another installed model, whose header gates a slice passes."""

    name: str
    title: Message


@dataclass(frozen=True, slots=True)
class ModelFit:
    """Fit of the chosen model to a slice, and other models that fit.

    Parameters
    ----------
    refusal : Message
        Why the chosen model refuses the slice by its header; NOTHING: it does not.
    others : tuple of FittingModel
        Other installed models whose header gates it passes, where the chosen one refuses it.
    is_known : bool
        The slice was checked.
    asks : bool
        Whether the chosen model fits is asked of the reader first.
    """

    refusal: Message = NOTHING
    others: tuple[FittingModel, ...] = ()
    is_known: bool = False
    asks: bool = False

    @property
    def fits(self) -> bool:
        """Whether the chosen model is known to fit."""
        return self.is_known and not self.refusal and not self.asks

    @property
    def message(self) -> Message:
        """The sentence for the user; NOTHING where the chosen model fits."""
        if not self.refusal:
            return NOTHING
        if not self.others:
            return message("No installed model fits this slice. {reason}", reason=self.refusal)
        return message(
            "The chosen model does not fit this slice. {reason} A model that fits: {model}.",
            reason=self.refusal,
            model=self.others[0].title,
        )


NOT_CHECKED: Final = ModelFit()


def fit_of(
    frame: "Frame", chosen: str, models: "Sequence[InstalledModel]"
) -> Generator[ModelFit, None, None]:
    """Yield the fit of the installed models to a frame, once."""
    refusal = _refusal(frame, chosen)
    others = []
    if refusal:
        for model in models:
            if model.name in (chosen, ROUTER_NAME) or model.trouble is not None:
                continue
            if not _refusal(frame, model.name) and not part_question(frame, model.name):
                others.append(FittingModel(model.name, Message(model.title)))
    asks = not refusal and bool(part_question(frame, chosen))
    yield ModelFit(refusal, tuple(others), is_known=True, asks=asks)


def _refusal(frame: "Frame", name: str) -> Message:
    """Return why a model refuses a frame by its header, or NOTHING."""
    try:
        contract = _card(name).input
    except MedviewerError as error:
        return error.message()
    gate = gates.header_refusal(frame, contract)
    return NOTHING if gate is None else gate.message


def part_question(frame: "Frame", name: str) -> Message:
    """Return the question about a body part that is not stated.

    NOTHING where it is stated, and where the header is refused anyway.
    """
    try:
        contract = _card(name).input
    except MedviewerError:  # asking the model says it
        return NOTHING
    if not (question := gates.part_question(frame, contract)) or gates.header_refusal(frame, contract):
        return NOTHING
    return message("The file does not say which part of the body it shows. {part}", part=Message(question))


def forget_contracts() -> None:
    """Read the cards anew: models were added, removed or unlocked."""
    _card.cache_clear()


def series_rule(name: str) -> "SeriesPoint | None":
    """Return the rule of a model for whole series; None where it has none."""
    try:
        return _card(name).series
    except MedviewerError:  # asking the model says it
        return None


@lru_cache
def _card(name: str) -> "ModelCard":
    return pack.load_card(pack.find_pack(name))
