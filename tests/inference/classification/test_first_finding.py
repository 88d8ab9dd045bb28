"""A model that names a kind answers only where another model finds something."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from medviewer.export.result_table import result_row
from medviewer.inference.classification.classifier import Classifier, load_classifier
from medviewer.inference.classification.series import classify_series
from medviewer.inference.pack.packs import bundled_folder, load_card
from medviewer.inference.result import FIRST
from medviewer.viewer.commands.images.classification import can_be_overridden
from medviewer.viewer.texts.ai_card import card_of
from medviewer.viewer.texts.caption import result_text
from tests.inference.conftest import attributes, noisy_head, slice_of

Made = Callable[..., Path]


def chain(make_pack: Made, change: Callable[[str], str], own: Callable[[str], str] = str) -> Classifier:
    """Return a toy that asks another toy first, whose card is changed."""
    first = make_pack(
        f"finder {id(change)}", lambda text: change(text.replace('title = "Toy"', 'title = "Finder"'))
    )
    ask = f'[input]\nasks_first = "{first.as_posix()}"'
    return load_classifier(
        make_pack(f"namer {id(change)}", lambda text: own(text.replace("[input]", ask))), "cpu"
    )


def at(threshold: float) -> Callable[[str], str]:
    return lambda text: text.replace("threshold = 0.4", f"threshold = {threshold}")


def test_it_answers_where_the_other_one_finds_something(make_pack: Made) -> None:
    result = chain(make_pack, at(0.0)).classify(slice_of(noisy_head()))
    assert result.is_valid
    assert result.first is not None
    assert result.first.model == "toy"
    [note] = [note for note in result.notes if note.name == FIRST]
    assert str(note.message).startswith("“Finder” flags this picture (")


@pytest.mark.parametrize(
    ("change", "said", "called"),
    [
        (at(1.0), "“Finder” does not flag this picture (", "Nothing found"),
        (
            lambda text: text.replace("threshold = 0.4", "threshold = 0.4\nuncertain = [0.0, 1.0]"),
            "“Finder” is uncertain about this picture (",
            "Not judged",
        ),
        (
            lambda text: text.replace('plane = "axial"', 'plane = "coronal"'),
            "The picture lies 90° off",
            "Not judged",
        ),
    ],
)
def test_nothing_is_named_where_it_does_not(
    change: Callable[[str], str], said: str, called: str, make_pack: Made
) -> None:
    classifier, frame = chain(make_pack, change), slice_of(noisy_head())
    for override in (False, True):
        result = classifier.classify(frame, override=override)
        assert result.content is None
        assert result.refusal is not None
        assert result.refusal.name == FIRST
        assert str(result.reason).startswith(said)
        assert str(result.headline) == called
        assert (card_of(result).word, result_text(result).headline) == (called, called)
        assert not can_be_overridden(result)
    row = result_row(result)
    assert (row["status"], row["gate"], row["label"]) == ("refused", FIRST, None)


def test_the_other_one_is_not_asked_about_what_this_one_refuses(make_pack: Made) -> None:
    classifier = chain(make_pack, at(1.0))
    result = classifier.classify(slice_of(noisy_head(), attributes=attributes(body_part="CHEST")))
    assert result.refusal is not None
    assert result.refusal.name == "body part"
    assert can_be_overridden(result)


def test_each_slice_of_a_batch_has_its_own_verdict(make_pack: Made) -> None:
    classifier = chain(make_pack, at(0.0))
    frames = [
        slice_of(noisy_head(), attributes=attributes(body_part="CHEST")),
        slice_of(noisy_head()),
        slice_of(noisy_head(1), attributes=attributes(modality="MR")),
        slice_of(noisy_head(2)),
    ]
    results = list(classify_series(classifier, frames))
    assert [result.is_valid for result in results] == [False, True, False, True]
    for frame, result in zip(frames, results, strict=True):
        assert result.key == classifier.key(frame)
        assert result.first is None or result.first.key.pixel_sha256 == frame.pixel_sha256


def test_another_finder_makes_another_key(make_pack: Made) -> None:
    frame = slice_of(noisy_head())
    changes = at(0.0), at(1.0)
    keys = [chain(make_pack, change).key(frame) for change in changes]
    assert keys[0] != keys[1]


def test_the_reader_is_still_asked_and_what_is_overridden_has_no_finding(make_pack: Made) -> None:
    def asking(text: str) -> str:
        return text.replace('plane = "axial"', 'plane = "axial"\nquestion = "Is there one?"')

    classifier = chain(make_pack, at(0.0), asking)
    frame = slice_of(noisy_head())
    refusal = classifier.classify(frame).refusal
    assert refusal is not None
    assert refusal.name == "question"
    assert classifier.classify(frame, answered=True).first is not None
    forced = classifier.classify(
        replace(frame, attributes=attributes(body_part="CHEST")), override=True, answered=True
    )
    assert (forced.is_valid, forced.first) == (False, None)


def test_the_bundled_model_for_the_type_of_a_tumour_asks_for_the_tumour_first() -> None:
    card = load_card(bundled_folder() / "brain-mr-tumour-type")
    assert card.input.asks_first == "brain-mr-tumour"
    assert load_card(bundled_folder() / card.input.asks_first).positive == "tumor"
