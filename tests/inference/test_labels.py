"""Whatever a bundled model's card shows has words that are translated."""

from functools import cache

import pytest

from medviewer.inference.labels import LABELS
from medviewer.inference.pack.bundled_hashes import BUNDLED
from medviewer.inference.pack.packs import bundled_folder, load_card
from tests.test_catalogue import translations


@cache
def texts_to_translate() -> frozenset[str]:
    """Return the texts of all sources, which takes seconds to find."""
    return frozenset(message.id for message in translations.texts_in_sources())


@pytest.mark.parametrize("name", sorted(BUNDLED))
def test_a_card_shows_nothing_that_is_not_translated(name: str) -> None:
    card = load_card(bundled_folder() / name)
    statement = card.data_statement.partition(" SHA-256 of the data: ")[0]
    shown = {card.title, card.intended_use, card.input.question, card.licence, statement, *card.limits}
    shown |= {population.title for population in card.populations}
    assert shown - {""} <= texts_to_translate()
    assert set(card.labels) <= set(LABELS)
