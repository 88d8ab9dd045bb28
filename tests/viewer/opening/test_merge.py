"""What one library makes of several openings."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medviewer.dicom.model import Library, SkippedFile, StoredStack
from medviewer.imaging.frame import CineTiming
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.translation import Message
from medviewer.viewer.opening.merge import merge_libraries
from medviewer.viewer.opening.result import first_to_show
from tests.made_stacks import library, stack

A, B = stack("A"), stack("B")


def moved(found: Library, folder: str) -> Library:
    """Return the same series as if it lay in another folder."""
    copies = [
        replace(one, frames=tuple(replace(f, path=Path(folder) / f.path.name) for f in one.frames))
        for one in found.stacks
    ]
    return library(*copies)


def test_what_is_opened_again_stands_there_once() -> None:
    merged = merge_libraries([library(A, B), library(A)])
    assert sorted(stack.key for stack in merged.stacks) == [A.key, B.key]


def test_series_of_one_study_opened_apart_are_joined_under_it() -> None:
    merged = merge_libraries([library(A), library(stack("A", "2"))])
    assert len(merged.studies) == 1
    assert len(merged.studies[0].series) == 2


def test_the_same_study_under_another_patient_id_stays_apart() -> None:
    stranger = replace(
        moved(library(A), "/other").stacks[0], identity=replace(A.identity, patient_id="another")
    )
    merged = merge_libraries([library(A), library(stranger)])
    assert len(merged.studies) == 2
    assert {study.identity.patient_id for study in merged.studies} == {"ID-A", "another"}


def test_a_copy_from_another_folder_gets_a_key_of_its_own() -> None:
    merged = merge_libraries([library(A), moved(library(A), "/copy"), moved(library(A), "/copy2")])
    keys = [stack.key for stack in merged.stacks]
    assert len(set(keys)) == 3
    assert keys[0] == A.key


def test_a_file_that_can_be_read_now_is_refused_no_more() -> None:
    refused = Library(refused=(SkippedFile(A.frames[0].path, Message("it is damaged")),))
    merged = merge_libraries([refused, library(A)])
    assert not merged.refused
    assert len(merged.stacks) == 1


@pytest.mark.parametrize("stacks", [(A, B), (B, A)])
def test_the_first_image_is_no_localizer_where_there_is_another(stacks: tuple[StoredStack, ...]) -> None:
    frame = replace(A.frames[0], attributes=FrameAttributes(is_localizer=True))
    scout = replace(A, frames=(frame,))
    shown = [scout if one is A else one for one in stacks]
    assert first_to_show(shown) is B
    assert first_to_show([scout]) is scout


def test_the_first_image_is_no_segmentation_where_there_is_another() -> None:
    segments = replace(A, identity=replace(A.identity, modality="SEG"))
    assert first_to_show([segments, B]) is B
    assert first_to_show([segments]) is segments


@pytest.mark.parametrize("turned", [False, True])
def test_the_first_image_is_of_the_patients_latest_study(turned: bool) -> None:
    earlier, later = (
        replace(A, identity=replace(A.identity, study_instance_uid=date, study_date=date))
        for date in ("20240102", "20250102")
    )
    stacks = [later, earlier] if turned else [earlier, later]
    assert first_to_show([*stacks, B]) is later
    stranger = replace(B, identity=replace(B.identity, study_date="20260101"))
    assert first_to_show([*stacks, stranger]) is later


def of_type(one: StoredStack, **stated: Any) -> StoredStack:
    """Return a stack of the study of A whose images state these attributes."""
    attributes = FrameAttributes(modality=stated.pop("modality", "MR"), **stated)
    frames = tuple(replace(frame, attributes=attributes) for frame in one.frames)
    return replace(one, identity=replace(A.identity, modality=attributes.modality), frames=frames)


SECOND_BEST = {
    "derived": {"image_type": ("DERIVED", "PRIMARY", "DIFFUSION", "ADC")},
    "a map in colour": {"photometric_interpretation": "RGB"},
    "captured": {"sop_class_uid": "1.2.840.10008.5.1.4.1.1.7", "modality": "OT"},
    "a localizer": {"is_localizer": True},
    "for processing": {"modality": "DX", "presentation_intent": "FOR PROCESSING"},
}


@pytest.mark.parametrize("stated", SECOND_BEST.values(), ids=SECOND_BEST)
def test_a_study_opens_on_an_original_gray_series(stated: dict[str, Any]) -> None:
    second = of_type(B, **stated)
    original = of_type(A, image_type=("ORIGINAL", "PRIMARY"), photometric_interpretation="MONOCHROME2")
    assert first_to_show([second, original]) is original
    assert first_to_show([second]) is second


def test_of_two_derived_series_the_gray_one_is_shown_first() -> None:
    color = of_type(A, image_type=("DERIVED", "PRIMARY"), photometric_interpretation="RGB")
    gray = of_type(B, image_type=("DERIVED", "PRIMARY"), photometric_interpretation="MONOCHROME2")
    assert first_to_show([color, gray]) is gray


def test_of_stills_and_loops_the_first_loop_is_shown() -> None:
    still = of_type(A, modality="US", photometric_interpretation="RGB")
    loops = [
        replace(
            of_type(B, modality="US", photometric_interpretation="YBR_FULL"),
            key=key,
            cine=CineTiming((33.3,)),
        )
        for key in ("first", "second")
    ]
    assert first_to_show([still, *loops]) is loops[0]


def test_another_study_is_not_opened_for_a_better_series() -> None:
    derived = of_type(A, image_type=("DERIVED", "PRIMARY"))
    assert first_to_show([derived, B]) is derived
