"""Input contract of a model: the table [input] of its card.

What a list of the card names passes, what a header states otherwise is refused, what it does not state is
noted beside the result. A list that a card lacks is not asked. Cards from before these lists have some that
name what is refused (`refused_views`, `refused_words`, `refused_image_types`); they hold as they did, beside
the lists of what is known.
"""

from dataclasses import dataclass
from typing import Any, Final

from medviewer.inference.input import PLANES
from medviewer.inference.labels import KINDS
from medviewer.inference.pack.header_words import SEQUENCES, VIEWS

WORD_LISTS: Final = (
    *("modality", "body_parts", "image_types", "presentation_intents", "patient_positions"),
    *("refused_image_types", "refused_views", "refused_words"),
)
"""Entries of a card's input contract that list words, compared in upper case."""

ORIENTATIONS: Final = ("required", "noted", "")

Ages = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class InputContract:
    """Frames that the model is intended for.

    `suitability` holds every frame against it.

    Parameters
    ----------
    modality : tuple of str
        Accepted values of (0008,0060), e.g. ("CR", "DX"); a card with one may write it without brackets.
    unit : str
        Unit of the modality values that the window is stated in; "" does not ask.
    body_parts : tuple of str
        Words of Body Part Examined that are accepted, upper case; another word beside them is refused, and
        so is an image that states none.
    plane : str
        "axial", "coronal" or "sagittal", or "" for any.
    max_angle_degrees : float
        Largest angle to that plane.
    contrast : str
        "refused", "allowed" or "required".
    age_years : (low, high)
        Inclusive, the high one in completed years; None is open.
    refused_image_types : tuple of str
        Values of Image Type (0008,0008) that are refused, upper case; of a card without `image_types`.
    min_side : int
        Fewest rows or columns.
    refused_views : tuple of str
        Values of View Position (0018,5101) that are refused, upper case, e.g. "LATERAL".
    refused_words : tuple of str
        Whole words of the series description that name another sequence, upper case, e.g. "FLAIR".
    question : str
        What the reader has to say yes to before anything is computed, in English; "" asks nothing. It is
        about one slice and asked of each: what is one for a whole series is stated by its header.
    color : str
        "refused" or "allowed"; a color image is computed from its luminance.
    looks_like : tuple of str
        Kinds of image, by the bundled router, that the model was made for; empty asks no router. Where
        `polarity` knows how these look, an inverted image is refused.
    orientation : str
        What happens where the file does not say how the image lies: "required" refuses, "noted" takes it
        as it is stored and says so. "" is "required" where planes are listed, else it is not asked.
    image_types : tuple of str
        Accepted values of Image Type, upper case; "M_*" accepts all that begin so.
    views : tuple of str
        Accepted views, by their names in `header_words.VIEWS`.
    presentation_intents : tuple of str
        Accepted values of Presentation Intent Type (0008,0068), upper case.
    patient_positions : tuple of str
        Accepted values of Patient Position (0018,5100), upper case.
    sequences : tuple of str
        Accepted MR sequences, by their names in `header_words.SEQUENCES`.
    max_echo_time_ms : float or None
        Longest echo time of these sequences.
    no_contrast_needed : tuple of str
        Of the `sequences` those that need no contrast agent where `contrast` is "required", nor have the
        `max_echo_time_ms` of the others.
    asks_first : str
        Name of the bundled model that has to find something before this one answers; "" for none.
    animals : str
        "refused" or "allowed".
    age : str
        What happens where the file does not state the age and ranges of it are listed: "required" refuses,
        "noted" says so.
    planes, ages_years : tuple
        Several planes or ranges of age; empty: that one.
    """

    modality: tuple[str, ...]
    unit: str = ""
    body_parts: tuple[str, ...] = ()
    plane: str = ""
    max_angle_degrees: float = 30.0
    contrast: str = "refused"
    age_years: Ages = (None, None)
    refused_image_types: tuple[str, ...] = ("DERIVED", "SECONDARY", "LOCALIZER", "MPR", "MIP", "REFORMATTED")
    min_side: int = 128
    refused_views: tuple[str, ...] = ()
    refused_words: tuple[str, ...] = ()
    question: str = ""
    color: str = "refused"
    looks_like: tuple[str, ...] = ()
    orientation: str = ""
    image_types: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    presentation_intents: tuple[str, ...] = ()
    patient_positions: tuple[str, ...] = ()
    sequences: tuple[str, ...] = ()
    max_echo_time_ms: float | None = None
    no_contrast_needed: tuple[str, ...] = ()
    asks_first: str = ""
    animals: str = "allowed"
    age: str = "noted"
    planes: tuple[str, ...] = ()
    ages_years: tuple[Ages, ...] = ()

    @property
    def known_planes(self) -> tuple[str, ...]:
        """Planes that the model was made for; () for any."""
        return self.planes or ((self.plane,) if self.plane else ())

    @property
    def known_ages(self) -> tuple[Ages, ...]:
        """Ranges of age that the model was made for; () for every age."""
        return self.ages_years or (() if self.age_years == (None, None) else (self.age_years,))

    @property
    def needs_orientation(self) -> bool:
        """Whether images without a stated orientation are refused."""
        return self.orientation == "required" or (bool(self.known_planes) and not self.orientation)


def read_contract(facts: dict[str, Any]) -> InputContract:
    """Return the input contract of a card's table, age limits removed.

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
    for key, known in (
        ("looks_like", KINDS),
        ("planes", PLANES),
        ("views", VIEWS),
        ("sequences", SEQUENCES),
        ("no_contrast_needed", SEQUENCES),
    ):
        names = facts.pop(key, [])
        if not isinstance(names, list) or not all(name in known for name in names):
            raise ValueError(f"input: {key} {names}")
        facts[key] = tuple(names)
    facts["ages_years"] = tuple(_ages(*pair) for pair in facts.pop("ages_years", []))
    contract = InputContract(**facts, age_years=_ages(low, high))
    if contract.contrast not in ("refused", "allowed", "required") or not contract.modality:
        raise ValueError(f"input: contrast {contract.contrast}, modality {contract.modality}")
    if contract.color not in ("refused", "allowed") or contract.orientation not in ORIENTATIONS:
        raise ValueError(f"input: color {contract.color}, orientation {contract.orientation}")
    if contract.animals not in ("refused", "allowed"):
        raise ValueError(f"input: animals {contract.animals}")
    if contract.age not in ("required", "noted") or (contract.age == "required" and not contract.known_ages):
        raise ValueError(f"input: age {contract.age}, ages_years {contract.known_ages}")
    if not set(contract.no_contrast_needed) <= set(contract.sequences):
        raise ValueError(f"input: no_contrast_needed {contract.no_contrast_needed}")
    if not isinstance(contract.asks_first, str):
        raise ValueError(f"input: asks_first {contract.asks_first}")  # noqa: TRY004 - one kind of error here
    if contract.plane not in (*PLANES, ""):
        raise ValueError(f"input: plane {contract.plane}")
    return contract


def _ages(low: float | None, high: float | None) -> Ages:
    if low is not None and high is not None and low > high:
        raise ValueError(f"input: {low} to {high} years")
    return low, high


def _words(key: str, values: object) -> tuple[str, ...]:
    """Return a list of the card in upper case.

    A string would be taken apart into letters.
    """
    if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
        raise ValueError(f"input: {key} {values}")
    return tuple(value.strip().upper() for value in values)
