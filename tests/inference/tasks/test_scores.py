"""One rounding of a score for its number, the threshold beside it, bar and tick."""

import math

import pytest
from hypothesis import given, strategies as st

from medviewer.inference.tasks.scores import MOST_DECIMALS, probability_text, rounded

BAND = (0.26832237320532853, 0.6481782896491157)

shares = st.floats(0, 1)
steps = st.integers(0, 100_000).map(lambda step: step / 100_000)


@pytest.mark.parametrize(
    ("value", "threshold", "text", "beside"),
    [
        (0.81, 0.35, "0.81", "0.35"),
        (0.371, 0.35, "0.37", "0.35"),
        (0.37, 0.35, "0.370", "0.350"),
        (0.3695, 0.3512, "0.369", "0.351"),
        (0.3499, 0.35, "0.349", "0.350"),
        (0.3496, 0.3504, "0.349", "0.350"),
        (0.35, 0.35, "0.350", "0.350"),
        (0.3501, 0.35, "0.350", "0.350"),
        (0.33, 0.35, "0.330", "0.350"),
        (0.3299, 0.35, "0.33", "0.35"),
        (0.998, 0.35, "> 0.99", "0.35"),
        (0.9996, 0.99, "> 0.999", "0.990"),
        (0.0004, 0.01, "< 0.001", "0.010"),
        (0.003, 0.35, "< 0.01", "0.35"),
        (0.40303653, 0.40304722, "0.40304", "0.40305"),  # 0.402 would be false
        (0.40304722, 0.40303653, "0.403", "0.403"),
    ],
)
def test_near_to_the_threshold_a_third_digit_is_written(
    value: float, threshold: float, text: str, beside: str
) -> None:
    score = rounded(value, threshold)
    assert score.text == probability_text(value, threshold) == text
    assert score.threshold_text == beside


@given(value=shares, threshold=st.floats(0.01, 0.99))
def test_what_is_written_lies_on_the_side_that_was_computed(value: float, threshold: float) -> None:
    score = rounded(value, threshold)
    assert score.threshold is not None
    assert (score.value >= score.threshold) == (value >= threshold)
    units = 1 if score.decimals < MOST_DECIMALS else 1.5
    assert abs(score.value - value) <= units * 10.0**-score.decimals + 1e-9
    assert abs(score.threshold - threshold) <= 0.5 * 10.0**-score.decimals + 1e-9
    is_near = abs(value - threshold) <= 0.02 + 1e-9
    assert score.decimals >= 3 if is_near else score.decimals == 2


@pytest.mark.parametrize(
    ("value", "text", "band"),
    [
        (0.648, "0.648", (0.268, 0.648)),  # within: 0.65 would lie beyond
        (0.6484, "0.649", (0.268, 0.648)),  # beyond: 0.648 would lie within
        (0.2681, "0.2681", (0.2683, 0.6482)),  # 0.267 would be false
        (0.2687, "0.269", (0.268, 0.648)),
        (0.4, "0.40", (0.27, 0.65)),
        (0.9, "0.90", (0.27, 0.65)),
    ],
)
def test_a_score_is_written_within_the_band_only_where_nothing_is_called(
    value: float, text: str, band: tuple[float, float]
) -> None:
    score = rounded(value, 0.45, band=BAND)
    assert (score.text, score.band) == (text, band)


@given(value=steps, ends=st.tuples(steps, steps, steps))
def test_what_is_written_lies_on_the_side_of_the_band_that_was_computed(
    value: float, ends: tuple[float, float, float]
) -> None:
    low, threshold, high = sorted(ends)
    score = rounded(value, threshold, band=(low, high))
    assert score.threshold is not None
    assert score.band is not None
    assert (score.value >= score.threshold) == (value >= threshold)
    assert (score.band[0] <= score.value <= score.band[1]) == (low <= value <= high)


def test_within_a_narrow_band_a_score_is_written_within_it() -> None:
    score = rounded(0.0005, 0.00051, band=(0.0005, 0.00051))
    assert (score.value, score.band) == (0.0005, (0.0005, 0.00051))


def test_at_least_so_many_digits_are_written_as_are_asked_for() -> None:
    assert rounded(0.41, 0.4, 5).text == "0.41000"


@pytest.mark.parametrize(
    ("value", "text"), [(0.996, "> 0.99"), (0.994, "0.99"), (0.004, "< 0.01"), (0.5, "0.50")]
)
def test_without_a_threshold_two_digits_are_written_and_never_0_or_1(value: float, text: str) -> None:
    assert probability_text(value) == text


def test_no_number_is_no_number() -> None:
    assert probability_text(math.nan, 0.3) == "nan"
