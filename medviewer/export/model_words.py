"""The words of the bundled models that are shown, marked for translation."""

from typing import Final

from medviewer.inference.input_contract import KINDS
from medviewer.translation import mark

LABELS: Final = {
    "hemorrhage": mark("haemorrhage"),
    "no_hemorrhage": mark("no haemorrhage"),
    **KINDS,
    "glioma": mark("glioma"),
    "meningioma": mark("meningioma"),
    "pituitary": mark("pituitary tumour"),
    "normal": mark("normal"),
    "pneumonia": mark("pneumonia"),
    "benign": mark("benign lesion"),
    "malignant": mark("malignant lesion"),
}
CARD_TEXTS: Final = (
    mark("Is there a tumour on this slice?"),
    mark("Adults"),
    mark("Children"),
    mark("adults"),
    mark("children"),
    mark("Head CT: haemorrhage on a slice"),
    mark("What a picture shows: modality and region"),
    mark("Brain MR: type of a tumour"),
    mark("Chest X-ray: pneumonia"),
    mark("Breast ultrasound: lesion (demonstration)"),
    mark(
        "Research and education, not for diagnosis. Given one contrast-enhanced T1 slice that shows a "
        "tumour, says how likely it is a glioma, a meningioma or a pituitary tumour. It does not say whether "
        "there is a tumour."
    ),
    mark(
        "Research and education, not for diagnosis. Says which of eight kinds of picture a picture resembles "
        "(head, chest or abdomen CT, brain or breast MR, chest or hand X-ray, breast ultrasound), or none of "
        "them; held against the header, so that a picture with a wrong header is refused."
    ),
    mark(
        "Research and education, not for diagnosis. Says how likely one axial slice of an unenhanced head "
        "CT of an adult shows intracranial haemorrhage of any kind."
    ),
    mark(
        "Research and education, not for diagnosis. Says how likely one frontal chest X-ray shows pneumonia; "
        "children and adults have a calibration and an operating point of their own."
    ),
    mark(
        "Research and education, not for diagnosis. A demonstration: says how likely one breast ultrasound "
        "picture shows no lesion, a benign or a malignant one, as far as 597 pictures of one machine can "
        "teach it."
    ),
)
"""Sentences of bundled cards that are shown; those of other cards are shown as they are written."""
