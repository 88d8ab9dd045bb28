"""A model refuses what it does not know, with the gate and the reason, and states what nobody can know."""

from dataclasses import replace

import numpy as np
import pytest

from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.modality import Rescale
from medviewer.inference.gates.suitability import GATES, first_failed
from medviewer.inference.pack.bundled_hashes import BUNDLED
from medviewer.inference.pack.input_contract import InputContract, read_contract
from medviewer.inference.pack.packs import bundled_folder, load_card
from medviewer.training.fit.recipe import load_recipe
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
def test_derived_images_are_refused(types):
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


def test_a_model_for_enhanced_images_wants_contrast():
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


def test_color_small_matrices_and_other_units_are_refused():
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


def test_color_is_accepted_where_the_card_allows_it():
    image = np.zeros((160, 160, 3), np.uint8)
    ultrasound = InputContract(("US",), color="allowed")
    assert first_failed(gates(contract=ultrasound, modality="US", values=image)) is None
    gray_only = InputContract(("US",))
    assert first_failed(gates(contract=gray_only, modality="US", values=image)).name == "colour"


def test_a_model_for_every_age_says_nothing_of_a_missing_one():
    assert "age" in notes(patient_age_years=None)
    assert "age" not in notes(contract=replace(CONTRACT, age_years=(None, None)), patient_age_years=None)


CHEST = load_card(bundled_folder() / "chest-xray-pneumonia").input
BRAIN = load_card(bundled_folder() / "brain-mr-tumour-type").input
HEAD_CT = load_card(bundled_folder() / "head-ct-haemorrhage").input
BREAST = load_card(bundled_folder() / "breast-ultrasound-lesion").input

FILM = {
    "modality": "DX",
    "body_part": "CHEST",
    "image_type": ("ORIGINAL", "PRIMARY"),
    "view_position": "PA",
    "presentation_intent": "FOR PRESENTATION",
    "patient_age_years": 3.0,
}
ENHANCED = {
    "modality": "MR",
    "body_part": "BRAIN",
    "image_type": ("ORIGINAL", "PRIMARY", "M", "ND"),
    "contrast_agent": "Gadolinium",
    "series_description": "AX T1",
}
SCAN = {"modality": "US", "body_part": "BREAST", "image_type": ("ORIGINAL", "PRIMARY")}
FRONTAL = FrameGeometry(patient_orientation=("L", "F"))


def film(geometry=FRONTAL, **facts):
    return gates(CHEST, geometry, **{**FILM, **facts})


def scan(contract=BRAIN, geometry=None, **facts):
    base = {"MR": ENHANCED, "US": SCAN}.get(contract.modality[0], {})
    return gates(contract, geometry, **{**base, **facts})


def verdict(found):
    """Return "refused" or "noted" with the gate's name, or "passed"."""
    failed = first_failed(found)
    if failed is not None:
        return f"refused: {failed.name}"
    return next((f"noted: {gate.name}" for gate in found if gate.statement), "passed")


@pytest.mark.parametrize(
    ("view", "said"),
    [
        *((view, "passed") for view in ("PA", "AP", "pa ", "P.A.", "AP ERECT", "AP SUPINE PORTABLE")),
        *((view, "passed") for view in ("postero-anterior", "antero-posterior", "Frontal", "胸部正位")),
        *((view, "refused: view") for view in ("LL", "RL", "LLO", "RLO", "LAT", "LATERAL", "Left lateral")),
        *((view, "refused: view") for view in ("LLD", "RLD", "LAO", "RPO", "OBLIQUE", "AP OBLIQUE", "MLO")),
        *((view, "refused: view") for view in ("AP LORDOTIC", "PA AND LAT", "CC", "XYZ", "侧位", "seitlich")),
        *((view, "noted: view") for view in ("", " ", "UNKNOWN")),
    ],
)
def test_only_views_on_the_card_are_answered(view, said):
    assert verdict(film(view_position=view)) == said


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (("PA",), "passed"),
        (("postero-anterior",), "passed"),
        (("LL",), "refused: view"),
        (("PA", "lordotic"), "refused: view"),
        (("left anterior oblique",), "refused: view"),
        ((), "passed"),
    ],
)
def test_a_coded_view_counts_beside_the_view_position(codes, said):
    assert verdict(film(view_codes=codes)) == said


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ("Chest lateral", "refused: view"),
        ("Thorax seitl.", "refused: view"),
        ("胸部侧位", "refused: view"),
        ("Chest PA and lateral", "noted: view"),
        ("Chest", "noted: view"),
        ("Chest PA", "noted: view"),
    ],
)
def test_a_description_is_asked_where_no_view_is_stated(description, said):
    assert verdict(film(view_position="", series_description=description)) == said
    assert verdict(film(series_description=description)) == "passed"


@pytest.mark.parametrize(
    ("intent", "modality", "said"),
    [
        ("FOR PRESENTATION", "DX", "passed"),
        ("FOR PROCESSING", "DX", "refused: intent"),
        ("For Processing", "CR", "refused: intent"),
        ("", "DX", "noted: intent"),
        ("", "CR", "passed"),  # it has no such attribute
    ],
)
def test_a_film_for_processing_is_refused(intent, modality, said):
    assert verdict(film(presentation_intent=intent, modality=modality)) == said


@pytest.mark.parametrize(
    ("age", "said"),
    [
        *((age, "passed") for age in (1.0, 3.2, 5.0, 5.9, 18.0, 60.0, 120.9)),
        *((age, "refused: age") for age in (0.0, 0.9, 6.0, 10.0, 17.9, 121.0, 130.0)),
        (None, "noted: age"),
    ],
)
def test_an_age_between_the_groups_is_refused(age, said):
    two = replace(CHEST, ages_years=((1, 5), (18, 120)), age="noted")
    found = gates(two, FRONTAL, **{**FILM, "patient_age_years": age})
    assert verdict(found) == said
    if said.startswith("refused"):
        assert dict(first_failed(found).facts) == {"age": str(int(age)), "ages": "1–5, 18–120"}


@pytest.mark.parametrize("age", [None, 0.5, 6.0, 17.0, 18.0, 60.0])
def test_a_model_for_children_refuses_adults_and_patients_of_unknown_age(age):
    found = film(patient_age_years=age)
    assert verdict(found) == "refused: age"
    assert dict(first_failed(found).facts)["ages"] == "1–5"
    assert verdict(film(patient_age_years=3.0)) == "passed"


@pytest.mark.parametrize(
    ("part", "region", "said"),
    [
        ("CHEST", "", "passed"),
        ("CHEST", "CHEST", "passed"),
        ("", "Entire thorax", "passed"),
        ("CHEST", "ABDOMEN", "refused: body part"),
        ("ABDOMEN", "CHEST", "refused: body part"),
        ("CHEST_ABDOMEN", "", "refused: body part"),
        ("RIBS", "", "refused: body part"),
        ("BREAST", "", "refused: body part"),
        ("UNKNOWN", "", "noted: body part"),
        ("", "", "noted: body part"),
    ],
)
def test_whatever_states_the_body_part_has_to_be_on_the_card(part, region, said):
    assert verdict(film(body_part=part, anatomic_region=region)) == said


@pytest.mark.parametrize(
    ("types", "said"),
    [
        (("ORIGINAL", "PRIMARY"), "passed"),
        (("DERIVED", "PRIMARY", "", ""), "passed"),
        (("derived ", "secondary"), "passed"),
        (("ORIGINAL", "PRIMARY", "", "RT", "150000"), "noted: derived"),
        (("ORIGINAL", "PRIMARY", "LOCALIZER"), "refused: derived"),
        (("DERIVED", "PRIMARY", "TOMOSYNTHESIS"), "refused: derived"),
        (("DERIVED", "SECONDARY", "", "BONE_SUPPRESSED"), "refused: derived"),
        (("DERIVED", "SECONDARY", "", "DUAL_ENERGY"), "refused: derived"),
        (("SYNTHESIZED", "PRIMARY"), "refused: derived"),
        ((), "noted: derived"),
        (("", ""), "noted: derived"),
    ],
)
def test_only_image_types_on_the_card_are_answered(types, said):
    assert verdict(film(image_type=types)) == said


@pytest.mark.parametrize(
    ("types", "said"),
    [
        (("ORIGINAL", "PRIMARY", "AXIAL"), "passed"),
        (("ORIGINAL", "PRIMARY", "AXIAL", "CT_SOM5 SPI"), "passed"),
        (("ORIGINAL", "PRIMARY", "AXIAL", "HOUSE"), "noted: derived"),
        *((("ORIGINAL", "PRIMARY", value), "refused: derived") for value in ("SCOUT", "MINIP", "AVERAGE")),
        *((("ORIGINAL", "PRIMARY", "AXIAL", value), "refused: derived") for value in ("MIP", "CPR", "VRT")),
        *((("ORIGINAL", "PRIMARY", "AXIAL", value), "refused: derived") for value in ("VMI", "MONO_70KEV")),
        (("DERIVED", "PRIMARY", "AXIAL"), "refused: derived"),
        (("ORIGINAL", "SECONDARY", "AXIAL"), "refused: derived"),
        (("DERIVED", "PRIMARY", "PERFUSION", "RCBF"), "refused: derived"),
    ],
)
def test_only_image_types_of_slices_are_answered(types, said):
    assert verdict(gates(HEAD_CT, image_type=types)) == said


def test_a_capture_of_the_screen_is_no_slice_whatever_else_is_stated():
    assert verdict(gates(HEAD_CT, sop_class_uid="1.2.840.10008.5.1.4.1.1.7.2")) == "refused: derived"
    assert verdict(film(sop_class_uid="1.2.840.10008.5.1.4.1.1.7")) == "passed"


@pytest.mark.parametrize(
    ("value", "said"),
    [("BREAST", "passed"), ("SMALL PARTS", "passed"), ("OBSTETRICAL", "refused: derived"), ("", "passed")],
)
def test_an_ultrasound_examination_is_told_by_its_image_type(value, said):
    geometry = FrameGeometry(patient_orientation=("L", "P"))
    assert verdict(scan(BREAST, geometry, image_type=("ORIGINAL", "PRIMARY", value))) == said
    doppler = ("ORIGINAL", "PRIMARY", "BREAST", "0011")
    assert verdict(scan(BREAST, geometry, image_type=doppler)) == "refused: derived"


@pytest.mark.parametrize(
    ("said", "result"),
    [
        (("L", "F"), "passed"),
        (("R", "H"), "passed"),
        (("F", "L"), "passed"),
        (("P", "F"), "refused: plane"),
        (("A", "H"), "refused: plane"),
        (("L", "P"), "refused: plane"),
        (None, "noted: plane"),
        (("", ""), "noted: plane"),
    ],
)
def test_a_film_that_lies_as_no_frontal_film_does_is_refused(said, result):
    assert verdict(film(FrameGeometry(patient_orientation=said))) == result


@pytest.mark.parametrize(
    ("position", "said"), [("HFS", "passed"), ("", "passed"), ("HFDR", "refused: position")]
)
def test_a_film_of_a_patient_on_the_side_is_refused(position, said):
    assert verdict(film(patient_position=position)) == said


def test_an_animal_is_refused_by_models_for_people_only():
    assert verdict(film(is_animal=True)) == "refused: species"
    assert verdict(gates(HEAD_CT, is_animal=True)) == "refused: species"
    assert verdict(gates(is_animal=True)) == "passed"


def test_a_slice_of_another_plane_or_between_the_planes_is_refused():
    every = replace(BRAIN, planes=("axial", "coronal", "sagittal"))
    for plane in ((1, 0, 0), (0, 1, 0)), ((1, 0, 0), (0, 0, -1)), ((0, 1, 0), (0, 0, -1)):
        across, down = (tuple(map(float, direction)) for direction in plane)
        lies = FrameGeometry(row_direction=across, column_direction=down)
        said = verdict(scan(every, lies)), verdict(scan(geometry=lies))
        assert said == ("passed", "refused: plane" if down[2] else "passed")
    assert {verdict(scan(geometry=other)) for other in (tilted(45), FrameGeometry())} == {"refused: plane"}


@pytest.mark.parametrize(
    ("description", "protocol", "said"),
    [
        *((text, "", "passed") for text in ("AX T1", "t1_se_tra +C", "sT1W_3D_TFE", "MPRAGE", "3D BRAVO")),
        *(
            (text, "", "refused: sequence")
            for text in ("AX T2", "t2_tse_tra", "eT2W_TSE", "T2* GRE", "HASTE")
        ),
        *((text, "", "refused: sequence") for text in ("FLAIR", "T2W_FLAIR", "T1 FLAIR", "STIR", "PDW_TSE")),
        *(
            (text, "", "refused: sequence")
            for text in ("ep2d_diff", "DWI b1000", "ADC", "SWI", "SWAN", "QSM")
        ),
        *((text, "", "refused: sequence") for text in ("TOF 3D", "MRA COW", "DSC perfusion", "ASL", "rCBV")),
        *((text, "", "refused: sequence") for text in ("CISS", "FIESTA", "T1 MIP", "SURVEY", "Spectroscopy")),
        *((text, "", "noted: sequence") for text in ("", "AX POST", "Brain")),
        ("Brain", "Head T2", "refused: sequence"),
        ("AX T1", "Head T2", "passed"),
        ("Brain", "Head T1", "passed"),
    ],
)
def test_only_sequences_on_the_card_are_answered(description, protocol, said):
    assert verdict(scan(series_description=description, protocol_name=protocol)) == said


@pytest.mark.parametrize(("echo", "said"), [(12.0, "passed"), (None, "passed"), (95.0, "refused: sequence")])
def test_an_echo_time_that_no_such_sequence_has_is_refused(echo, said):
    assert verdict(scan(echo_time_ms=echo)) == said


@pytest.mark.parametrize(
    ("agent", "series", "study", "said"),
    [
        ("Gadovist", "AX T1", "", "passed"),
        (None, "AX T1 +C", "", "passed"),
        (None, "AX T1 POST GAD", "MR BRAIN W WO CONTRAST", "passed"),
        (None, "AX T1", "MR BRAIN WITH CONTRAST", "passed"),
        (None, "AX T1", "MR BRAIN W/WO CONTRAST", "refused: contrast"),
        (None, "AX T1 PRE", "MR BRAIN WITH CONTRAST", "refused: contrast"),
        (None, "AX T1 WITHOUT CONTRAST", "MR BRAIN WITH CONTRAST", "refused: contrast"),
        ("Gadovist", "T1 nativ", "", "refused: contrast"),
        ("NONE", "AX T1", "MR BRAIN WITH CONTRAST", "refused: contrast"),
        (None, "AX T1", "", "refused: contrast"),
        ("Gadovist", "PRE OP T1", "", "passed"),
    ],
)
def test_with_and_without_is_no_contrast_for_a_model_that_needs_it(agent, series, study, said):
    found = scan(contrast_agent=agent, series_description=series, study_description=study)
    assert verdict(found) == said


def test_lists_of_what_is_refused_hold_as_before_on_a_card_that_has_them():
    older = InputContract(
        ("CT",),
        refused_views=("LL",),
        refused_words=("T2",),
        refused_image_types=("MIP",),
        contrast="allowed",
    )
    assert verdict(
        gates(older, view_position="RLO", series_description="T1 +C", image_type=("DERIVED",))
    ) == ("passed")
    assert verdict(gates(older, view_position="LL")) == "refused: view"
    assert verdict(gates(older, view_position="PA", series_description="AX T2")) == "refused: sequence"
    assert verdict(gates(older, image_type=("MIP",))) == "refused: derived"


@pytest.mark.parametrize("name", sorted(BUNDLED))
def test_the_bundled_cards_list_what_they_know_not_what_they_refuse(name):
    contract = load_card(bundled_folder() / name).input
    assert (contract.refused_views, contract.refused_words) == ((), ())
    assert contract.image_types or name == "router"
    assert contract.orientation or name == "router"
    assert contract == read_contract(dict(load_recipe(name).card["input"]))
