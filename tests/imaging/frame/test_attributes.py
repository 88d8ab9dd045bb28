"""What the header says of whether the pixels name the patient."""

import pytest

from medviewer.imaging.frame.attributes import FrameAttributes

CT_IMAGE, CAPTURED, CAPTURED_GRAY = (
    "1.2.840.10008.5.1.4.1.1.2",
    "1.2.840.10008.5.1.4.1.1.7",
    "1.2.840.10008.5.1.4.1.1.7.2",
)


@pytest.mark.parametrize(
    ("modality", "sop_class", "stated", "may"),
    [
        ("CT", CT_IMAGE, "", False),
        ("CT", CT_IMAGE, "YES", True),
        ("CT", CT_IMAGE, "yes", True),
        ("US", "1.2.840.10008.5.1.4.1.1.6.1", "", True),
        ("US", "1.2.840.10008.5.1.4.1.1.6.1", "NO", False),
        ("CT", CAPTURED, "", True),
        ("CT", CAPTURED_GRAY, "", True),
        ("CT", CAPTURED, "NO", False),
        ("MG", "1.2.840.10008.5.1.4.1.1.77.1", "", False),
    ],
)
def test_pixels_may_name_the_patient_where_it_is_said_or_likely_and_not_denied(
    modality: str, sop_class: str, stated: str, may: bool
) -> None:
    attributes = FrameAttributes(modality, sop_class, burned_in_annotation=stated)
    assert attributes.may_show_identity is may
