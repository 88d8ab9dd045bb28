"""A view that only a description names is refused where it is another one, and noted where none is."""

import pytest

from medviewer.inference.gates.suitability import GATES
from medviewer.inference.pack.packs import bundled_folder, load_card
from tests.inference.conftest import attributes, noisy_head, slice_of

OTHERS = (
    *("AP LORDOTIC", "Chest AP lordotic view", "tórax AP lordótica", "胸部前弓位", "Lindblom ap"),
    *("CHEST PA OBLIQUE", "Thorax p.a. schräg", "tórax PA oblicua", "胸部正位 斜位"),
    *("Thorax ap, LLD", "AP DECUBITUS", "thorax décubitus face AP", "胸部右侧卧位", "胸部側臥位"),
    *("Chest lateral", "tórax perfil", "torace laterolaterale", "胸部侧位", "胸部側面"),
)
OURS = ("Chest", "Chest PA", "Thorax p.a. und seitlich", "Chest PA and lateral", "胸部正位", "")


def view_gate(description, view=""):
    contract = load_card(bundled_folder() / "chest-xray-pneumonia").input
    facts = attributes(modality="DX", view_position=view, series_description=description)
    frame = slice_of(noisy_head(), attributes=facts)
    [found] = [one for one in (gate(frame, contract) for gate in GATES) if one.name == "view"]
    return found


@pytest.mark.parametrize("description", OTHERS)
def test_another_view_in_a_description_is_refused_by_its_words(description):
    found = view_gate(description)
    assert not found.passed
    assert dict(found.facts) == {"view": description}


@pytest.mark.parametrize("description", OURS)
def test_a_view_of_the_card_or_none_is_noted(description):
    found = view_gate(description)
    assert (found.passed, found.statement) == (True, "View position not stated.")


@pytest.mark.parametrize("description", OTHERS)
def test_what_the_field_states_comes_before_a_description(description):
    assert view_gate(description, "PA").passed
    assert not view_gate("Chest PA", "AP LORDOTIC").passed
