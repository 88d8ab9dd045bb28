"""Labels of the classes of the bundled models and of the router's kinds."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from medviewer.translation import Capitalized, Message, mark, message

LABELS_KEPT: Final = 64

KINDS: Final[dict[str, str]] = {
    "head_ct": mark("head CT"),
    "chest_ct": mark("chest CT"),
    "abdomen_ct": mark("abdomen CT"),
    "brain_mri": mark("brain MR"),
    "breast_mri": mark("breast MR"),
    "chest_xray": mark("chest X-ray"),
    "hand_xray": mark("hand X-ray"),
    "breast_us": mark("breast ultrasound"),
    "other": mark("none of these"),
}
"""What the bundled router tells apart: its labels, and how they are called."""

LABELS: Final = {
    "hemorrhage": mark("haemorrhage"),
    "no_hemorrhage": mark("no haemorrhage"),
    **KINDS,
    "tumor": mark("tumour"),
    "no_tumor": mark("no tumour"),
    "glioma": mark("glioma"),
    "meningioma": mark("meningioma"),
    "pituitary": mark("pituitary tumour"),
    "lesion": mark("lesion"),
    "no_lesion": mark("no lesion"),
    "normal": mark("normal"),
    "no_finding": mark("no finding of this kind"),
    "pneumonia": mark("pneumonia"),
    "benign": mark("benign lesion"),
    "malignant": mark("malignant lesion"),
}
"""Their classes; what else their cards say is collected for translation from the recipes."""

_OTHERS: Final = {
    frozenset({"glioma", "meningioma", "pituitary"}): message("metastasis, lymphoma and abscess"),
}
"""Kinds that are not among the classes of a model that always names one, by these classes."""


def others_than(labels: Collection[str]) -> Message | None:
    """Return the kinds that a reader could expect beside these classes.

    None where none are known.
    """
    return _OTHERS.get(frozenset(labels))


@dataclass(frozen=True, slots=True)
class FindingWords:
    """Sentences about a finding on pictures.

    Parameters
    ----------
    question, series_question, present, absent : Message
        What a reader is asked of a picture and of a series, and the two answers.
    possible, not_excluded : Message
        Under "Flagged" and "Not flagged".
    of_flagged, of_others : str
        "Of 100 slices that it flags about {count} bleed", and of those that it does not flag.
    one_in : str
        "if 1 slice in {number} bleeds".
    in_test_flagged, in_test_others : str
        The counts of the test: those of the call beside all of them.
    none_found : str
        Of a picture that is not flagged, where another model would have named the kind of finding.
    """

    question: Message
    series_question: Message
    present: Message
    absent: Message
    possible: Message
    not_excluded: Message
    of_flagged: str
    of_others: str
    one_in: str
    in_test_flagged: str
    in_test_others: str
    none_found: str


_FINDINGS: Final = {
    "hemorrhage": FindingWords(
        message("Is there bleeding on this slice?"),
        message("Is there bleeding in this series?"),
        message("Bleeding"),
        message("No bleeding"),
        message("Bleeding possible on this slice."),
        message("Bleeding is not excluded on this slice."),
        mark("Of 100 slices that it flags about {count} bleed, whatever the score"),
        mark("Of 100 slices that it does not flag about {count} bleed, whatever the score"),
        mark("if 1 slice in {number} bleeds"),
        mark("In its test it flagged {of} slices: {count} bled, {others} were false alarms."),
        mark("In its test it did not flag {of} slices: {count} of them bled all the same."),
        mark("No bleeding found"),
    ),
    "tumor": FindingWords(
        message("Is there a tumour on this slice?"),
        message("Is there a tumour in this series?"),
        message("Tumour"),
        message("No tumour"),
        message("Tumour possible on this slice."),
        message("A tumour is not excluded on this slice."),
        mark("Of 100 slices that it flags about {count} show a tumour, whatever the score"),
        mark("Of 100 slices that it does not flag about {count} show a tumour, whatever the score"),
        mark("if 1 slice in {number} shows one"),
        mark("In its test it flagged {of} slices: {count} showed a tumour, {others} were false alarms."),
        mark("In its test it did not flag {of} slices: {count} of them showed a tumour."),
        mark("No tumour found"),
    ),
    "lesion": FindingWords(
        message("Is there a lesion on this picture?"),
        message("Is there a lesion in this series?"),
        message("Lesion"),
        message("No lesion"),
        message("Lesion possible on this picture."),
        message("A lesion is not excluded."),
        mark("Of 100 pictures that it flags about {count} show a lesion, whatever the score"),
        mark("Of 100 pictures that it does not flag about {count} show a lesion, whatever the score"),
        mark("if 1 picture in {number} shows one"),
        mark("In its test it flagged {of} pictures: {count} showed a lesion, {others} were false alarms."),
        mark("In its test it did not flag {of} pictures: {count} of them showed a lesion."),
        mark("No lesion found"),
    ),
}


@lru_cache(LABELS_KEPT)
def finding_words(label: str) -> FindingWords:
    """Return how one speaks of a class as a finding."""
    known = _FINDINGS.get(label)
    if known is not None:
        return known
    named = label_message(label)
    return FindingWords(
        message("Does this picture show it: {label}?", label=label_word(label)),
        message("Does this series show it: {label}?", label=label_word(label)),
        named,
        message("Not seen"),
        message("{label} possible on this picture.", label=named),
        message("{label} is not excluded.", label=named),
        mark("Of 100 pictures that it flags about {count} show it, whatever the score"),
        mark("Of 100 pictures that it does not flag about {count} show it, whatever the score"),
        mark("if 1 picture in {number} shows it"),
        mark("In its test it flagged {of} pictures: {count} showed it, {others} were false alarms."),
        mark("In its test it did not flag {of} pictures: {count} of them showed it."),
        mark("Nothing found"),
    )


def label_word(label: str) -> Message:
    """Return a class label within a sentence."""
    return Message(LABELS.get(label, label.replace("_", " ")))


def label_message(label: str) -> Capitalized:
    """Return a class label as it is shown.

    Translated where the catalogue has it, upper case first.
    """
    return Capitalized(LABELS.get(label, label.replace("_", " ")))
