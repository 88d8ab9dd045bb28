"""Which frames a model is meant for: the table [input] of its card."""

from dataclasses import dataclass
from typing import Any, Final

from medviewer.translation import mark

KINDS: Final[dict[str, str]] = {
    "head_ct": mark("head CT"),
    "chest_ct": mark("chest CT"),
    "abdomen_ct": mark("abdomen CT"),
    "brain_mri": mark("brain MR"),
    "breast_mri": mark("breast MR"),
    "chest_xray": mark("chest X-ray"),
    "hand_xray": mark("hand X-ray"),
    "breast_us": mark("breast ultrasound"),
    "other": mark("none of these"),
}
"""What the bundled router tells apart: its labels, and how they are called."""

WORD_LISTS: Final = ("modality", "body_parts", "refused_image_types", "refused_views", "refused_words")
"""Entries of a card's input contract that list words, compared in upper case."""


@dataclass(frozen=True, slots=True)
class InputContract:
    """Which frames the model is meant for; `suitability` holds every frame against it.

    Parameters
    ----------
    modality : tuple of str
        Accepted values of (0008,0060), e.g. ("CR", "DX"); a card with one may write it without brackets.
    unit : str
        Unit of the modality values that the window is stated in; "" does not ask.
    body_parts : tuple of str
        Words of Body Part Examined that are accepted, upper case; another word beside them is refused.
    plane : str
        "axial", or "" for any.
    max_angle_degrees : float
        Largest angle to that plane.
    contrast : str
        "refused", "allowed" or "required".
    age_years : (low, high)
        Inclusive; None is open.
    refused_image_types : tuple of str
        Values of Image Type (0008,0008) that are refused, upper case.
    min_side : int
        Fewest rows or columns.
    refused_views : tuple of str
        Values of View Position (0018,5101) that are refused, upper case, e.g. "LATERAL".
    refused_words : tuple of str
        Whole words of the series description that name another sequence, upper case, e.g. "FLAIR".
    question : str
        What the reader has to say yes to before anything is computed, in English; "" asks nothing.
    color : str
        "refused" or "allowed"; a colour picture is computed from its luminance.
    looks_like : tuple of str
        Kinds of picture, by the bundled router, that the model was made for; empty asks no router.
    """

    modality: tuple[str, ...]
    unit: str = ""
    body_parts: tuple[str, ...] = ()
    plane: str = ""
    max_angle_degrees: float = 30.0
    contrast: str = "refused"
    age_years: tuple[float | None, float | None] = (None, None)
    refused_image_types: tuple[str, ...] = ("DERIVED", "SECONDARY", "LOCALIZER", "MPR", "MIP", "REFORMATTED")
    min_side: int = 128
    refused_views: tuple[str, ...] = ()
    refused_words: tuple[str, ...] = ()
    question: str = ""
    color: str = "refused"
    looks_like: tuple[str, ...] = ()


def read_contract(facts: dict[str, Any]) -> InputContract:
    """Return the input contract of a card's table, whose age limits are taken out of it.

    Raises
    ------
    KeyError, TypeError, ValueError
        An entry is missing, unknown or makes no sense.
    """
    low, high = facts.pop("min_age_years", None), facts.pop("max_age_years", None)
    if isinstance(facts["modality"], str):
        facts["modality"] = [facts["modality"]]
    for key in WORD_LISTS:
        if key in facts:
            facts[key] = _words(key, facts[key])
    kinds = facts.pop("looks_like", [])
    if not isinstance(kinds, list) or not all(kind in KINDS for kind in kinds):
        raise ValueError(f"input: looks_like {kinds}")
    contract = InputContract(**facts, age_years=(low, high), looks_like=tuple(kinds))
    if contract.contrast not in ("refused", "allowed", "required") or contract.plane not in ("axial", ""):
        raise ValueError(f"input: contrast {contract.contrast}, plane {contract.plane}")
    if contract.color not in ("refused", "allowed") or not contract.modality:
        raise ValueError(f"input: color {contract.color}, modality {contract.modality}")
    return contract


def _words(key: str, values: object) -> tuple[str, ...]:
    """Return a list of the card in upper case; a string would be taken apart into letters."""
    if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
        raise ValueError(f"input: {key} {values}")
    return tuple(value.strip().upper() for value in values)
