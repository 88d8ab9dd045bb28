"""Whether an installed model fits a slice, by its header, and which other one does."""

from dataclasses import replace

import pytest

from medviewer.imaging.frame.frame import Frame
from medviewer.inference.pack.card import installed_models
from medviewer.viewer.model_fit import ModelFit, fit_of, part_question
from tests.inference.conftest import attributes, noisy_head, slice_of

HEAD_CT = "head-ct-haemorrhage"


def fit(frame: Frame, chosen: str = HEAD_CT) -> ModelFit:
    (found,) = fit_of(frame, chosen, installed_models())
    return found


@pytest.fixture
def head() -> Frame:
    return slice_of(noisy_head(), attributes=attributes())


def test_where_the_chosen_model_fits_nothing_is_said(head: Frame) -> None:
    assert fit(head) == ModelFit(is_known=True)
    assert not fit(head).message


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"modality": "PT"}, "The modality is PT; the model knows CT only."),
        ({"body_part": "NECK"}, "The body part is NECK"),
        ({"contrast_agent": "Iomeron"}, "Contrast agent was given (Iomeron)"),
    ],
)
def test_where_none_fits_the_reason_is_said(head: Frame, changes: dict, reason: str) -> None:
    said = str(fit(replace(head, attributes=replace(head.attributes, **changes))).message)
    assert said.startswith("No installed model fits this slice. ")
    assert reason in said


def test_what_states_no_body_part_fits_by_the_readers_yes_and_is_offered_to_no_other_model(
    head: Frame,
) -> None:
    nowhere = replace(head, attributes=replace(head.attributes, body_part=""))
    assert not fit(nowhere).message
    assert not fit(nowhere).fits, "that is for the reader to say"
    assert fit(head).fits
    assert str(part_question(nowhere, HEAD_CT)) == (
        "The file does not say which part of the body it shows. Is this a head?"
    )
    assert fit(nowhere, "chest-xray-pneumonia").others == ()


@pytest.mark.parametrize("changes", [{"body_part": "HEAD"}, {"body_part": "", "modality": "MR"}])
def test_of_a_stated_part_and_of_a_header_that_is_refused_nothing_is_asked(
    head: Frame, changes: dict
) -> None:
    assert not part_question(replace(head, attributes=replace(head.attributes, **changes)), HEAD_CT)


def test_another_model_that_fits_is_named(head: Frame) -> None:
    found = fit(head, "chest-xray-pneumonia")
    assert [(one.name, str(one.title)) for one in found.others] == [
        (HEAD_CT, "Head CT: haemorrhage on a slice")
    ]
    assert "A model that fits: Head CT: haemorrhage on a slice." in str(found.message)


def test_a_model_that_is_gone_is_said_to_be(head: Frame) -> None:
    assert "no-such-model" in str(fit(head, "no-such-model").refusal)
