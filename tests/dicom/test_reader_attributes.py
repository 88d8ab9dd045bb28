"""What a header says of the patient and the image.

Age, contrast agent, body part, phantom, losses.
"""

from pathlib import Path
from typing import Any

import pydicom
import pytest

from medviewer.dicom.attributes.frame_attributes import OTHER_AGE
from medviewer.dicom.demo.phantom import PHANTOM_UID_ROOT
from tests import factories
from tests.dicom.read_files import indexed, instance


@pytest.mark.parametrize(
    ("elements", "age"),
    [
        ({"PatientAge": "071Y"}, 71.0),
        ({"PatientAge": "006M"}, 0.5),
        ({"PatientAge": "010D"}, 10 / 365.25),
        ({"PatientAge": None, "PatientBirthDate": "19560102", "StudyDate": "20260102"}, 70.0),
        ({"PatientAge": None, "PatientBirthDate": ""}, None),
        ({"PatientAge": None, "PatientBirthDate": "20300101"}, None),
    ],
)
def test_age_comes_from_age_or_dates(tmp_path: Path, elements: dict[str, Any], age: float | None) -> None:
    found = indexed(tmp_path, **elements).attributes.patient_age_years
    assert found == (None if age is None else pytest.approx(age, abs=0.01))


@pytest.mark.parametrize("text", ["10  ", "ten ", "Y010"])
def test_an_age_that_cannot_be_read_is_said_and_no_date_stands_in_for_it(tmp_path: Path, text: str) -> None:
    made = factories.dataset(PatientAge="071Y", PatientBirthDate="19560102", StudyDate="20260102")
    path = factories.write(made, tmp_path / "a.dcm")
    path.write_bytes(path.read_bytes().replace(b"AS\4\x00071Y", b"AS\4\0" + text.encode()))
    found = instance(path)
    assert found.attributes.patient_age_years is None
    assert f"Patient Age cannot be read ({text.strip()})." in map(str, found.notes)


@pytest.mark.parametrize(
    ("age", "born", "is_said"),
    [
        ("003Y", "19600101", True),
        ("085Y", "19600101", True),
        ("070Y", "19600101", False),
        ("003Y", "", False),
    ],
)
def test_an_age_that_the_date_of_birth_contradicts_is_said(
    tmp_path: Path, age: str, born: str, is_said: bool
) -> None:
    made = indexed(tmp_path, PatientAge=age, PatientBirthDate=born, StudyDate="20260102")
    assert made.attributes.patient_age_years == int(age[:3])
    assert (OTHER_AGE in made.notes) == is_said


@pytest.mark.parametrize(("stated", "agent"), [(None, None), ("", ""), ("OMNIPAQUE", "OMNIPAQUE")])
def test_no_agent_is_not_the_same_as_none_stated(
    tmp_path: Path, stated: str | None, agent: str | None
) -> None:
    assert indexed(tmp_path, ContrastBolusAgent=stated).attributes.contrast_agent == agent


@pytest.mark.parametrize(
    "elements",
    [
        {"ContrastBolusVolume": "80"},
        {"ContrastBolusTotalDose": "30"},
        {"ContrastBolusRoute": "IV"},
        {"ContrastBolusStartTime": "101500"},
        {"ContrastBolusAgent": "", "ContrastBolusVolume": "80"},
        {"ContrastBolusUsageSequence": [{"ContrastBolusAgentAdministered": "YES"}]},
    ],
)
def test_any_trace_of_an_agent_says_that_one_was_given(tmp_path: Path, elements: dict[str, Any]) -> None:
    assert str(indexed(tmp_path, **elements).attributes.contrast_agent).endswith("stated")


@pytest.mark.parametrize(
    ("elements", "agent"),
    [
        ({"ContrastBolusRoute": "IV"}, "route stated"),
        ({"ContrastBolusIngredient": "IODINE"}, "use stated"),
        ({"ContrastBolusAgentSequence": [{"CodeValue": "C-B0317"}]}, "use stated"),
        ({"ContrastBolusAgent": "NONE", "ContrastBolusVolume": "80"}, "volume stated"),
        ({"ContrastBolusAgent": "NONE", "ContrastBolusVolume": "0"}, "NONE"),
        ({"ContrastBolusAgent": "NONE", "ContrastBolusRoute": "IV"}, "NONE"),
    ],
)
def test_traces_of_contrast_count_and_are_no_unreadable_numbers(
    tmp_path: Path, elements: dict[str, Any], agent: str
) -> None:
    found = indexed(tmp_path, **elements)
    assert found.attributes.contrast_agent == agent
    assert found.notes == ()


def test_no_value_of_a_text_is_kept_from_the_gates(tmp_path: Path) -> None:
    found = indexed(
        tmp_path,
        BodyPartExamined=["HEAD", "CHEST"],
        ViewPosition=["AP", "LATERAL"],
        SeriesDescription="T1\\FLAIR",
    ).attributes
    assert (found.body_part, found.view_position) == ("HEAD CHEST", "AP LATERAL")
    assert found.series_description == "T1 FLAIR"


@pytest.mark.parametrize(
    "elements",
    [
        {"ContrastBolusVolume": "0"},
        {"ContrastBolusVolume": ""},
        {"ContrastBolusRoute": "NONE"},
        {"ContrastBolusUsageSequence": [{"ContrastBolusAgentAdministered": "NO"}]},
    ],
)
def test_a_trace_that_says_none_was_given_is_no_agent(tmp_path: Path, elements: dict[str, Any]) -> None:
    assert indexed(tmp_path, **elements).attributes.contrast_agent is None


def test_body_part_is_stated_or_coded(tmp_path: Path) -> None:
    assert indexed(tmp_path, BodyPartExamined="HEAD").attributes.body_part == "HEAD"
    coded = indexed(tmp_path, AnatomicRegionSequence=[{"CodeMeaning": "Chest"}])
    assert coded.attributes.body_part == "Chest"
    assert indexed(tmp_path).attributes.body_part == ""


def test_a_localizer_and_a_phantom_say_so(tmp_path: Path) -> None:
    assert indexed(tmp_path, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"]).attributes.is_localizer
    assert indexed(tmp_path, StudyInstanceUID=PHANTOM_UID_ROOT + "123").attributes.is_phantom
    assert indexed(tmp_path, PatientName="Water^Phantom").attributes.is_phantom
    plain = indexed(tmp_path).attributes
    assert not plain.is_localizer
    assert not plain.is_phantom


def test_a_lossy_history_is_stated(tmp_path: Path) -> None:
    made = indexed(tmp_path, LossyImageCompression="01", LossyImageCompressionRatio=[8, 20]).attributes
    assert (made.lossy, made.lossy_ratio) == (True, 20.0)


@pytest.mark.parametrize(
    ("elements", "is_animal"),
    [
        ({}, False),
        ({"PatientSpeciesDescription": "Homo sapiens"}, False),
        ({"PatientSpeciesDescription": "Canine species"}, True),
        ({"PatientBreedDescription": "Beagle"}, True),
        ({"AnatomicalOrientationType": "QUADRUPED"}, True),
        ({"AnatomicalOrientationType": "BIPED"}, False),
    ],
)
def test_an_animal_is_known_by_species_breed_or_orientation(
    tmp_path: Path, elements: dict[str, Any], is_animal: bool
) -> None:
    assert indexed(tmp_path, **elements).attributes.is_animal == is_animal


HEAD_CODE = {"CodeValue": "69536005", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Kopf"}
PA_CODE = {"CodeValue": "272479007", "CodingSchemeDesignator": "SCT", "CodeMeaning": "dorsoventral"}


def test_a_coded_region_is_known_in_any_language_and_stands_beside_the_body_part(tmp_path: Path) -> None:
    coded = indexed(tmp_path, BodyPartExamined="NECK", AnatomicRegionSequence=[HEAD_CODE]).attributes
    assert (coded.body_part, coded.anatomic_region) == ("NECK", "HEAD")
    unknown = indexed(tmp_path, AnatomicRegionSequence=[{"CodeValue": "1", "CodeMeaning": "Left knee"}])
    assert unknown.attributes.anatomic_region == "Left knee"


def test_a_coded_view_is_named_with_its_modifiers(tmp_path: Path) -> None:
    lordotic = {"CodeValue": "1", "CodeMeaning": "lordotic"}
    coded = indexed(tmp_path, ViewCodeSequence=[{**PA_CODE, "ViewModifierCodeSequence": [lordotic]}])
    assert coded.attributes.view_codes == ("PA", "lordotic")
    assert indexed(tmp_path).attributes.view_codes == ()


@pytest.mark.parametrize(
    ("sop_class", "stated", "intent"),
    [
        ("1.2.840.10008.5.1.4.1.1.1.1", "FOR PRESENTATION", "FOR PRESENTATION"),
        ("1.2.840.10008.5.1.4.1.1.1.1", None, "FOR PRESENTATION"),
        ("1.2.840.10008.5.1.4.1.1.1.1.1", None, "FOR PROCESSING"),
        ("1.2.840.10008.5.1.4.1.1.1.1.1", "FOR PRESENTATION", "FOR PROCESSING"),
        ("1.2.840.10008.5.1.4.1.1.1.2", "FOR PROCESSING", "FOR PROCESSING"),
        ("1.2.840.10008.5.1.4.1.1.1", None, ""),
    ],
)
def test_the_intent_of_a_projection_is_stated_or_that_of_its_class(
    tmp_path: Path, sop_class: str, stated: str | None, intent: str
) -> None:
    made = indexed(tmp_path, SOPClassUID=sop_class, PresentationIntentType=stated).attributes
    assert made.presentation_intent == intent


def test_position_protocol_and_echo_time_are_read(tmp_path: Path) -> None:
    made = indexed(tmp_path, PatientPosition="FFP", ProtocolName="Head T1", EchoTime="12.5").attributes
    assert (made.patient_position, made.protocol_name, made.echo_time_ms) == ("FFP", "Head T1", 12.5)


def test_carets_of_names_and_descriptions_are_read_as_spaces(tmp_path: Path) -> None:
    who = indexed(
        tmp_path,
        PatientName="van^der Berg^^Dr",
        StudyDescription="HEAD^ROUTINE (ADULT)",
        SeriesDescription="^T1 ^ TSE^^sag^",
        PatientID="123^^^HOSPITAL",
    ).identity
    assert who.patient_name == "van, Dr der Berg"
    assert who.study_description == "HEAD ROUTINE (ADULT)"
    assert who.series_description == "T1 TSE sag"
    assert who.patient_id == "123^^^HOSPITAL"  # a number is no text


@pytest.mark.parametrize(
    ("elements", "kernel", "kvp", "repetition_ms"),
    [
        ({"ConvolutionKernel": "H31s"}, "H31s", 120.0, None),
        ({"ConvolutionKernel": ["Br40d", "3"], "KVP": None}, "Br40d", None, None),
        ({"RepetitionTime": "10002"}, "", 120.0, 10002.0),
        ({"RepetitionTime": "", "KVP": ""}, "", None, None),
    ],
)
def test_the_technique_by_which_series_are_told_apart_is_read(
    tmp_path: Path, elements: dict[str, Any], kernel: str, kvp: float | None, repetition_ms: float | None
) -> None:
    found = indexed(tmp_path, **elements).attributes
    assert (found.convolution_kernel, found.kvp, found.repetition_time_ms) == (kernel, kvp, repetition_ms)


def test_kernel_and_kilovoltage_of_an_enhanced_ct_stand_in_its_functional_groups(tmp_path: Path) -> None:
    path = factories.enhanced_ct(tmp_path / "e.dcm")
    made = pydicom.dcmread(path)
    shared = made.SharedFunctionalGroupsSequence[0]
    factories.change(
        shared,
        CTReconstructionSequence=[{"ConvolutionKernel": "Qr40"}],
        CTXRayDetailsSequence=[{"KVP": 100}],
    )
    found = instance(factories.write(made, path)).attributes
    assert (found.convolution_kernel, found.kvp) == ("Qr40", 100.0)


def test_sex_and_time_of_the_study_are_part_of_the_identity(tmp_path: Path) -> None:
    who = indexed(tmp_path, PatientSex="F", StudyTime="143205.12").identity
    assert (who.patient_sex, who.study_time) == ("F", "143205.12")


def mapping(slope: float, unit: str) -> list[pydicom.Dataset]:
    code = pydicom.Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = unit, "UCUM", unit
    item = pydicom.Dataset()
    item.RealWorldValueSlope, item.RealWorldValueIntercept = slope, 0.0
    item.MeasurementUnitsCodeSequence = [code]
    return [item]


@pytest.mark.parametrize(
    ("elements", "unit"),
    [
        ({}, ""),
        ({"RescaleType": "US"}, ""),
        ({"RescaleType": "10-6 mm2/s"}, "10-6 mm2/s"),
        ({"RealWorldValueMappingSequence": mapping(1.0, "um2/s")}, "um2/s"),
        ({"RealWorldValueMappingSequence": mapping(0.001, "mm2/s")}, None),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "M"]}, None),
    ],
)
def test_a_map_has_the_unit_that_is_stated_for_the_values_that_are_shown(
    tmp_path: Path, elements: dict[str, Any], unit: str | None
) -> None:
    stated = {"RescaleSlope": 1, "RescaleIntercept": 0, "RescaleType": None, **elements}
    stated.setdefault("ImageType", ["DERIVED", "PRIMARY", "DIFFUSION", "ADC"])
    assert indexed(tmp_path, Modality="MR", **stated).attributes.unit_of_map == unit
