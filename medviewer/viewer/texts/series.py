"""Texts of a classifier's verdict on a series, translated."""

from medviewer.inference.pack import ModelCard, SeriesPoint, SeriesVerdict
from medviewer.inference.tasks import rate_text, rounded
from medviewer.translation import translate
from medviewer.viewer.texts.caption import label_title


def series_text(card: ModelCard, verdict: SeriesVerdict | None) -> tuple[str, ...]:
    """Return the verdict, its reliability and its open questions.

    Slices are counted from 1. Nothing of a model that has no rule for whole series.
    """
    point = card.series
    if point is None:
        return ()
    if verdict is None:
        low, high = point.spacing_mm
        said = translate(
            "Series: nothing is said; the rule is for neighbouring slices {low:g} to {high:g} mm apart.",
            low=low,
            high=high,
        )
        return (said,)
    score = rounded(verdict.score, point.threshold)
    first, second = (place + 1 for place in verdict.slices)
    facts = {
        "label": label_title(card.positive),
        "first": first,
        "second": second,
        "score": score.text,
        "threshold": score.threshold_text,
    }
    if verdict.is_uncertain:
        said = translate(
            "Series: {label} is uncertain ({score}, slices {first} and {second}). Close to the threshold "
            "({threshold}): {flips} of {of} slight alterations of the pictures turned the answer.",
            **facts,
            flips=verdict.flips,
            of=verdict.changes,
        )
    elif verdict.called:
        said = translate(
            "Series: {label}. Slices {first} and {second} both reach {score}; two neighbours at {threshold} "
            "are needed.",
            **facts,
        )
    else:
        said = translate(
            "Series: {label} is not flagged. No two neighbouring slices reach {threshold}; the most is "
            "{score} (slices {first} and {second}).",
            **facts,
        )
    judged = translate("{judged} of {of} slices were judged.", judged=verdict.judged, of=verdict.of)
    return (said, _worth(point), judged)


def _worth(point: SeriesPoint) -> str:
    return translate(
        "On {n} series, {positive} of them positive: sensitivity {sensitivity}, false-positive rate {rate}.",
        n=point.n,
        positive=point.positive,
        sensitivity=rate_text(point.sensitivity, point.sensitivity_interval),
        rate=rate_text(point.false_positive_rate, point.false_positive_rate_interval),
    )
