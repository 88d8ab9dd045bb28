"""Whether an installed model fits a slice, by its header, and which other one does."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.damage import Damage
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.modality import Rescale
from medviewer.inference import pack
from medviewer.inference.pack import find_pack, load_card
from medviewer.inference.pack.packs import installed_models
from medviewer.viewer.models import fit as model_fit
from medviewer.viewer.models.fit import ModelFit, fit_of, followed_fit, part_question, takes_series
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
    ("changes", "said"),
    [
        ({"modality": "PT"}, "No installed model is made for PET of the head."),
        ({"body_part": "NECK"}, "No installed model is made for CT of the neck."),
        ({"body_part": "", "modality": "PT"}, "No installed model is made for PET of this kind."),
        (
            {"body_part": "HEADNECK", "modality": "PT"},
            "No installed model is made for PET of the head and neck.",
        ),
        (
            {"contrast_agent": "Iomeron"},
            "No installed model fits this slice. “Head CT: haemorrhage on a slice”: Contrast agent was given",
        ),
    ],
)
def test_where_none_fits_the_reason_is_said(head: Frame, changes: dict, said: str) -> None:
    found = fit(replace(head, attributes=replace(head.attributes, **changes)))
    assert not found.others
    assert str(found.message).startswith(said)


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"patient_age_years": None}, "Age not stated."),
        ({"contrast_agent": ""}, "Contrast agent not stated."),
        ({"image_type": ()}, "Image type not stated."),
        ({"body_part": ""}, "Body part not stated."),
    ],
)
def test_what_is_not_stated_is_told_before_it_is_asked(head: Frame, changes: dict, note: str) -> None:
    found = fit(replace(head, attributes=replace(head.attributes, **changes)))
    assert not found.refusal
    assert not found.is_stated
    assert note in [str(one) for one in found.notes]


def test_what_is_stated_beside_the_point_is_noted_and_fits(head: Frame) -> None:
    found = fit(replace(head, attributes=replace(head.attributes, lossy=True)))
    assert found.is_stated
    assert [str(one) for one in found.notes] == ["The picture was compressed with loss."]


def test_a_picture_of_no_stated_kind_is_said_to_be_such(head: Frame) -> None:
    found = fit(replace(head, attributes=replace(head.attributes, modality="", body_part="KNEE")))
    assert found.is_unmade
    assert str(found.message) == "No installed model is made for such pictures."


def followed(frame: Frame, chosen: str) -> tuple[str, ModelFit]:
    (found,) = followed_fit(frame, chosen, installed_models())
    return found


def test_the_model_follows_the_header_whatever_was_chosen_before(head: Frame) -> None:
    for chosen in ("chest-xray-pneumonia", "brain-mr-tumour", HEAD_CT):
        name, found = followed(head, chosen)
        assert name == HEAD_CT
        assert found.fits
    brain = replace(
        head.attributes, modality="MR", image_type=("ORIGINAL", "PRIMARY"), series_description="AX FLAIR"
    )
    name, found = followed(replace(head, attributes=brain, modality=Rescale()), HEAD_CT)
    assert name == "brain-mr-tumour"


def test_the_router_tells_apart_what_states_no_body_part(
    head: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = replace(head, attributes=replace(head.attributes, body_part=""))
    seen: dict[str, float] = {"head_ct": 0.9}
    router = SimpleNamespace(prepare=lambda frame: frame, probabilities=lambda _batch: [seen])
    monkeypatch.setattr(model_fit, "router", lambda: router)
    name, found = followed(nowhere, "chest-xray-pneumonia")
    assert name == HEAD_CT
    assert found.asks  # it is still for the reader to say
    seen["head_ct"] = 0.3
    assert followed(nowhere, "brain-mr-tumour")[0] == HEAD_CT, "no model of another modality stays"


def test_where_no_model_fits_the_chosen_one_stays(head: Frame) -> None:
    neck = replace(head, attributes=replace(head.attributes, body_part="NECK"))
    name, found = followed(neck, HEAD_CT)
    assert name == HEAD_CT
    assert str(found.message) == "No installed model is made for CT of the neck."


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


def test_the_model_made_for_such_images_refuses_a_damaged_one(head: Frame) -> None:
    name, found = followed(replace(head, damage=Damage(0.02)), HEAD_CT)
    assert name == HEAD_CT
    assert str(found.message).endswith(
        "“Head CT: haemorrhage on a slice”: The picture is damaged: about 2 % of it is missing."
    )
    knee = replace(head.attributes, body_part="KNEE")
    _, found = followed(replace(head, attributes=knee, damage=Damage(0.02)), HEAD_CT)
    assert str(found.message) == "No installed model is made for CT of the knee."


def test_a_model_that_is_gone_is_said_to_be(head: Frame) -> None:
    assert "no-such-model" in str(fit(head, "no-such-model").refusal)


def test_of_a_film_that_no_model_answers_the_model_made_for_such_films_says_why(head: Frame) -> None:
    film = FrameAttributes(modality="CR", body_part="CHEST", patient_age_years=64.0)
    name, found = followed(replace(head, attributes=film, geometry=FrameGeometry()), HEAD_CT)
    assert name == "chest-xray-pneumonia"
    assert not found.fits
    assert "64 years" in str(found.refusal)


def test_a_model_of_another_modality_does_not_stay_where_the_reader_is_asked(
    head: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = replace(head, attributes=replace(head.attributes, body_part=""))
    unlike = SimpleNamespace(prepare=lambda frame: frame, probabilities=lambda _batch: [{"breast_us": 0.9}])
    monkeypatch.setattr(model_fit, "router", lambda: unlike)  # as a breast in CT is no head to it
    name, found = followed(nowhere, "breast-ultrasound-lesion")
    assert name == HEAD_CT
    assert found.asks
    assert not found.message


def test_a_model_that_asks_about_each_slice_takes_no_series(
    head: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert takes_series(head, HEAD_CT, answered=True)
    card = load_card(find_pack(HEAD_CT))
    asking = replace(card, input=replace(card.input, question="Is there a tumour on this slice?"))
    with monkeypatch.context() as patched:
        patched.setattr(pack, "load_card", lambda _folder: asking)
        model_fit.forget_contracts()
        takes = takes_series(head, HEAD_CT, answered=True)
    model_fit.forget_contracts()
    assert not takes, "a yes for the series is none for each slice"
