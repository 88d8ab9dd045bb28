"""Fit of the installed models to a slice, by its header.

Told before a model is asked; no weights are read.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from medviewer.errors import MedviewerError
from medviewer.imaging.code_words import known_code_words
from medviewer.inference import gates, pack
from medviewer.translation import NOTHING, Message, mark, message

if TYPE_CHECKING:
    from medviewer.imaging.frame import Frame
    from medviewer.inference.gates import RouterGate
    from medviewer.inference.pack import InstalledModel, ModelCard, SeriesPoint
    from medviewer.inference.result import Gate

LIKELY: Final = 0.5
"""So likely an image is of the kind that a model is made for, to the router, before the model follows."""

PARTS: Final = (
    mark("head"),
    mark("neck"),
    mark("chest"),
    mark("breast"),
    mark("abdomen"),
    mark("pelvis"),
    mark("spine"),
    mark("shoulder"),
    mark("hand"),
    mark("hip"),
    mark("knee"),
    mark("foot"),
)
"""Parts of the body that a file may state, as a sentence says them; others are said as stated."""

SAID: Final = {"PT": "PET"}
"""Modalities that nobody calls by their code."""

OF_THE_KIND: Final = frozenset({"modality", "body part"})
"""Gates that say which images a model is made for."""


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
    unmade : Message
        What no installed model is made for, "CT of the neck"; NOTHING where the reason is another one.
    nearest : Message
        Why the model that is made for such images refuses the slice, where none fits.
    is_known : bool
        The slice was checked.
    asks : bool
        Whether the chosen model fits is asked of the reader first.
    notes : tuple of Message
        What the header does not state, or states beside the point; it is noted beside an answer.
    is_stated : bool
        The header states all that the chosen model asks of it.
    """

    refusal: Message = NOTHING
    others: tuple[FittingModel, ...] = ()
    unmade: Message = NOTHING
    nearest: Message = NOTHING
    is_known: bool = False
    asks: bool = False
    notes: tuple[Message, ...] = ()
    is_stated: bool = True

    @property
    def is_unmade(self) -> bool:
        """Whether no installed model is made for such images."""
        return bool(self.refusal) and not self.others and not self.nearest

    @property
    def fits(self) -> bool:
        """Whether the chosen model is known to fit."""
        return self.is_known and not self.refusal and not self.asks

    @property
    def message(self) -> Message:
        """The sentence for the user; NOTHING where the chosen model fits."""
        if not self.refusal:
            return NOTHING
        # guard(test): where none is made for such pictures, no model is named as if it were chosen
        if self.is_unmade and self.unmade:
            return message("No installed model is made for {picture}.", picture=self.unmade)
        if self.is_unmade:
            return message("No installed model is made for such pictures.")
        if not self.others:
            return message("No installed model fits this slice. {reason}", reason=self.nearest)
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
    yield _fit(frame, chosen, models)


def followed_fit(
    frame: "Frame", chosen: str, models: "Sequence[InstalledModel]"
) -> Generator[tuple[str, ModelFit], None, None]:
    """Yield the model that is to answer for a frame, and its fit, once.

    The first one that the header fits. Where the header leaves it to the reader which part of the body is
    seen, the one whose kind of image the router sees. Where there is none, the one that is made for such
    images and refuses this one: it gives the true reason. Else the one that may be asked after the reader's
    yes, else the chosen one stays.
    """
    name = (
        header_model(frame, models)
        or _routed_model(frame, models)
        or _refusing_model(frame, models)
        or asking_model(frame, chosen, models)
        or chosen
    )
    yield name, _fit(frame, name, models)


def header_model(frame: "Frame", models: "Sequence[InstalledModel]") -> str:
    """Return the first model that the header fits without a question.

    "" for none.
    """
    return next((one.name for one in _usable(models) if _fits(frame, one.name)), "")


def asking_model(frame: "Frame", chosen: str, models: "Sequence[InstalledModel]") -> str:
    """Return the model that asks which part of the body is seen, or "".

    The chosen one where it asks, else the first one: none of another modality asks.
    """
    asking = [one.name for one in _usable(models) if part_question(frame, one.name)]
    return chosen if chosen in asking else next(iter(asking), "")


def takes_series(frame: "Frame", name: str, *, answered: bool) -> bool:
    """Return whether a model may be asked about the series of a frame.

    Parameters
    ----------
    answered : bool
        The reader said yes to which part of the body it shows.
    """
    # guard(test): a yes for a series is no yes to what is asked about each slice
    if _refusal(frame, name) or _card(name).input.question:
        return False
    return answered or not part_question(frame, name)


def _routed_model(frame: "Frame", models: "Sequence[InstalledModel]") -> str:
    asking = [one.name for one in _usable(models) if part_question(frame, one.name)]
    if not asking:
        return ""
    try:
        seen = router()
        [kinds] = seen.probabilities(seen.prepare(frame))
        likely = {
            name: sum((kinds or {}).get(kind, 0.0) for kind in _card(name).input.looks_like)
            for name in asking
        }
    except MedviewerError:  # nothing is followed; asking the model says why
        return ""
    best = max(asking, key=lambda name: likely[name])
    return best if likely[best] >= LIKELY else ""


def _fit(frame: "Frame", chosen: str, models: "Sequence[InstalledModel]") -> ModelFit:
    refusal = _refusal(frame, chosen)
    fitting = [one for one in _usable(models) if refusal and one.name != chosen and _fits(frame, one.name)]
    others = tuple(FittingModel(one.name, Message(one.title)) for one in fitting)
    asks = not refusal and bool(part_question(frame, chosen))
    nearest = unmade = NOTHING
    if refusal and not others:
        nearest = _nearest_reason(frame, models)
        unmade = NOTHING if nearest else _kind(frame)
    noted = () if refusal else _notes(frame, chosen)
    return ModelFit(
        refusal,
        others,
        unmade,
        nearest,
        is_known=True,
        asks=asks,
        notes=tuple(gate.message for gate in noted),
        is_stated=all(gate.is_stated for gate in noted),
    )


def _usable(models: "Sequence[InstalledModel]") -> "list[InstalledModel]":
    return [one for one in models if one.name != pack.ROUTER and one.trouble is None]


def _fits(frame: "Frame", name: str) -> bool:
    return not _refusal(frame, name) and not part_question(frame, name)


def _refusal(frame: "Frame", name: str) -> Message:
    """Return why a model refuses a frame by its header, or NOTHING."""
    try:
        contract = _card(name).input
    except MedviewerError as error:
        return error.message()
    gate = gates.header_refusal(frame, contract)
    return NOTHING if gate is None else gate.message


def _notes(frame: "Frame", name: str) -> "tuple[Gate, ...]":
    try:
        return gates.header_notes(frame, _card(name).input)
    except MedviewerError:  # asking the model says it
        return ()


def _nearest(
    frame: "Frame", models: "Sequence[InstalledModel]"
) -> "tuple[InstalledModel, Gate | None] | None":
    """Return the first model that is made for such images.

    With the gate that refuses this one, None where it asks which part of the body is seen.
    """
    whole = frame if frame.damage is None else replace(frame, damage=None)  # which every model refuses
    for one in _usable(models):
        try:
            contract = _card(one.name).input
        except MedviewerError:
            continue
        gate = gates.header_refusal(whole, contract)
        if gate is None or gate.name not in OF_THE_KIND:
            return one, gates.header_refusal(frame, contract)
    return None


def _refusing_model(frame: "Frame", models: "Sequence[InstalledModel]") -> str:
    """Return the model made for such images if it refuses this one, or ""."""
    found = _nearest(frame, models)
    return "" if found is None or found[1] is None else found[0].name


def _nearest_reason(frame: "Frame", models: "Sequence[InstalledModel]") -> Message:
    """Return the reason of the model that is made for such images.

    NOTHING where every one is made for other images.
    """
    found = _nearest(frame, models)
    if found is None:
        return NOTHING
    model, gate = found
    if gate is None:
        return part_question(frame, model.name)
    return message("“{model}”: {reason}", model=Message(model.title), reason=gate.message)


def _kind(frame: "Frame") -> Message:
    """Return the kind of a frame, "CT of the neck"; NOTHING where not stated."""
    attributes = frame.attributes
    part = (attributes.body_part or attributes.anatomic_region).strip().lower()
    if not attributes.modality:
        return NOTHING
    modality = SAID.get(attributes.modality, attributes.modality)
    if not part:
        return message("{modality} of this kind", modality=modality)
    words = known_code_words(part) or Message(part)
    return message("{modality} of the {part}", modality=modality, part=words)


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
def router() -> "RouterGate":
    """Return the model that tells body parts apart, loaded once."""
    return gates.RouterGate()


@lru_cache
def _card(name: str) -> "ModelCard":
    return pack.load_card(pack.find_pack(name))
