"""An image of which a part is missing is refused by every model."""

import pytest

from medviewer.imaging.frame.damage import Damage
from medviewer.inference.gates.suitability import GATES, first_failed
from medviewer.viewer.texts.caption import gate_statement
from tests.inference.conftest import CONTRACT, attributes, noisy_head, slice_of


@pytest.mark.parametrize(
    ("missing", "words"),
    [(0.004, "less than 1 %"), (0.3, "about 30 %"), (0.999, "about 99 %"), (None, "a part of it")],
)
def test_a_damaged_image_is_refused_before_anything_else(missing, words):
    frame = slice_of(noisy_head(), attributes=attributes(modality="MR"), damage=Damage(missing))
    gate = first_failed(tuple(gate(frame, CONTRACT) for gate in GATES))
    assert gate.name == "damage"
    assert words in gate_statement(gate)
