"""The words for the classes of the bundled models."""

from typing import Final

from medviewer.inference.pack import KINDS
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
"""Their classes; what else their cards say is collected for translation from the recipes."""
