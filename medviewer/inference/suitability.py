"""Does a model fit a frame? The header is held against the card's input contract, gate by gate.

A gate that fails is a refusal, and a refusal is a result: it is shown and exported with its reason. Where the
header is silent about something that cannot be seen in the picture either, that is stated beside the result.
Wrong is worse than silent: in doubt a gate fails, and "classify anyway" is the user's own word.
"""

import re
from collections.abc import Callable
from typing import Final

from medviewer.imaging.frame import Frame
from medviewer.imaging.geometry import angle_to_axial
from medviewer.imaging.modality import are_values_known, unit
from medviewer.inference.input_contract import InputContract
from medviewer.inference.model_card import ModelCard
from medviewer.inference.prediction import QUESTION, Gate
from medviewer.translation import mark

NEUTRAL_WORDS: Final = frozenset({"AND", "OF", "THE", "ENTIRE", "STRUCTURE", "CT", "MR", "REGION", "WHOLE"})
"""Words that may stand beside an accepted body part."""

NO_CONTRAST: Final = frozenset(
    {"NONE", "NO", "N", "NO CONTRAST", "WITHOUT", "WITHOUT CONTRAST", "NATIVE", "0"}
)
"""Values of Contrast/Bolus Agent that say that there was none."""

BOTH: Final = re.compile(
    r"\bW(?:ITH|/)?\s?(?:/|&|\+|AND)?\s?W(?:ITH\s?OUT|\s?/?\s?O)\b"
    r"|\bW(?:ITH\s?OUT|\s?/?\s?O)\s?(?:/|&|\+|AND)\s?W(?:ITH\b|/|\b)"
)
"""With and without, in one series or study."""

NEGATED_CONTRAST: Final = re.compile(
    r"(?:\bW\s?/?\s?O\b|\bWITHOUT|\bNON|\bNOT?\b|\bUN|\bOHNE|\bSANS|\bSENZA|\bSIN|\bSEM|\bZONDER|\bBEZ)"
    r"[\s./-]*(?:(?:ANY|INTRAVENOUS)\s+)?(?:I\.?V\.?[\s-]*)?"
    r"(?:[CK]ONTR\w*|ENHANC\w*|KM\b|MDC\b|CE?\b|IV\b|INJE[CK]\w*|INYEC\w*|INJEÇ\w*)"
    r"|未增强|无增强|非增强|平扫|\bC-|-C\b|\bIV-"
)

CONTRAST_WORDS: Final = (
    r"\b[CK]ONTR(?!OL|ALAT|AIND)\w*",  # contrast, Kontrast, contraste; not control, contralateral
    r"\bKM\b",
    r"\bMDC\b",
    r"ENHANC",
    r"\bINJE[CK]|\bINYEC|\bINJEÇ",
    r"\bC\s?\+|\+\s?C\b|\bI\.?V\.?\s?\+|\+\s?I\.?V\b",
    r"\bW/\s?(?:C|IV)\b|\bWITH\s(?:C|IV)\b",
    r"\bCE\b|\bCECT\b",
    r"\bCT-?[APV]\b|ANGIO|VENOGR",
    r"PERFU[SZ]",
    r"\bARTERI|\bVENOUS\b|\bVENÖS|\bVEINEU|\bVENOS[AO]\b",
    r"\bDELAY(?:ED)?\sPHASE|\bBOLUS\b",
    r"\bPOST[\s-]?(?:GAD|C\b|IV\b)",
    r"增强|造影|灌注|动脉期|静脉期|延迟期|碘",
)
CONTRAST: Final = re.compile("|".join(CONTRAST_WORDS))
"""What remains of a description after the negated mentions are taken out, and still speaks of contrast."""

WHOLE: Final = r"(?<![A-Z0-9À-ÖØ-Þ]){}(?![A-Z0-9À-ÖØ-Þ])"
"""A word that no Latin letter or digit goes on: "T2" in "t2_tse" and "T2加权", not in "T2W"."""


def check(frame: Frame, card: ModelCard, *, answered: bool = False) -> tuple[Gate, ...]:
    """Return every gate in order; the first that failed is the refusal.

    A gate that was passed and has a statement is a note to stand beside the result; one without a
    statement was simply passed.

    Parameters
    ----------
    answered : bool
        The reader said yes to the card's question.
    """
    return (*(gate(frame, card.input) for gate in GATES), question_gate(card, answered=answered))


def question_gate(card: ModelCard, *, answered: bool) -> Gate:
    """Return whether the reader said yes to what the card asks; "anyway" does not stand for it."""
    if not card.input.question:
        return _passed(QUESTION)
    if answered:
        return _noted(QUESTION, mark("The reader answered yes to: {question}"), question=card.input.question)
    statement = mark("The reader has to say yes first: {question}")
    return _failed(QUESTION, statement, question=card.input.question)


def first_failed(gates: tuple[Gate, ...]) -> Gate | None:
    """Return the gate that refuses, or None."""
    return next((gate for gate in gates if not gate.passed), None)


def _passed(name: str) -> Gate:
    return Gate(name, passed=True, statement="")


def _noted(name: str, statement: str, **facts: str) -> Gate:
    return Gate(name, True, statement, tuple(facts.items()))


def _failed(name: str, statement: str, **facts: str) -> Gate:
    return Gate(name, False, statement, tuple(facts.items()))


def _modality(frame: Frame, contract: InputContract) -> Gate:
    if frame.attributes.modality in contract.modality:
        return _passed("modality")
    if not frame.attributes.modality:
        return _failed("modality", mark("The modality is not stated."))
    statement = mark("The modality is {modality}; the model knows {expected} only.")
    expected = ", ".join(contract.modality)
    return _failed("modality", statement, modality=frame.attributes.modality, expected=expected)


def _color(frame: Frame, contract: InputContract) -> Gate:
    if not frame.is_color or contract.color == "allowed":
        return _passed("colour")
    return _failed("colour", mark("The picture is in colour; the model knows measured grey values only."))


def _unit(frame: Frame, contract: InputContract) -> Gate:
    if not are_values_known(frame):
        return _failed("unit", mark("What the file says of the meaning of its values cannot be read."))
    if not contract.unit or unit(frame) == contract.unit:
        return _passed("unit")
    if not unit(frame):
        return _failed(
            "unit", mark("The unit of the values is not known; {expected} is needed."), expected=contract.unit
        )
    statement = mark("The values are in {unit}; {expected} is needed.")
    return _failed("unit", statement, unit=unit(frame), expected=contract.unit)


def _localizer(frame: Frame, contract: InputContract) -> Gate:
    if frame.attributes.is_localizer:
        return _failed("localizer", mark("The picture is a localizer, not a slice."))
    return _passed("localizer")


def _derived(frame: Frame, contract: InputContract) -> Gate:
    values = [value.strip().upper() for value in frame.attributes.image_type]
    if not any(values):
        return _noted("derived", mark("Image type not stated."))
    for value in values:
        if value in contract.refused_image_types:
            statement = mark("The picture is derived ({type}), not an original slice.")
            return _failed("derived", statement, type=value)
    return _passed("derived")


def _view(frame: Frame, contract: InputContract) -> Gate:
    if not contract.refused_views:
        return _passed("view")
    view = frame.attributes.view_position.strip()
    if not view:
        return _noted("view", mark("View position not stated."))
    if view.upper() in contract.refused_views:
        return _failed("view", mark("The model does not know the view {view}."), view=view)
    return _passed("view")


def _body_part(frame: Frame, contract: InputContract) -> Gate:
    if not contract.body_parts:
        return _passed("body part")
    words = re.findall(r"\w+", frame.attributes.body_part.upper())
    if not words:
        return _failed("body part", mark("Body part not stated."))
    foreign = [word for word in words if word not in contract.body_parts and word not in NEUTRAL_WORDS]
    if not foreign and any(word in contract.body_parts for word in words):
        return _passed("body part")
    statement = mark("The body part is {part}; the model knows {expected} only.")
    expected = ", ".join(contract.body_parts)
    return _failed("body part", statement, part=frame.attributes.body_part, expected=expected)


def _plane(frame: Frame, contract: InputContract) -> Gate:
    if contract.plane != "axial":
        return _passed("plane")
    angle = angle_to_axial(frame.geometry)
    if angle is None:
        return _failed("plane", mark("The orientation of the slice is not known."))
    if angle <= contract.max_angle_degrees:
        return _passed("plane")
    statement = mark("The slice lies {angle}° off the axial plane; the model knows up to {most}°.")
    return _failed("plane", statement, angle=f"{angle:.0f}", most=f"{contract.max_angle_degrees:.0f}")


def _sequence(frame: Frame, contract: InputContract) -> Gate:
    if not contract.refused_words:
        return _passed("sequence")
    description = frame.attributes.series_description.strip()
    if not description:
        return _noted("sequence", mark("Sequence not stated."))
    for word in contract.refused_words:
        if re.search(WHOLE.format(re.escape(word)), description.upper()):
            statement = mark("The description names a sequence that the model does not know ({word}).")
            return _failed("sequence", statement, word=word)
    return _passed("sequence")


def _contrast(frame: Frame, contract: InputContract) -> Gate:
    if contract.contrast == "allowed":
        return _passed("contrast")
    agent, described = frame.attributes.contrast_agent, _described_contrast(frame)
    stated = (agent or "").strip()
    given = bool(stated) and stated.upper() not in NO_CONTRAST
    if contract.contrast == "required":
        if given or described:
            return _passed("contrast")
        return _failed(
            "contrast", mark("Contrast agent not stated; the model knows pictures with contrast only.")
        )
    if given:
        statement = mark("Contrast agent was given ({agent}); the model knows pictures without it only.")
        return _failed("contrast", statement, agent=stated)
    if described:
        statement = mark(
            "The description speaks of contrast ({text}); the model knows pictures without it only."
        )
        return _failed("contrast", statement, text=described)
    return _passed("contrast") if stated else _noted("contrast", mark("Contrast agent not stated."))


def _described_contrast(frame: Frame) -> str:
    """Return the words of a description that speak of contrast agent, or ""."""
    for text in (frame.attributes.series_description, frame.attributes.study_description):
        words = text.upper().replace("_", " ")
        found = BOTH.search(words) or CONTRAST.search(NEGATED_CONTRAST.sub(" ", words))
        if found:
            return found.group().strip()
    return ""


def _age(frame: Frame, contract: InputContract) -> Gate:
    low, high = contract.age_years
    age = frame.attributes.patient_age_years
    if low is None and high is None:
        return _passed("age")
    if age is None:
        return _noted("age", mark("Age not stated."))
    if (low is None or age >= low) and (high is None or age <= high):
        return _passed("age")
    statement = mark("The patient is {age} years old; the model knows {low} to {high} years only.")
    ends = ("0" if low is None else f"{low:g}", "120" if high is None else f"{high:g}")
    return _failed("age", statement, age=f"{age:.0f}", low=ends[0], high=ends[1])


def _matrix(frame: Frame, contract: InputContract) -> Gate:
    if min(frame.rows, frame.columns) >= contract.min_side:
        return _passed("matrix")
    statement = mark("The picture has {columns} x {rows} pixels; the model needs at least {least}.")
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
    _modality,
    _color,
    _localizer,
    _derived,
    _view,
    _body_part,
    _plane,
    _sequence,
    _contrast,
    _age,
    _matrix,
    _unit,
    _lossy,
)
