"""Suitability gates: a frame's header against the card's input contract.

What the card allows passes, what is stated otherwise is refused, what is not stated is noted beside the
result, unless the card needs it. A gate that fails is a refusal, and a refusal is a result: it is shown and
exported with its reason. Wrong is worse than silent: in doubt a gate fails, and "classify anyway" is the
user's own word.
"""

import math
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Final

from medviewer.imaging.display import are_values_known, value_unit
from medviewer.imaging.frame import Frame, is_secondary_capture
from medviewer.inference.input import angles_to_planes
from medviewer.inference.pack import (
    NO_CONTRAST,
    NOT_STATED,
    OTHER_IMAGES,
    QUALIFYING_VIEWS,
    WHOLE,
    InputContract,
    ModelCard,
    body_part_words,
    contrast_in,
    denies_contrast,
    sequences_in,
    views_in,
)
from medviewer.inference.result import QUESTION, Gate
from medviewer.plain_text import told_apart
from medviewer.translation import mark

NEUTRAL_WORDS: Final = frozenset(
    {"AND", "OF", "THE", "ENTIRE", "STRUCTURE", "CT", "MR", "REGION", "WHOLE", "FRONTAL"}
)
"""Words that may stand beside an accepted body part."""

STANDARD_VALUES: Final = {"US": 4}
"""How many values of Image Type the standard gives a meaning, where not three.

PS3.3 C.7.6.1.1.2; C.8.5.6.1.1 for ultrasound. Those behind them are the maker's own words: they are noted,
unless one is a known name of another kind of picture.
"""

PLANE_WORDS: Final = {"axial": mark("axial"), "coronal": mark("coronal"), "sagittal": mark("sagittal")}
PART_QUESTIONS: Final = {
    "HEAD": mark("Is this a head?"),
    "CHEST": mark("Is this a chest?"),
    "BREAST": mark("Is this a breast?"),
}
"""What the reader is asked where a file states no body part, by the card's first one."""

OTHER_PART: Final = mark("Is this the part of the body that the model was made for?")
INTENT_MODALITIES: Final = frozenset({"DX", "MG", "IO"})
"""Whose files state a Presentation Intent Type (PS3.3 C.8.11.1)."""


def suitability_gates(frame: Frame, card: ModelCard, *, answered: bool = False) -> tuple[Gate, ...]:
    """Return every gate in order; the first that failed is the refusal.

    A gate that was passed and has a statement is a note to stand beside the result; one without a
    statement was simply passed.

    Parameters
    ----------
    answered : bool
        The reader said yes to every question.
    """
    question = question_gate(card.input.question, part_question(frame, card.input), answered=answered)
    return (*(gate(frame, card.input) for gate in GATES), question)


def header_refusal(frame: Frame, contract: InputContract) -> Gate | None:
    """Return the gate by which a frame's header is refused, or None.

    Neither its pixels are looked at, nor is a question asked.
    """
    return next((found for gate in GATES if not (found := gate(frame, contract)).passed), None)


def header_notes(frame: Frame, contract: InputContract) -> tuple[Gate, ...]:
    """Return the notes on a frame's header beside an answer."""
    return tuple(found for gate in GATES if (found := gate(frame, contract)).passed and found.statement)


def part_question(frame: Frame, contract: InputContract) -> str:
    """Return the question about a body part that is not stated, or "".

    Pixels do not tell it surely: of a neck, a breast or the belly some slices are as like a head as heads
    of other hospitals are.
    """
    if not contract.body_parts or _stated_parts(frame):
        return ""
    return PART_QUESTIONS.get(contract.body_parts[0], OTHER_PART)


def question_gate(question: str, part: str = "", *, answered: bool) -> Gate:
    """Return the gate of the questions of the card and of the body part.

    An override does not stand for it.
    """
    facts = {name: text for name, text in (("part", part), ("question", question)) if text}
    if not facts:
        return _passed(QUESTION)
    # guard(-> True): a question that the reader alone can answer
    if answered:
        return _noted(QUESTION, _ANSWERED[tuple(facts)], **facts)
    return _failed(QUESTION, _UNANSWERED[tuple(facts)], **facts)


_ANSWERED: Final = {
    ("question",): mark("The reader answered yes to: {question}"),
    ("part",): mark("The reader answered yes to: {part}"),
    ("part", "question"): mark("The reader answered yes to: {part} {question}"),
}
_UNANSWERED: Final = {
    ("question",): mark("The reader has to say yes first: {question}"),
    ("part",): mark("The file does not say which part of the body it shows; say yes first: {part}"),
    ("part", "question"): mark(
        "The file does not say which part of the body it shows; say yes first: {part} {question}"
    ),
}


def first_failed(gates: tuple[Gate, ...]) -> Gate | None:
    """Return the gate that refuses, or None."""
    return next((gate for gate in gates if not gate.passed), None)


def _passed(name: str) -> Gate:
    return Gate(name, passed=True, statement="")


def _noted(name: str, statement: str, **facts: str) -> Gate:
    return Gate(name, True, statement, tuple(facts.items()))


def _unstated(name: str, statement: str) -> Gate:
    """Return the note of a missing statement, which is no fit."""
    return Gate(name, True, statement, is_stated=False)


def _failed(name: str, statement: str, **facts: str) -> Gate:
    return Gate(name, False, statement, tuple(facts.items()))


def _damage(frame: Frame, contract: InputContract) -> Gate:
    if frame.damage is None:
        return _passed("damage")
    note = frame.damage.note()
    return _failed("damage", note.text, **{name: str(value) for name, value in note.facts})


def _modality(frame: Frame, contract: InputContract) -> Gate:
    if frame.attributes.modality in contract.modality:
        return _passed("modality")
    if not frame.attributes.modality:
        return _failed("modality", mark("The modality is not stated."))
    statement = mark("The modality is {modality}; the model knows {expected} only.")
    expected = ", ".join(contract.modality)
    return _failed("modality", statement, modality=frame.attributes.modality, expected=expected)


def _species(frame: Frame, contract: InputContract) -> Gate:
    if contract.animals == "refused" and frame.attributes.is_animal:
        return _failed("species", mark("The patient is no human."))
    return _passed("species")


def _color(frame: Frame, contract: InputContract) -> Gate:
    if not frame.is_color or contract.color == "allowed":
        return _passed("colour")
    return _failed("colour", mark("The picture is in colour; the model knows measured grey values only."))


def _unit(frame: Frame, contract: InputContract) -> Gate:
    if not are_values_known(frame):
        return _failed("unit", mark("What the file says of the meaning of its values cannot be read."))
    if not contract.unit or value_unit(frame) == contract.unit:
        return _passed("unit")
    if not value_unit(frame):
        return _failed(
            "unit", mark("The unit of the values is not known; {expected} is needed."), expected=contract.unit
        )
    statement = mark("The values are in {unit}; {expected} is needed.")
    return _failed("unit", statement, unit=value_unit(frame), expected=contract.unit)


def _localizer(frame: Frame, contract: InputContract) -> Gate:
    if frame.attributes.is_localizer:
        return _failed("localizer", mark("The picture is a localizer, not a slice."))
    return _passed("localizer")


def _derived(frame: Frame, contract: InputContract) -> Gate:
    values = [value.strip().upper() for value in frame.attributes.image_type]
    if contract.image_types:
        return _image_type(frame, values, contract.image_types)
    if not any(values):
        return _unstated("derived", mark("Image type not stated."))
    for value in values:
        if value in contract.refused_image_types:
            statement = mark("The picture is derived ({type}), not an original slice.")
            return _failed("derived", statement, type=value)
    return _passed("derived")


def _image_type(frame: Frame, values: list[str], accepted: tuple[str, ...]) -> Gate:
    """Hold Image Type against the values that are accepted.

    A secondary capture is one by its class too.
    """
    if is_secondary_capture(frame.attributes.sop_class_uid) and "SECONDARY" not in accepted:
        return _failed("derived", mark("The picture is a secondary capture, not an original slice."))
    if not any(values):
        return _unstated("derived", mark("Image type not stated."))
    standard = STANDARD_VALUES.get(frame.attributes.modality, 3)
    unknown = []
    for place, value in enumerate(values):
        if not value or any(fnmatchcase(value, one) for one in accepted):
            continue
        if place < standard or OTHER_IMAGES.fullmatch(value):
            statement = mark("The model does not know pictures of the type {type}.")
            return _failed("derived", statement, type=value)
        unknown.append(value)
    if unknown:
        statement = mark("The image type has a word of the maker's own ({type}).")
        return _noted("derived", statement, type=", ".join(unknown))
    return _passed("derived")


def _intent(frame: Frame, contract: InputContract) -> Gate:
    intent = frame.attributes.presentation_intent.strip()
    if not contract.presentation_intents or intent.upper() in contract.presentation_intents:
        return _passed("intent")
    if intent:
        statement = mark("The picture is stated to be {intent}; the model knows {expected} only.")
        expected = ", ".join(contract.presentation_intents)
        return _failed("intent", statement, intent=intent, expected=expected)
    if frame.attributes.modality in INTENT_MODALITIES:
        return _unstated("intent", mark("Presentation intent not stated."))
    return _passed("intent")


def _view(frame: Frame, contract: InputContract) -> Gate:
    attributes = frame.attributes
    if contract.views:
        stated = [
            text
            for text in dict.fromkeys((attributes.view_position, *attributes.view_codes))
            if text.strip().upper() not in NOT_STATED
        ]
        return _known_view(stated, attributes.series_description, contract.views)
    if not contract.refused_views:
        return _passed("view")
    view = attributes.view_position.strip()
    if not view:
        return _unstated("view", mark("View position not stated."))
    if view.upper() in contract.refused_views:
        return _failed("view", mark("The model does not know the view {view}."), view=view)
    return _passed("view")


def _known_view(stated: list[str], description: str, accepted: tuple[str, ...]) -> Gate:
    """Check the stated view against the accepted views."""
    statement = mark("The model does not know the view {view}.")
    for text in stated:
        views, others = views_in(text)
        if others or not views <= set(accepted):
            return _failed("view", statement, view=text.strip())
    if stated:
        return _passed("view")
    described, _ = views_in(description)
    # guard(-> False): a view that is none of the card's in two words is refused, as in a field of its own
    is_other = bool(described & QUALIFYING_VIEWS) and not described & QUALIFYING_VIEWS <= set(accepted)
    if described and (is_other or not described & set(accepted)):
        return _failed("view", statement, view=description.strip())
    return _unstated("view", mark("View position not stated."))


def _body_part(frame: Frame, contract: InputContract) -> Gate:
    if not contract.body_parts:
        return _passed("body part")
    parts = _stated_parts(frame)
    if not parts:  # the reader is asked
        return _unstated("body part", mark("Body part not stated."))
    for part in parts:
        words = body_part_words(part)
        foreign = [word for word in words if word not in contract.body_parts and word not in NEUTRAL_WORDS]
        if foreign or not any(word in contract.body_parts for word in words):
            statement = mark("The body part is {part}; the model knows {expected} only.")
            expected = ", ".join(contract.body_parts)
            return _failed("body part", statement, part=part, expected=expected)
    return _passed("body part")


def _stated_parts(frame: Frame) -> list[str]:
    stated = (frame.attributes.body_part, frame.attributes.anatomic_region)
    return [text for text in dict.fromkeys(stated) if text.strip().upper() not in NOT_STATED]


def _plane(frame: Frame, contract: InputContract) -> Gate:
    angles = angles_to_planes(frame.geometry)
    if angles is None:
        if contract.needs_orientation:
            return _failed("plane", mark("The orientation of the slice is not known."))
        if contract.orientation == "noted":
            statement = mark("How the picture lies is not stated; it was taken as it is stored.")
            return _unstated("plane", statement)
        return _passed("plane")
    nearest = min(contract.known_planes, key=lambda plane: angles[plane], default="")
    if not nearest or angles[nearest] <= contract.max_angle_degrees:
        return _passed("plane")
    statement = mark("The picture lies {angle}° off the {plane} plane; the model knows up to {most}°.")
    angle, most = told_apart(angles[nearest], contract.max_angle_degrees, 0)
    return _failed("plane", statement, angle=angle, plane=PLANE_WORDS[nearest], most=most)


def _position(frame: Frame, contract: InputContract) -> Gate:
    position = frame.attributes.patient_position.strip()
    accepted = contract.patient_positions
    if not accepted or not position or position.upper() in accepted:
        return _passed("position")
    statement = mark("The patient position is {position}; the model knows {expected} only.")
    return _failed("position", statement, position=position, expected=", ".join(accepted))


def _sequence(frame: Frame, contract: InputContract) -> Gate:
    if contract.sequences:
        return _known_sequence(frame, contract)
    if not contract.refused_words:
        return _passed("sequence")
    description = frame.attributes.series_description.strip()
    if not description:
        return _unstated("sequence", mark("Sequence not stated."))
    for word in contract.refused_words:
        if re.search(WHOLE.format(re.escape(word)), description.upper()):
            statement = mark("The description names a sequence that the model does not know ({word}).")
            return _failed("sequence", statement, word=word)
    return _passed("sequence")


def _known_sequence(frame: Frame, contract: InputContract) -> Gate:
    """Check the sequence named by description or protocol against the card."""
    attributes, named = frame.attributes, named_sequences(frame)
    if needs_no_contrast(frame, contract):
        return _passed("sequence")
    for sequence, word in named.items():
        if sequence not in contract.sequences:
            statement = mark("The description names a sequence that the model does not know ({word}).")
            return _failed("sequence", statement, word=word)
    echo, most = attributes.echo_time_ms, contract.max_echo_time_ms
    if echo is not None and most is not None and echo > most:
        statement = mark("The echo time is {echo} ms; the model knows sequences of up to {most} ms only.")
        shown, limit = told_apart(echo, most, 0)
        return _failed("sequence", statement, echo=shown, most=limit)
    return _passed("sequence") if named else _unstated("sequence", mark("Sequence not stated."))


def named_sequences(frame: Frame) -> dict[str, str]:
    """Return the MR sequences of description or protocol, with their words."""
    attributes = frame.attributes
    return sequences_in(attributes.series_description) or sequences_in(attributes.protocol_name)


def needs_no_contrast(frame: Frame, contract: InputContract) -> bool:
    """Return whether the named sequence needs no contrast agent.

    The contract lists it. No other one may be named beside it, but T2, by which FLAIR is weighted.
    """
    named = set(named_sequences(frame))
    allowed = set(contract.no_contrast_needed)
    return bool(named & allowed) and named <= allowed | ({"T2"} if "FLAIR" in named else set())


def _contrast(frame: Frame, contract: InputContract) -> Gate:
    if contract.contrast == "allowed" or needs_no_contrast(frame, contract):
        return _passed("contrast")
    agent = (frame.attributes.contrast_agent or "").strip()
    given = bool(agent) and agent.upper() not in NO_CONTRAST
    if contract.contrast == "required":
        return _with_contrast(frame, given=given, denied=bool(agent) and not given)
    described = next(filter(None, map(contrast_in, _descriptions(frame))), "")
    if given:
        statement = mark("Contrast agent was given ({agent}); the model knows pictures without it only.")
        return _failed("contrast", statement, agent=agent)
    if described:
        statement = mark(
            "The description speaks of contrast ({text}); the model knows pictures without it only."
        )
        return _failed("contrast", statement, text=described)
    return _passed("contrast") if agent else _unstated("contrast", mark("Contrast agent not stated."))


def _with_contrast(frame: Frame, *, given: bool, denied: bool) -> Gate:
    """Hold a frame against a contract that needs contrast agent.

    "with and without" is said of a study.
    """
    series = frame.attributes.series_description
    if denies_contrast(series):
        statement = mark(
            "The description says that no contrast agent was given ({text}); the model knows pictures with "
            "contrast only."
        )
        return _failed("contrast", statement, text=series.strip())
    described = any(contrast_in(text, with_and_without=False) for text in _descriptions(frame))
    if given or (described and not denied):
        return _passed("contrast")
    if denied:
        statement = mark("No contrast agent was given; the model knows pictures with contrast only.")
        return _failed("contrast", statement)
    return _failed(
        "contrast", mark("Contrast agent not stated; the model knows pictures with contrast only.")
    )


def _descriptions(frame: Frame) -> tuple[str, str]:
    return frame.attributes.series_description, frame.attributes.study_description


def _age(frame: Frame, contract: InputContract) -> Gate:
    age = frame.attributes.patient_age_years
    if not contract.known_ages:
        return _passed("age")
    if age is None:
        # guard(test): a model for children alone is not asked about a patient of unknown age
        if contract.age == "required":
            statement = mark("Age not stated; the model knows patients of {ages} years only.")
            return _failed("age", statement, ages=ages_text(contract.known_ages))
        return _unstated("age", mark("Age not stated."))
    for low, high in contract.known_ages:
        if (low is None or age >= low) and (high is None or math.floor(age) <= high):
            return _passed("age")
    statement = mark("The patient is {age} years old; the model knows patients of {ages} years only.")
    return _failed("age", statement, age=str(math.floor(age)), ages=ages_text(contract.known_ages))


def ages_text(ages: tuple[tuple[float | None, float | None], ...]) -> str:
    """Return ranges of age as "1–5, 18–120"."""
    return ", ".join(f"{low or 0:g}–{120 if high is None else high:g}" for low, high in ages)


def _matrix(frame: Frame, contract: InputContract) -> Gate:
    if min(frame.rows, frame.columns) >= contract.min_side:
        return _passed("matrix")
    statement = mark("The picture has {columns} × {rows} pixels; the model needs at least {least}.")
    facts = {"columns": str(frame.columns), "rows": str(frame.rows), "least": str(contract.min_side)}
    return _failed("matrix", statement, **facts)


def _lossy(frame: Frame, contract: InputContract) -> Gate:
    if not frame.attributes.lossy:
        return _passed("lossy")
    ratio = frame.attributes.lossy_ratio
    if ratio is None:
        return _noted("lossy", mark("The picture was compressed with loss."))
    return _noted("lossy", mark("The picture was compressed with loss ({ratio}:1)."), ratio=f"{ratio:.3g}")


GATES: Final[tuple[Callable[[Frame, InputContract], Gate], ...]] = (
    _damage,
    _modality,
    _species,
    _color,
    _localizer,
    _derived,
    _intent,
    _view,
    _body_part,
    _plane,
    _position,
    _sequence,
    _contrast,
    _age,
    _matrix,
    _unit,
    _lossy,
)
"""What header and decoding decide, in the order in which reasons are given; what pixels say comes after."""
