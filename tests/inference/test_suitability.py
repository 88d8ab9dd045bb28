"""A model refuses what it does not know, with the gate and the reason, and states what nobody can know."""

from dataclasses import replace

import numpy as np
import pytest

from medviewer.imaging.geometry import FrameGeometry
from medviewer.imaging.modality import Rescale
from medviewer.inference.input_contract import InputContract
from medviewer.inference.suitability import GATES, first_failed
from tests.inference.conftest import CONTRACT, attributes, noisy_head, slice_of


def gates(contract=CONTRACT, geometry=None, values=None, unit="HU", is_known=True, **facts):
    frame = slice_of(noisy_head() if values is None else values, attributes=attributes(**facts))
    changes = {"modality": Rescale(unit=unit, is_known=is_known)}
    if geometry is not None:
        changes["geometry"] = geometry
    frame = slice_of(frame.stored, attributes=frame.attributes, **changes)
    return tuple(gate(frame, contract) for gate in GATES)


def refused(**facts):
    gate = first_failed(gates(**facts))
    return "" if gate is None else gate.name


def notes(**facts):
    found = gates(**facts)
    assert first_failed(found) is None
    return {gate.name: gate for gate in found if gate.statement}


def tilted(degrees, about="x"):
    cosine, sine = float(np.cos(np.radians(degrees))), float(np.sin(np.radians(degrees)))
    if about == "x":
        return FrameGeometry(row_direction=(1.0, 0.0, 0.0), column_direction=(0.0, cosine, -sine))
    return FrameGeometry(row_direction=(cosine, 0.0, sine), column_direction=(0.0, 1.0, 0.0))


def test_an_unenhanced_axial_head_ct_is_accepted_without_a_remark():
    assert notes() == {}


@pytest.mark.parametrize("modality", ["MR", "PT", "US", "CR", ""])
def test_another_modality_is_refused(modality):
    assert refused(modality=modality) == "modality"


@pytest.mark.parametrize("part", ["CHEST", "NECK", "HEADNECK", "HEAD AND NECK", "CSPINE", "FOREHEAD"])
def test_another_body_part_is_refused(part):
    assert refused(body_part=part) == "body part"


@pytest.mark.parametrize("part", ["HEAD", "BRAIN", "Entire head", "SKULL", "HEAD/BRAIN"])
def test_names_of_the_head_are_accepted(part):
    assert refused(body_part=part) == ""


def test_a_missing_body_part_is_refused_with_these_words():
    gate = first_failed(gates(body_part=""))
    assert (gate.name, gate.statement) == ("body part", "Body part not stated.")


@pytest.mark.parametrize("about", ["x", "y"])
def test_the_plane_may_be_thirty_degrees_off(about):
    assert refused(geometry=tilted(29.9, about)) == ""
    assert refused(geometry=tilted(-29.9, about)) == ""
    assert refused(geometry=tilted(30.1, about)) == "plane"
    assert refused(geometry=tilted(90, about)) == "plane"


def test_a_slice_without_an_orientation_is_refused():
    assert refused(geometry=FrameGeometry()) == "plane"


@pytest.mark.parametrize(
    "types", [("DERIVED", "PRIMARY", "AXIAL"), ("ORIGINAL", "SECONDARY"), ("ORIGINAL", "PRIMARY", "MPR")]
)
def test_derived_pictures_are_refused(types):
    assert refused(image_type=types) == "derived"


def test_a_localizer_is_refused_and_a_missing_image_type_is_stated():
    assert refused(is_localizer=True) == "localizer"
    assert notes(image_type=())["derived"].statement == "Image type not stated."


def test_contrast_agent_is_refused_with_its_name():
    gate = first_failed(gates(contrast_agent="Iohexol"))
    assert (gate.name, dict(gate.facts)) == ("contrast", {"agent": "Iohexol"})


@pytest.mark.parametrize("agent", [None, "", " "])
def test_a_contrast_agent_that_is_not_stated_is_stated_beside_the_result(agent):
    assert notes(contrast_agent=agent)["contrast"].statement == "Contrast agent not stated."


@pytest.mark.parametrize(
    "text",
    [
        "CT NECK SOFT TISSUE  W/ CONTR",
        "Head post contrast",
        "Schädel nach KM",
        "HEAD W/O & W/ CONTRAST",
        "头颅增强",
        "CTA head",
        "Head C+",
        "Brain enhanced",
        "CT PERFUSION HEAD",
        "HEAD_CTP_5.0",
        "CTP",
        "CTA",
        "ANGIO",
        "VENOUS PHASE",
        "Head ARTERIAL",
        "Schädel KONTRAST",
        "CRANE AVEC INJECTION",
        "HEAD CE",
        "HEAD IV+",
        "HEAD w/wo",
        "HEAD W/WO CONTRAST",
        "Head w/o & w/ C",
        "CT HEAD WITH AND WITHOUT CONTRAST",
        "CT HEAD WO/W",
        "CRANEO CON CONTRASTE",
        "头颅CT灌注",
    ],
)
def test_a_description_that_speaks_of_contrast_is_refused(text):
    assert refused(contrast_agent=None, series_description=text) == "contrast"
    assert refused(contrast_agent=None, study_description=text) == "contrast"


@pytest.mark.parametrize(
    "text",
    [
        "HEAD W/O CONTRAST",
        "CT HEAD WITHOUT IV CONTRAST",
        "Head non-contrast",
        "Schädel ohne KM",
        "头颅平扫",
        "HEAD WO CONTR",
        "Brain unenhanced",
        "Head C-",
        "Control 24 h",
        "Kontrolle",
        "contralateral",
        "WITHOUT CONTRAST",
        "W/O",
        "HEAD W/O",
        "平扫",
        "NATIVE",
        "Schädel nativ",
        "CRANE SANS INJECTION",
        "CRANEO SIN CONTRASTE",
        "HEAD IV-",
        "HEAD WITHOUT IV",
        "HEAD_WO_C_5.0",
        "NON CE HEAD",
        "NOT ENHANCED",
        "Centre 5 mm",
        "头颅未增强",
        "POST OP 5.0 H30s",
    ],
)
def test_a_description_that_denies_contrast_is_not_refused(text):
    assert refused(contrast_agent=None, series_description=text) == ""


def test_a_model_for_enhanced_pictures_wants_contrast():
    wanting = InputContract(("CT",), contrast="required")
    assert first_failed(gates(contract=wanting, contrast_agent=None)).name == "contrast"
    assert first_failed(gates(contract=wanting, contrast_agent="Iohexol")) is None


def test_the_age_is_held_against_the_card_and_a_missing_one_is_stated():
    assert refused(patient_age_years=17.9) == "age"
    assert refused(patient_age_years=18) == ""
    assert refused(patient_age_years=121) == "age"
    assert notes(patient_age_years=None)["age"].statement == "Age not stated."


def test_lossy_compression_is_stated_with_its_ratio():
    assert dict(notes(lossy=True, lossy_ratio=20.0)["lossy"].facts) == {"ratio": "20"}
    assert notes(lossy=True)["lossy"].statement == "The picture was compressed with loss."


def test_values_whose_meaning_is_not_known_are_refused_whatever_the_model_needs():
    assert refused(is_known=False, unit="") == "unit"
    assert refused(is_known=False, unit="", contract=replace(CONTRACT, unit="")) == "unit"
    assert refused(unit="", contract=replace(CONTRACT, unit="")) == ""


def test_colour_small_matrices_and_other_units_are_refused():
    assert refused(values=np.zeros((160, 160, 3), np.uint8)) == "colour"
    assert refused(values=noisy_head(side=127)) == "matrix"
    assert refused(values=noisy_head(side=128)) == ""
    assert refused(unit="") == "unit"
    assert refused(unit="OD") == "unit"
    assert refused(unit="HU_MOD") == "unit"


def test_every_statement_has_all_its_facts():
    cases = [
        {"modality": "MR"},
        {"body_part": "CHEST"},
        {"image_type": ("DERIVED",)},
        {"geometry": tilted(45)},
        {"contrast_agent": "X"},
        {"series_description": "KM", "contrast_agent": None},
        {"patient_age_years": 3},
        {"values": noisy_head(side=100)},
        {"unit": "OD"},
        {"unit": ""},
    ]
    for case in cases:
        gate = first_failed(gates(**case))
        sentence = gate.statement.format(**dict(gate.facts))
        assert sentence.endswith(".")
        assert "{" not in sentence


def test_a_model_may_know_several_modalities():
    radiograph = InputContract(("CR", "DX"))
    for modality in ("CR", "DX"):
        assert first_failed(gates(contract=radiograph, modality=modality)) is None
    gate = first_failed(gates(contract=radiograph, modality="MG"))
    assert (gate.name, dict(gate.facts)["expected"]) == ("modality", "CR, DX")


@pytest.mark.parametrize(("view", "said"), [("LL", "view"), ("lateral ", "view"), ("PA", ""), ("AP", "")])
def test_a_view_that_the_model_does_not_know_is_refused(view, said):
    frontal = InputContract(("CT",), refused_views=("LL", "RL", "LATERAL"), contrast="allowed")
    gate = first_failed(gates(contract=frontal, view_position=view))
    assert ("" if gate is None else gate.name) == said


def test_a_view_that_is_not_stated_is_stated_only_where_it_matters():
    frontal = InputContract(("CT",), refused_views=("LL",))
    assert [gate.statement for gate in gates(contract=frontal) if gate.statement] == [
        "View position not stated."
    ]
    assert refused(view_position="LL") == ""


@pytest.mark.parametrize(
    ("description", "word"),
    [
        ("AX T2 FLAIR", "T2"),
        ("t2_tse_tra", "T2"),
        ("头颅T2加权", "T2"),
        ("AX FLAIR C+", "FLAIR"),
        ("ep2d-DWI b1000", "DWI"),
        ("AX T1 C+", ""),
        ("T1 T2W", ""),
        ("ADCOM T1", ""),
        ("T12 spine", ""),
    ],
)
def test_a_description_that_names_another_sequence_is_refused(description, word):
    enhanced = InputContract(("CT",), contrast="allowed", refused_words=("T2", "FLAIR", "DWI", "ADC"))
    gate = first_failed(gates(contract=enhanced, series_description=description))
    assert (None if gate is None else (gate.name, dict(gate.facts)["word"])) == (
        ("sequence", word) if word else None
    )


@pytest.mark.parametrize("description", ["", "  "])
def test_a_sequence_that_is_not_stated_is_stated_beside_the_result(description):
    enhanced = InputContract(("CT",), contrast="allowed", refused_words=("T2",))
    found = gates(contract=enhanced, series_description=description)
    assert [gate.statement for gate in found if gate.statement] == ["Sequence not stated."]
    assert all(gate.passed for gate in found)


def test_colour_is_accepted_where_the_card_allows_it():
    picture = np.zeros((160, 160, 3), np.uint8)
    ultrasound = InputContract(("US",), color="allowed")
    assert first_failed(gates(contract=ultrasound, modality="US", values=picture)) is None
    grey_only = InputContract(("US",))
    assert first_failed(gates(contract=grey_only, modality="US", values=picture)).name == "colour"


def test_a_model_for_every_age_says_nothing_of_a_missing_one():
    assert "age" in notes(patient_age_years=None)
    assert "age" not in notes(contract=replace(CONTRACT, age_years=(None, None)), patient_age_years=None)
