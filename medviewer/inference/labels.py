"""Labels of the classes of the bundled models and of the router's kinds."""

from typing import Final

from medviewer.translation import Capitalized, mark

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
    "glioma": mark("glioma"),
    "meningioma": mark("meningioma"),
    "pituitary": mark("pituitary tumour"),
    "normal": mark("normal"),
    "pneumonia": mark("pneumonia"),
    "benign": mark("benign lesion"),
    "malignant": mark("malignant lesion"),
}
"""Their classes; what else their cards say is collected for translation from the recipes."""


def label_message(label: str) -> Capitalized:
    """Return a class label as it is shown.

    Translated where the catalogue has it, upper case first.
    """
    return Capitalized(LABELS.get(label, label.replace("_", " ")))
