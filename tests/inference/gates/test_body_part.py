"""A body part that the file does not state is noted, and the reader is asked before anything is computed."""

from dataclasses import replace

import pytest

from medviewer.inference.gates.suitability import GATES, first_failed, part_question, question_gate
from medviewer.inference.pack.packs import bundled_folder, load_card
from tests.inference.conftest import CONTRACT, attributes, noisy_head, slice_of


def asked(answered=False, contract=CONTRACT, **facts):
    """Return the gate whose question the reader is asked about a slice."""
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


MODELS = {
    "head": "head-ct-haemorrhage",
    "chest": "chest-xray-pneumonia",
    "breast": "breast-ultrasound-lesion",
}

KNOWN = {
    "head": (
        *(
            "头颅",
            "头部",
            "脑",
            "颅脑",
            "頭部",
            "大脑",
            "脳",
            "头颅CT平扫",
            "뇌",
            "Kopf",
            "Schädel",
            "SCHAEDEL",
        ),
        *("Schädel-Hirn", "Gehirn", "tête", "crâne", "cra\u0302ne", "Ｈｅａｄ", "tête et cerveau", "Cranium"),
        *("cabeza", "cráneo", "cabeça", "cérebro", "testa", "encefalo", "Kopf und Gehirn"),
    ),
    "chest": (
        *(
            "胸部",
            "胸",
            "胸部正位",
            "双肺",
            "胸部（肺）",
            "흉부",
            "Brustkorb",
            "tórax",
            "TORAX",
            "Lunge",
            "poumons",
        ),
        *("polmoni", "pulmões", "torace", "poitrine", "肺野", "胸廓"),
    ),
    "breast": ("乳腺", "乳房", "Mamma", "sein", "mamas", "mammella", "유방", "Brustdrüse"),
}
OTHER = {
    "head": (
        *("头颈部", "頭頸部", "脑垂体", "颈部", "头皮", "胸部", "腹部", "Hals", "Kopf und Hals", "cou"),
        *("tête et cou", "abdomen"),
    ),
    "chest": (
        *(
            "胸椎",
            "胸腹部",
            "胸骨",
            "头颅",
            "乳腺",
            "肺动脉",
            "胸部侧位",
            "Brust",
            "pecho",
            "seno",
            "Kopf",
            "tête",
        ),
        "Halswirbelsäule",
    ),
    "breast": ("Brust", "pecho", "seno", "胸部", "乳突", "tórax"),
}


def body_part_gate(model, **facts):
    contract = load_card(bundled_folder() / MODELS[model]).input
    frame = slice_of(noisy_head(), attributes=attributes(**facts))
    [found] = [one for one in (gate(frame, contract) for gate in GATES) if one.name == "body part"]
    return found


@pytest.mark.parametrize("model", MODELS)
def test_a_body_part_in_another_language_is_the_word_of_the_card(model):
    for part in KNOWN[model]:
        assert body_part_gate(model, body_part=part).passed, part
        assert body_part_gate(model, body_part="", anatomic_region=part).passed, part
    for part in OTHER[model]:
        found = body_part_gate(model, body_part=part)
        assert not found.passed, part
        assert dict(found.facts)["part"] == part


def test_whatever_states_another_part_refuses_in_any_language():
    assert not body_part_gate("chest", body_part="胸部", anatomic_region="头颅").passed
    assert not body_part_gate("chest", body_part="Thorax", anatomic_region="Bauch").passed


@pytest.mark.parametrize("nothing", ["未知", "不详", "其他", "unbekannt", "desconocido"])
def test_that_it_is_not_known_can_be_said_in_any_language(nothing):
    assert body_part_gate("chest", body_part=nothing).statement == "Body part not stated."
