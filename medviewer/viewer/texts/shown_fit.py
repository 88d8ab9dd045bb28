"""The word on the card for whether the model fits."""

from dataclasses import dataclass

from medviewer.translation import translate
from medviewer.viewer.texts.ai_card import CardState


@dataclass(frozen=True, slots=True)
class ShownFit:
    """The model's fit as the card says it before the question.

    Parameters
    ----------
    misfit : str
        Why it does not; "": it does, or that is not known.
    fits : bool
        It is known to fit.
    is_stated : bool
        The file states all that the model asks of it.
    is_unmade : bool
        No installed model is made for such images, and none was chosen by hand.
    fitting : str
        The title of another model that does; "" where there is none.
    notes : tuple of str
        What will be noted beside an answer.
    """

    misfit: str = ""
    fits: bool = False
    is_stated: bool = True
    is_unmade: bool = False
    fitting: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FitWord:
    """The word, all of it for the tooltip, and the role of its color."""

    text: str = ""
    whole: str = ""
    role: str = "quiet"


def fit_word(fit: ShownFit, state: CardState, *, waits: bool, has_result: bool) -> FitWord:
    """Return the word for a fit beside a state of the card.

    Parameters
    ----------
    waits : bool
        The refusal waits for a reader or another model.
    has_result : bool
        A model was asked, so that one is named.
    """
    if fit.is_unmade and not has_result:
        return FitWord()
    # guard(test): "fits" does not stand beside a refusal
    if fit.misfit or (state in (CardState.REFUSED, CardState.OVERRIDDEN) and not waits):
        return _word(f"✕ {translate('Does not fit')}", (fit.misfit,))
    if state in (CardState.REFUSED, CardState.FAILED):
        return FitWord()
    # guard(test): what the file does not state is no fit
    if not fit.is_stated:
        return _word(f"△ {translate('Header incomplete')}", fit.notes, "attention")
    if fit.fits:
        return _word(f"✓ {translate('Fits this series')}", fit.notes, "good")
    return FitWord()


def _word(text: str, more: tuple[str, ...], role: str = "quiet") -> FitWord:
    return FitWord(text, "\n".join(part for part in (text, *more) if part), role)
