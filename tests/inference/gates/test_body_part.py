"""A body part that the file does not state is noted, and the reader is asked before anything is computed."""

from dataclasses import replace

import pytest

from medviewer.inference.gates.suitability import GATES, first_failed, part_question, question_gate
from tests.inference.conftest import CONTRACT, attributes, noisy_head, slice_of


def asked(answered=False, contract=CONTRACT, **facts):
    """Return the gate of what the reader is asked about a slice."""
    frame = slice_of(noisy_head(), attributes=attributes(**facts))
    return question_gate(contract.question, part_question(frame, contract), answered=answered)


@pytest.mark.parametrize(
    "nothing",
    [
        {"body_part": ""},
        {"body_part": "  "},
        {"body_part": "UNKNOWN"},
        {"body_part": "", "anatomic_region": ""},
        {"body_part": "", "series_description": "HEAD"},
    ],
)
def test_a_missing_body_part_is_noted_and_the_reader_has_to_say_yes(nothing):
    frame = slice_of(noisy_head(), attributes=attributes(**nothing))
    found = {gate.name: gate for gate in (gate(frame, CONTRACT) for gate in GATES)}
    assert first_failed(tuple(found.values())) is None
    assert found["body part"].statement == "Body part not stated."
    assert not asked(**nothing).passed
    assert str(asked(**nothing).message) == (
        "The file does not say which part of the body it shows; say yes first: Is this a head?"
    )
    yes = asked(answered=True, **nothing)
    assert yes.passed
    assert str(yes.message) == "The reader answered yes to: Is this a head?"


@pytest.mark.parametrize("stated", [{"body_part": "HEAD"}, {"body_part": "", "anatomic_region": "Head"}])
def test_of_a_stated_body_part_nothing_is_asked(stated):
    assert asked(**stated) == asked(answered=True, **stated)
    assert (asked(**stated).passed, asked(**stated).statement) == (True, "")


@pytest.mark.parametrize(
    ("parts", "question"),
    [
        (("CHEST", "THORAX"), "Is this a chest?"),
        (("BREAST",), "Is this a breast?"),
        (("FOOT",), "Is this the part of the body that the model was made for?"),
    ],
)
def test_the_reader_is_asked_about_the_part_that_the_card_names(parts, question):
    assert asked(contract=replace(CONTRACT, body_parts=parts), body_part="").facts == (("part", question),)


def test_beside_the_question_of_the_card_the_body_part_is_asked_too():
    contract = replace(CONTRACT, question="Is there a tumour?")
    both = asked(contract=contract, answered=True, body_part="")
    assert str(both.message) == "The reader answered yes to: Is this a head? Is there a tumour?"
    assert not asked(contract=contract, body_part="").passed
