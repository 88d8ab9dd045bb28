"""Words for a verdict that the reader gave in an earlier session."""

import datetime
from typing import TYPE_CHECKING

from medviewer.inference.labels import finding_words, label_message
from medviewer.inference.verdicts import CANNOT_TELL
from medviewer.translation import translate

if TYPE_CHECKING:
    from medviewer.inference.verdicts import VerdictRow


def earlier_title(row: "VerdictRow") -> str:
    """Return "Your verdict of 2026-11-02", which gives no answer away."""
    return translate("Your verdict of {date}", date=verdict_date(row))


def earlier_text(row: "VerdictRow", *, hides: bool) -> str:
    """Return a verdict of an earlier session as a line.

    Parameters
    ----------
    hides : bool
        The model's answer is hidden until the reader's own: then only a reading that was given before it was
        seen is told, for what was said in sight of the answer gives it away.
    """
    # guard(test): with reader first an earlier verdict does not give the answer away
    if hides and not (row.reading_at and row.blind == "yes"):
        return translate("{verdict}: shown after your reading.", verdict=earlier_title(row))
    label = row.reading if hides else row.own_label
    return translate("{verdict}: {answer}", verdict=earlier_title(row), answer=answer_words(row, label))


def answer_words(row: "VerdictRow", label: str) -> str:
    """Return the words of a label among the answers to a verdict's question."""
    if label == CANNOT_TELL:
        return translate("Unsure")
    if not row.finding:
        return label_message(label).for_user()
    words = finding_words(row.finding)
    return (words.present if label == row.finding else words.absent).for_user()


def verdict_date(row: "VerdictRow") -> str:
    """Return the day of a verdict, where the reader is."""
    try:
        return datetime.datetime.fromisoformat(row.time).astimezone().date().isoformat()
    except ValueError:
        return row.time
