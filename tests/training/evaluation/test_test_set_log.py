"""The readings of a test split.

Counted over the card and the user's log, for these weights and data only.
"""

from dataclasses import replace
from datetime import date

import pytest

from medviewer.inference.pack.packs import WEIGHTS, Pack, find_pack, verify_pack
from medviewer.training.evaluation.test_set_log import note_reading


@pytest.fixture
def pack() -> Pack:
    bundled = verify_pack(find_pack("head-ct-haemorrhage"))
    return replace(bundled, card=replace(bundled.card, readings=()))


def test_each_reading_counts_for_its_own_weights_and_data(pack: Pack) -> None:
    assert [note_reading(pack, "made.npz", "a"), note_reading(pack, "renamed.npz", "a")] == [1, 2]
    assert note_reading(pack, "made.npz", "b") == 1
    retrained = replace(pack, hashes={**pack.hashes, WEIGHTS: "other"})
    assert note_reading(retrained, "made.npz", "a") == 1


def test_readings_before_the_release_stand_on_the_card_and_count(pack: Pack) -> None:
    before = {"date": "2026-11-21", "data": "made.npz", "split": "test", "weights": pack.hashes[WEIGHTS]}
    released = replace(pack, card=replace(pack.card, readings=(before,)))
    assert note_reading(released, "made.npz", "a") == 2


def test_a_reading_that_stands_on_the_card_and_in_the_log_is_one(pack: Pack) -> None:
    """Whoever releases a model has its reading in the log, and the release puts it onto the card."""
    note_reading(pack, "made.npz", "a")
    today = date.today().isoformat()
    before = {"date": today, "data": "made.npz", "split": "test", "weights": pack.hashes[WEIGHTS]}
    released = replace(pack, card=replace(pack.card, readings=(before,)))
    assert note_reading(released, "made.npz", "a") == 2
    assert note_reading(released, "made.npz", "a") == 3
