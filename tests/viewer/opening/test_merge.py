"""What one library makes of several openings."""

from dataclasses import replace
from pathlib import Path

import pytest

from medviewer.dicom.model import Library, SkippedFile, StoredStack
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
