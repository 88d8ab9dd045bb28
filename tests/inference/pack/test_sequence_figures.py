"""A score stands beside the figures of its own MR sequence, the same on the card and in every export."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from medviewer.inference.classification.classifier import load_classifier
from medviewer.inference.pack.card import ModelCard
from medviewer.inference.pack.packs import find_pack, installed_models, load_card
from medviewer.inference.pack.sequence_figures import GROUPS, for_sequence, sequence_group
from medviewer.inference.result import ModelResult, ResultKey
from medviewer.inference.tasks import TASKS
from medviewer.inference.tasks.classification import Classification
from medviewer.plain_text import as_line
from medviewer.viewer.texts.ai_card import card_of
from medviewer.viewer.texts.caption import result_text
from tests.inference.conftest import attributes, noisy_head, slice_of

KEY = ResultKey("1.2.3", 1, "pixels", "preprocessing", "b7db3861ffff", "content")
CARDS = {model.name: load_card(find_pack(model.name)) for model in installed_models()}
TUMOUR = CARDS["brain-mr-tumour"]


def result_of(card: ModelCard, logits: list[float], **more: Any) -> ModelResult:
    outputs = SimpleNamespace(
        logits=np.array(logits, np.float32),
        embedding=np.zeros(1, np.float32),
        feature_map=np.zeros((1, 2, 2)),
    )
    content = TASKS["classification"].decode(outputs, card)  # type: ignore[arg-type]
    return ModelResult(KEY, (), content, None, card.name, card.version, "classification", **more)


@pytest.mark.parametrize(
    ("named", "name", "rates"),
    [
        ({"T1": "T1"}, "t1gd", "sensitivity 0.58 "),
        ({"FLAIR": "FLAIR"}, "flair", "sensitivity 0.79 "),
        ({"FLAIR": "FLAIR", "T2": "T2"}, "flair", "sensitivity 0.79 "),
        ({}, "", "sensitivity 0.69 "),
        ({"T1": "T1", "STIR": "STIR"}, "", "sensitivity 0.69 "),
    ],
)
def test_figures_are_those_of_the_named_sequence(named: dict[str, str], name: str, rates: str) -> None:
    group = sequence_group(TUMOUR, named)
    assert (group.name if group else "") == name
    card = for_sequence(TUMOUR, group)
    content = result_of(card, [0.0, 3.0]).content
    assert isinstance(content, Classification)
    assert content.operating_point is not None
    assert TUMOUR.operating_point is not None
    assert content.operating_point.threshold == TUMOUR.operating_point.threshold
    assert str(TASKS["classification"].words(content).rates).startswith(rates)
    stated = TUMOUR.figures["test"]["subgroups"][name] if name else TUMOUR.figures["test"]
    (passed, alarms), (misses, hits) = stated["confusion"]
    counts = content.counts
    assert counts is not None
    assert (counts.hits, counts.misses, counts.false_alarms, counts.passed) == (hits, misses, alarms, passed)


def test_other_models_have_no_figures_of_a_sequence() -> None:
    for card in CARDS.values():
        if card is not TUMOUR:
            assert sequence_group(card, {"T1": "T1"}) is None
            assert for_sequence(card, GROUPS["T1"]) is card


def test_the_card_and_an_export_say_the_same_rates() -> None:
    for card in CARDS.values():
        if card.operating_point is None:
            continue
        for group in (None, *GROUPS.values()):
            at = for_sequence(card, group)
            place = card.labels.index(card.positive)
            result = result_of(at, [6.0 * (one == place) for one in range(len(card.labels))])
            content = result.content
            assert isinstance(content, Classification)
            rates = str(TASKS["classification"].words(content).rates)
            assert as_line(rates) in card_of(result).details
            assert as_line(rates) in result_text(result).details
            counts = content.counts
            if counts is not None:
                assert rates.startswith(f"sensitivity {counts.sensitivity:.2f} ")
                assert f"specificity {counts.specificity:.2f} " in rates


def test_counts_of_another_test_than_the_rates_are_not_shown() -> None:
    point = TUMOUR.operating_point
    assert point is not None
    other = replace(TUMOUR, operating_point=replace(point, sensitivity=0.9))
    content = result_of(other, [0.0, 3.0]).content
    assert isinstance(content, Classification)
    assert content.counts is None


FIGURES = """
[figures.test.subgroups.t1gd]
confusion = [[8, 2], [5, 5]]
recall = { clean = 0.8, bleed = 0.5 }
specificity = { clean = 0.5, bleed = 0.8 }
"""


def test_a_classifier_answers_with_the_figures_of_the_sequence(make_pack: Callable[..., Path]) -> None:
    classifier = load_classifier(make_pack("toy", lambda text: text + FIGURES), "cpu")
    for description, name, sensitivity in (("T1 post", "t1gd", 0.5), ("Head", "", 0.9)):
        named = replace(attributes(), series_description=description)
        result = classifier.classify(slice_of(noisy_head(), attributes=named))
        content = result.content
        assert isinstance(content, Classification)
        assert content.operating_point is not None
        assert content.operating_point.sensitivity == sensitivity
        assert (result.population, bool(result.population_title)) == (name, bool(name))
