"""The card: one word, one number, one sentence, and nothing that can be read as another answer."""

from typing import Any

import pytest

from medviewer.inference.explanation.heat_map import HeatMap
from medviewer.inference.pack.packs import bundled_folder, load_card
from medviewer.inference.result import Gate, ModelResult, OperatingPoint, ResultKey
from medviewer.inference.stability import Stability
from medviewer.inference.tasks.call_counts import CallCounts, counts_of
from medviewer.translation import Message, mark, message
from medviewer.viewer.texts import result_text
from medviewer.viewer.texts.ai_card import AiCard, CardState, card_before, card_of
from tests.made_results import answered, failed, refused

KEY = ResultKey("1.2.3", 1, "pixels", "preprocessing", "b7db3861ffff", "content")
CONTRAST = Gate("contrast", False, mark("contrast agent {agent} given"), (("agent", "Iomeron"),))
COUNTS = CallCounts(hits=58, misses=5, false_alarms=149, passed=290)


def card(score: float, *, one_in: float = 0.0, **more: Any) -> AiCard:
    said: dict[str, Any] = {
        "probabilities": (("no_hemorrhage", 1 - score), ("hemorrhage", score)),
        "operating_point": OperatingPoint(0.0891, 0.92, 0.66),
        "positive_label": "hemorrhage",
        "counts": COUNTS,
    }
    return card_of(answered(KEY, **(said | more)), one_in)


def test_a_flagged_slice_is_one_word_one_number_and_one_sentence() -> None:
    said = card(0.667)
    assert said.state is CardState.FLAGGED
    assert (said.word, said.score, said.sentence) == ("Flagged", "0.67", "Bleeding possible on this slice.")
    assert said.source == "1.0 · b7db3861"
    assert said.named == ()  # no second bar can be taken for the answer


def test_what_is_not_flagged_is_never_called_normal() -> None:
    said = card(0.04)
    assert said.state is CardState.NOT_FLAGGED
    assert (said.word, said.score, said.sentence) == (
        "Not flagged",
        "0.04",
        "Bleeding is not excluded on this slice.",
    )


def test_an_answer_that_hangs_on_tiny_changes_says_so_wherever_its_score_lies() -> None:
    turned = Stability("hemorrhage", 16, 0.3, 0.6, 4)
    for band, said in (
        (None, "answer not stable"),
        ((0.4, 0.6), "answer not stable"),
        ((0.3, 0.6), "in its unsure range"),
    ):
        shown = card(0.36, operating_point=OperatingPoint(0.51, 0.9, 0.7, uncertain=band), stability=turned)
        assert (shown.state, shown.caveat) == (CardState.UNCERTAIN, said)
        assert shown.scale is not None
        assert shown.scale.place == said


@pytest.mark.parametrize("score", [0.0, 0.003, 0.07, 0.0885, 0.0890, 0.0891, 0.0899, 0.109, 0.5, 0.998, 1.0])
def test_score_threshold_and_marker_are_of_one_rounding(score: float) -> None:
    said = card(score)
    assert said.scale is not None
    assert said.scale.is_flagged == (score >= 0.0891) == (said.state is CardState.FLAGGED)
    digits = len(said.scale.text.partition(".")[2])
    assert digits == (3 if abs(score - 0.0891) <= 0.02 else 2)
    assert said.score.lstrip("<> ") <= "0.99"
    if said.score[0] not in "<>":
        assert said.score == f"{said.scale.value:.{digits}f}"
        assert (float(said.score) >= float(said.scale.text)) == said.scale.is_flagged


def test_within_the_band_it_is_uncertain_and_gives_no_counts() -> None:
    said = card(0.15, operating_point=OperatingPoint(0.0891, 0.92, 0.66, uncertain=(0.05, 0.2)))
    assert said.state is CardState.UNCERTAIN
    assert (said.word, said.score) == ("Uncertain", "0.15")
    assert said.sentence == "Neither answer can be ruled out."
    assert said.frequencies is None
    assert said.scale is not None
    assert (said.scale.low, said.scale.high) == (0.05, 0.2)


@pytest.mark.parametrize(
    ("score", "state", "text"),
    [(0.6480, CardState.UNCERTAIN, "0.648"), (0.6484, CardState.FLAGGED, "0.649")],
)
def test_near_the_end_of_the_band_number_marker_and_band_say_what_the_word_says(
    score: float, state: CardState, text: str
) -> None:
    point = OperatingPoint(0.4553, 0.92, 0.66, uncertain=(0.26832237, 0.64817829))
    said = card(score, operating_point=point)
    assert (said.state, said.score) == (state, text)
    assert said.scale is not None
    inside = said.scale.low <= said.scale.value <= said.scale.high
    assert inside is (state is CardState.UNCERTAIN)


def test_a_class_without_a_threshold_is_no_finding() -> None:
    said = card_of(
        answered(
            KEY,
            probabilities=(("benign", 0.97), ("malignant", 0.02), ("normal", 0.01)),
            label="benign",
            operating_point=None,
            positive_label="",
        )
    )
    assert said.state is CardState.NAMED
    assert said.word == "Most like benign lesion"
    assert "always names one of these 3" in said.sentence
    assert said.scale is None
    assert [(one.title, one.score.text, one.is_most) for one in said.named] == [
        ("Benign lesion", "0.97", True),
        ("Malignant lesion", "0.02", False),
        ("Normal", "0.01", False),
    ]


def test_a_kind_that_slight_changes_replace_is_not_named_without_a_word() -> None:
    def card(led: int) -> AiCard:
        kinds = (("benign", 0.66), ("malignant", 0.31), ("normal", 0.03))
        told = Stability("benign", 16, 0.25, 0.86, None, (), led)
        return card_of(
            answered(
                KEY,
                probabilities=kinds,
                label="benign",
                operating_point=None,
                positive_label="",
                stability=told,
            )
        )

    turned, steady = card(4), card(0)
    assert turned.sentence.startswith("In 4 of 16 slightly altered pictures another kind led. ")
    assert "another kind led" not in " ".join((*turned.details, steady.sentence, *steady.details))
    for said in (turned, steady):
        assert said.details[-1] == (
            "16 slightly altered pictures: the score of the kind that is named goes from 0.25 to 0.86"
        )
        assert "bracket" not in " ".join(said.details).lower()


def _texts(said: AiCard) -> str:
    parts = [said.word, said.score, said.sentence, *said.details, *said.cautions]
    return " ".join([*parts, *(f"{one.title} {one.score.text}" for one in said.named)])


def test_an_overridden_refusal_has_a_struck_class_and_no_figure_at_all() -> None:
    said = card(0.81, overridden=CONTRAST, population="adults", population_title="adults")
    assert said.state is CardState.OVERRIDDEN
    assert said.is_struck
    assert (said.word, said.caveat, said.struck) == ("Not valid for this picture", "", "Haemorrhage")
    assert (said.score, said.scale, said.named, said.frequencies) == ("", None, (), None)
    assert "contrast agent Iomeron given" in " ".join(said.cautions)
    assert not any(letter.isdigit() for letter in _texts(said))


def test_a_refusal_and_a_failure_say_why_in_the_same_place() -> None:
    no = card_of(refused(KEY, CONTRAST))
    assert (no.state, no.word, no.score) == (CardState.REFUSED, "Not judged", "")
    assert no.sentence == "contrast agent Iomeron given"
    broken = card_of(failed(KEY, message("invalid numbers in the {where}", where="pixels")))
    assert (broken.state, broken.word) == (CardState.FAILED, "No result")
    assert broken.sentence == "invalid numbers in the pixels"


def test_before_an_answer_the_card_says_what_is_the_case() -> None:
    assert card_before(misfit="", working=False, has_slice=True).word == "Not asked yet"
    misfit = card_before(misfit="The modality is US.", working=False, has_slice=True)
    assert (misfit.state, misfit.sentence) == (CardState.DOES_NOT_FIT, "The modality is US.")
    assert card_before(misfit="x", working=True, has_slice=True).state is CardState.RUNNING
    assert card_before(misfit="x", working=False, has_slice=False).word == "No picture"


def test_frequencies_are_of_all_slices_with_the_call_and_not_of_this_score() -> None:
    low, high, of_others = (card(score, one_in=8).frequencies for score in (0.32, 0.70, 0.04))
    assert low is not None
    assert of_others is not None
    assert low == high
    assert low.said == "Of 100 slices that it flags about 28 bleed, whatever the score"
    assert low.in_test == "In its test it flagged 207 slices: 58 bled, 149 were false alarms."
    assert of_others.said == "Of 100 slices that it does not flag about 2 bleed, whatever the score"
    in_test = "In its test it did not flag 295 slices: 5 of them bled all the same."
    assert of_others.in_test == in_test
    assert (low.before, low.behind) == ("if 1 slice in", "bleeds")


@pytest.mark.parametrize("score", [0.667, 0.04])
def test_no_count_of_a_hundred_is_said_before_the_reader_says_how_common_it_is(score: float) -> None:
    found = card(score).frequencies
    assert found is not None
    assert (found.count, found.one_in) == (None, 0)
    assert "100" not in found.said
    assert found.in_test.startswith("In its test ")


@pytest.mark.parametrize(
    ("score", "said"),
    [(0.36, "above its threshold · not a probability"), (0.04, "below its threshold · not a probability")],
)
def test_the_band_says_the_side_of_the_threshold_and_no_figure(score: float, said: str) -> None:
    shown = card(score, calibrated=False)
    assert shown.caveat == said
    in_sight = " ".join((shown.word, shown.caveat, shown.sentence))
    assert not any(letter.isdigit() for letter in in_sight)
    assert shown.details[0] == f"Score {shown.score} · threshold 0.09"


@pytest.mark.parametrize(("one_in", "count"), [(1, 100), (2, 73), (8, 28), (50, 5), (1000, 0)])
def test_the_reader_sets_how_common_the_finding_is(one_in: float, count: int) -> None:
    found = card(0.667, one_in=one_in).frequencies
    assert found is not None
    assert found.count == count
    assert "it flagged 207 slices: 58 bled" in found.in_test  # facts stay
    said = {0: "< 1", 100: "> 99"}.get(count, str(count))
    assert f"about {said} bleed" in found.said


@pytest.mark.parametrize(("misses", "is_said"), [(3, False), (20, True)])
def test_where_many_were_missed_the_card_cautions(misses: int, is_said: bool) -> None:
    found = card(0.04, counts=CallCounts(28, misses, 9, 33)).frequencies
    assert found is not None
    assert found.misses is is_said


def test_counts_agree_with_the_rates_of_a_bundled_card() -> None:
    of = load_card(bundled_folder() / "head-ct-haemorrhage")
    point = of.operating_point
    assert point is not None
    counts = counts_of(of.figures, of.labels, of.positive, point.threshold)
    assert counts == COUNTS
    assert counts.hits / (counts.hits + counts.misses) == pytest.approx(point.sensitivity)
    assert counts.passed / (counts.passed + counts.false_alarms) == pytest.approx(point.specificity)


@pytest.mark.parametrize(
    "test",
    [
        None,
        {},
        {"confusion": [[1, 2], [3, 4]]},
        {"confusion": [[1, 2], [3, 4]], "threshold": 0.4},
        {"confusion": [[1, 2], [3, -4]], "threshold": 0.5},
        {"confusion": [[1, 2], [3, True]], "threshold": 0.5},
        {"confusion": [[1, 2], [0, 0]], "threshold": 0.5},
        {"confusion": [[0, 0], [3, 4]], "threshold": 0.5},
        {"confusion": [[1, 2]], "threshold": 0.5},
        {"confusion": "ab", "threshold": 0.5},
        {"confusion": ["ab", "cd"], "threshold": 0.5},
    ],
)
def test_counts_that_a_card_cannot_mean_are_not_said(test: object) -> None:
    assert counts_of({"test": test}, ("no", "yes"), "yes", 0.5) is None


def test_a_result_without_counts_says_the_rates() -> None:
    said = card(0.667, counts=None)
    assert said.frequencies is None
    assert any("Sensitivity 0.92" in line for line in said.details)


def test_a_struck_result_stays_struck_when_it_is_copied() -> None:
    result = answered(KEY, overridden=CONTRAST)
    again = ModelResult(**{name: getattr(result, name) for name in result.__slots__})
    assert card_of(again) == card_of(result)


def test_every_line_of_card_and_chip_begins_with_a_capital() -> None:
    point = OperatingPoint(0.0891, 0.92, 0.66, uncertain=(0.05, 0.2))
    note = Gate("lossy", True, "small word.")
    heat = HeatMap("haemorrhage", reason=Message("small word."))
    results = [
        answered(KEY, notes=(note,), calibrated=False, population_title="children", heat_map=heat),
        answered(
            KEY, notes=(note,), probabilities=(("haemorrhage", 0.1), ("no", 0.9)), operating_point=point
        ),
        answered(KEY, notes=(note,), stability=Stability("haemorrhage", 16, 0.3, 0.4, 4)),
        answered(KEY, notes=(note,), operating_point=None, positive_label=""),
        answered(KEY, notes=(note,), overridden=Gate("modality", False, "small word.")),
        refused(KEY, Gate("modality", False, "small word.")),
    ]
    for result in results:
        said, shown = result_text(result), card_of(result)
        lines = (*said.details, *said.cautions, *shown.details, *shown.cautions)
        assert lines
        assert [line for line in lines if line[:1].islower()] == []


def test_what_was_forced_says_beside_its_struck_word_that_it_is_not_valid() -> None:
    forced = card_of(answered(KEY, overridden=CONTRAST))
    assert forced.is_struck
    assert (forced.word, forced.score) == ("Not valid for this picture", "")
    assert forced.struck == "Haemorrhage"


def test_a_model_that_would_refuse_is_not_said_to_be_merely_unasked() -> None:
    said = card_before(misfit="It is MR.", working=False, has_slice=True)
    assert (said.word, said.sentence) == ("Would be refused", "It is MR.")
