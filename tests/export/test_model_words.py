"""Whatever a bundled model's card shows has words that are translated."""

import pytest

from medviewer.export.model_words import CARD_TEXTS, LABELS
from medviewer.inference.bundled import BUNDLED
from medviewer.inference.model_card import bundled_folder, load_card


@pytest.mark.parametrize("name", sorted(BUNDLED))
def test_labels_title_purpose_question_and_populations_have_words(name: str) -> None:
    card = load_card(bundled_folder() / name)
    shown = {card.title, card.intended_use, card.input.question, *(group.title for group in card.populations)}
    assert shown - {""} <= set(CARD_TEXTS)
    assert set(card.labels) <= set(LABELS)
