"""A card says what stands beside its figures, what its gates refuse, and how often its test was read."""

import pytest

from medviewer.inference.pack.bundled_hashes import BUNDLED
from medviewer.inference.pack.packs import bundled_folder, load_card
from tests.inference.conftest import make_pack, toy_weights
from tests.viewer.texts.test_model_card import words

__all__ = ["make_pack", "toy_weights"]  # fixtures

LEFT_OUT = """[figures.left_out.clinic]
n = 9
groups = 3
auc = 0.8
auc_interval = [0.7, 0.9]
ece = 0.1
ece_95 = 0.2
[figures.left_out.clinic.thumbnail-logistic]
auc = 0.61
[figures.left_out.clinic.hog-logistic]
auc = 0.64
[figures.conformal]
coverage = 0.9
[figures.conformal.reached.clinic]
no_hemorrhage = 0.93
"""


def figures(make_pack, text: str) -> dict[str, str]:
    return words(load_card(make_pack(change=lambda card: card.replace("[files]", text + "[files]"))))


def test_shortcuts_and_coverage_stand_below_a_left_out_source(make_pack):
    said = figures(make_pack, LEFT_OUT)["Sources that were left out"]
    assert "8 × 8 thumbnail 0.61 · oriented gradients 0.64" in said
    assert "sets that should hold the answer in 90 of 100" in said


def test_a_card_says_how_many_answers_flip(make_pack):
    said = figures(make_pack, "[figures.changes]\nn = 150\nturned = 15\n")
    assert "15 of 150 validation pictures (10 %)" in said["With slightly altered pictures"]


def test_kinds_that_the_gates_let_pass_are_named(make_pack):
    text = "[figures.refused]\nPET = {together = 1.0}\nlungs = {together = 0.71}\n"
    text += "[figures.accepted]\nclinic = 0.97\n"
    said = figures(make_pack, text)["What its gates refuse and accept"]
    assert "1 of 2 kinds" in said
    assert "lungs 71 %" in said
    assert "PET" not in said
    assert "clinic 97 %" in said


def test_a_kind_below_the_wanted_share_is_not_written_as_that_share(make_pack):
    text = "[figures.refused]\nPET = {together = 1.0}\nlungs = {together = 0.988}\n"
    said = figures(make_pack, text)["What its gates refuse and accept"]
    assert "1 of 2 kinds" in said
    assert "refused at 99 % or more" in said
    assert "lungs 98.8 %" in said


def test_each_reading_says_its_purpose_and_all_are_counted(make_pack):
    more = '[[readings]]\ndate = "2026-11-30"\ndata = "toy.npz"\nsplit = "test"\npictures = 150\n'
    more += 'purpose = "a rule"\n'
    said = words(load_card(make_pack(change=lambda card: card + "\n" + more)))["Readings of the test split"]
    assert said.startswith("Readings with these weights: 2")
    assert "toy.npz · 150 pictures · a rule" in said


@pytest.mark.parametrize("name", sorted(BUNDLED))
def test_every_bundled_card_says_what_is_refused_and_what_stands_beside_it(name):
    card = load_card(bundled_folder() / name)
    assert "What its gates refuse and accept" in words(card)
    for source in card.figures.get("left_out", {}).values():
        assert {"thumbnail-logistic", "hog-logistic"} <= set(source)
    if card.operating_point is not None:
        assert "With slightly altered pictures" in words(card)
        assert len(card.readings) >= 2
