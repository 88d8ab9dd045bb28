"""Scanning files and folders.

Each file in exactly one list, a stack early, nothing opened that hangs.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from medviewer import limits
from medviewer.dicom.library import index
from medviewer.dicom.library.index import ScanProgress, scan
from medviewer.dicom.model import Library
from medviewer.dicom.workers.sandbox import Sandbox
from tests import factories


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def whole(folder: Path, sandbox: Sandbox) -> Library:
    progress = list(scan([folder], sandbox))
    assert progress[-1].finished
    assert not any(one.finished for one in progress[:-1])
    return progress[-1].library


def all_paths(library: Library) -> list[Path]:
    frames = {frame.path for stack in library.stacks for frame in stack.frames}
    left = [entry.path for entry in (*library.other, *library.refused, *library.ignored)]
    return [*frames, *left]


def test_every_file_stands_in_exactly_one_list(sandbox: Sandbox, tmp_path: Path) -> None:
    factories.ct_series(tmp_path / "ct", 3)
    factories.not_dicom(tmp_path / "letter.dcm")
    (tmp_path / "empty.dcm").write_bytes(b"")
    factories.huge_header(tmp_path / "huge.dcm")
    factories.write(
        factories.dataset(
            SOPClassUID="1.2.840.10008.5.1.4.1.1.88.11",
            SOPInstanceUID=factories.uid("report"),
            PixelData=None,
        ),
        tmp_path / "deep" / "er" / "report.dcm",
    )
    library = whole(tmp_path, sandbox)
    assert sorted(all_paths(library)) == sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert [entry.path.name for entry in library.refused] == ["huge.dcm"]
    assert "memory per picture" in str(library.refused[0].reason)
    assert {entry.path.name for entry in library.ignored} == {"letter.dcm", "empty.dcm"}
    assert library.other[0].description == "Structured report"


def test_the_first_stack_comes_before_the_scan_ends(sandbox: Sandbox, tmp_path: Path) -> None:
    factories.ct_series(tmp_path, 60)
    progress = scan([tmp_path], sandbox)
    first = next(progress)
    assert first.library.stacks
    assert first.files_seen < 60
    assert not first.finished
    last = list(progress)[-1]
    assert last.files_seen == last.files_total == 60
    assert last.library.stacks[0].key == first.library.stacks[0].key


def test_the_first_image_is_the_middle_slice(sandbox: Sandbox, tmp_path: Path) -> None:
    factories.ct_series(tmp_path, 44)
    progress = list(scan([tmp_path], sandbox))
    (first,) = progress[0].library.stacks[0].frames
    paths = [frame.path for frame in progress[-1].library.stacks[0].frames]
    assert paths.index(first.path) in (21, 22)


def test_the_first_image_is_none_that_was_drawn_upon_others(sandbox: Sandbox, tmp_path: Path) -> None:
    factories.ct_series(tmp_path / "A drawn", 3, series=1, SeriesNumber=1, Modality="SEG")
    factories.ct_series(tmp_path / "B pictures", 3, series=2, SeriesNumber=2)
    first = next(scan([tmp_path], sandbox))
    assert [stack.identity.modality for stack in first.library.stacks] == ["CT"]


def test_the_first_image_is_none_that_was_derived(sandbox: Sandbox, tmp_path: Path) -> None:
    for folder, kind in (("A made", "DERIVED"), ("B taken", "ORIGINAL")):
        factories.ct_series(tmp_path / folder, 3, series=len(kind), ImageType=[kind, "PRIMARY"])
    first = next(scan([tmp_path], sandbox))
    assert [stack.frames[0].attributes.image_type[0] for stack in first.library.stacks] == ["ORIGINAL"]


def test_the_first_image_is_the_same_however_slow_the_machine_is(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PROGRESS_SECONDS", 0.0)  # all takes longer
    for number in range(3):
        factories.ct_series(tmp_path / f"A{number} drawn", 3, series=number, Modality="SEG")
    factories.ct_series(tmp_path / "B pictures", 9, series=9)
    (first,) = next(scan([tmp_path], sandbox)).library.stacks
    assert [frame.instance_number for frame in first.frames] == [5]


def test_a_scan_says_whether_its_files_are_few(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.ct_series(tmp_path / "one", 6, series=1)
    factories.ct_series(tmp_path / "two", 6, series=2)
    assert next(scan([tmp_path], sandbox)).is_small
    monkeypatch.setattr(index, "FEW_FILES", 10)
    assert not next(scan([tmp_path], sandbox)).is_small


def test_of_two_series_in_one_folder_the_middle_slice_of_one_is_first(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    for series, count in ((1, 30), (2, 13)):
        factories.ct_series(tmp_path / "apart", count, series=series, SeriesNumber=series)
        for path in (tmp_path / "apart").iterdir():
            path.rename(tmp_path / f"{series}-{path.name}")
    progress = list(scan([tmp_path], sandbox))
    (first,) = progress[0].library.stacks[0].frames
    (stack,) = (one for one in progress[-1].library.stacks if any(f.path == first.path for f in one.frames))
    assert abs([frame.path for frame in stack.frames].index(first.path) - len(stack.frames) // 2) <= 1
    assert sorted(len(one.frames) for one in progress[-1].library.stacks) == [13, 30]


def test_a_scan_can_be_stopped(sandbox: Sandbox, tmp_path: Path) -> None:
    factories.ct_series(tmp_path, 60)
    progress = scan([tmp_path], sandbox)
    next(progress)
    progress.close()
    assert len(whole(tmp_path, sandbox).stacks[0].frames) == 60


def test_a_key_lasts_while_files_arrive(sandbox: Sandbox, tmp_path: Path) -> None:
    factories.ct_series(tmp_path, 60)
    keys = [stack.key for one in scan([tmp_path], sandbox) for stack in one.library.stacks]
    assert len(keys) > 1
    assert len(set(keys)) == 1


def test_an_empty_folder_is_no_error(sandbox: Sandbox, tmp_path: Path) -> None:
    assert list(scan([tmp_path], sandbox)) == [ScanProgress(Library(), 0, 0, finished=True)]


def test_a_path_that_is_not_there_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    library = whole(tmp_path / "gone", sandbox)
    assert [entry.path.name for entry in library.refused] == ["gone"]
    assert "cannot be opened" in str(library.refused[0].reason)


@pytest.mark.skipif(os.name == "nt", reason="links and pipes of POSIX")
def test_links_in_a_circle_and_pipes_do_not_hold_it_up(sandbox: Sandbox, tmp_path: Path) -> None:
    factories.ct_series(tmp_path / "ct", 2)
    (tmp_path / "ct" / "loop").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(tmp_path / "pipe")
    library = whole(tmp_path, sandbox)
    assert [len(stack.frames) for stack in library.stacks] == [2]
    assert [(entry.path.name, str(entry.reason)) for entry in library.refused] == [
        ("pipe", "it cannot be opened (not a regular file)")
    ]


def test_a_path_given_twice_is_read_once(sandbox: Sandbox, tmp_path: Path) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    last = list(scan([path, tmp_path], sandbox))[-1]
    assert last.files_seen == 1
    assert not last.library.ignored


def test_further_files_of_the_same_image_stand_in_stacks_of_their_own(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    factories.ct_series(tmp_path / "1", 3)
    factories.ct_series(tmp_path / "2", 3)
    factories.ct_series(tmp_path / "3", 1)
    library = whole(tmp_path, sandbox)
    assert not library.ignored
    assert [{frame.path.parent.name for frame in stack.frames} for stack in library.stacks] == [
        {"1"},
        {"2"},
        {"3"},
    ]
    assert [len(stack.frames) for stack in library.stacks] == [3, 3, 1]
    assert len({stack.key for stack in library.stacks}) == 3
    assert [tuple(map(str, stack.warnings)) for stack in library.stacks] == [
        (),
        ("The same images again, from other files.",),
        ("The same image again, from another file.",),
    ]


@pytest.mark.parametrize(
    ("elements", "said"),
    [
        ({"PatientID": "A-2"}, "A file of another patient states the same image UID."),
        ({"StudyInstanceUID": "1.2.3"}, "A file of another study or series states the same image UID."),
        ({"SeriesInstanceUID": "1.2.3"}, "A file of another study or series states the same image UID."),
    ],
)
def test_one_image_uid_in_two_places_hides_neither_file(
    sandbox: Sandbox, tmp_path: Path, elements: dict[str, str], said: str
) -> None:
    paths = [
        factories.write(factories.dataset(), tmp_path / "a.dcm"),
        factories.write(factories.dataset(**elements), tmp_path / "b.dcm"),
    ]
    library = whole(tmp_path, sandbox)
    assert not library.ignored
    assert sorted(frame.path for stack in library.stacks for frame in stack.frames) == paths
    assert [tuple(map(str, stack.warnings)) for stack in library.stacks] == [(said,), (said,)]
    identities = {stack.frames[0].path: stack.identity for stack in library.stacks}
    assert identities[paths[0]] != identities[paths[1]]


def test_two_patients_under_one_study_are_not_merged(sandbox: Sandbox, tmp_path: Path) -> None:
    for number, patient in enumerate(("A-1", "A-2"), start=1):
        factories.write(factories.dataset(InstanceNumber=number, PatientID=patient), tmp_path / f"{number}")
    library = whole(tmp_path, sandbox)
    assert [study.identity.patient_id for study in library.studies] == ["A-1", "A-2"]
    assert len({stack.key for stack in library.stacks}) == 2


def test_series_stand_in_the_order_of_their_numbers(sandbox: Sandbox, tmp_path: Path) -> None:
    for number in (10, 2, 1):
        factories.ct_series(tmp_path / str(number), 1, series=number, SeriesNumber=number)
    series = whole(tmp_path, sandbox).studies[0].series
    assert [one.identity.series_number for one in series] == ["1", "2", "10"]


def test_what_was_drawn_upon_images_stands_after_them(sandbox: Sandbox, tmp_path: Path) -> None:
    for number, modality in ((1, "SEG"), (2, "CT"), (300, "MR")):
        folder = tmp_path / modality
        factories.ct_series(folder, 1, series=number, SeriesNumber=number, Modality=modality)
    series = whole(tmp_path, sandbox).studies[0].series
    assert [one.identity.modality for one in series] == ["CT", "MR", "SEG"]


def test_more_files_than_allowed_are_refused(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.ct_series(tmp_path, 3)
    monkeypatch.setattr(limits, "FILES_PER_SCAN", 3)
    assert not whole(tmp_path, sandbox).refused
    monkeypatch.setattr(limits, "FILES_PER_SCAN", 2)
    assert "3 files" in str(whole(tmp_path, sandbox).refused[0].reason)


def test_a_name_that_is_no_text_is_read(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"IM\xff\xfe 01")
    try:
        factories.write(factories.dataset(), path)
    except OSError:
        pytest.skip("this file system takes no such name")
    library = whole(tmp_path, sandbox)
    assert sandbox.read_frame(library.stacks[0].frames[0]).rows == 16


def test_a_dicomdir_opens_the_files_around_it(sandbox: Sandbox, tmp_path: Path) -> None:
    factories.ct_series(tmp_path / "IMAGES", 3)
    directory = factories.dataset(
        SOPClassUID="1.2.840.10008.1.3.10",
        PixelData=None,
        DirectoryRecordSequence=[{"DirectoryRecordType": "PATIENT"}],
    )
    path = factories.write(directory, tmp_path / "DICOMDIR")
    library = whole(path, sandbox)
    assert [len(stack.frames) for stack in library.stacks] == [3]
    assert [entry.path for entry in library.other] == [path]


def test_the_frame_of_reference_comes_with_every_frame(sandbox: Sandbox, tmp_path: Path) -> None:
    one, other = factories.uid("one"), factories.uid("other")
    factories.ct_series(tmp_path / "one", 3, series=1, FrameOfReferenceUID=one)
    factories.ct_series(tmp_path / "other", 3, series=2, FrameOfReferenceUID=other)
    factories.ct_series(tmp_path / "none", 3, series=3, FrameOfReferenceUID=None)
    factories.enhanced_ct(
        tmp_path / "enhanced.dcm", SeriesInstanceUID=factories.uid("series", 4), FrameOfReferenceUID=one
    )
    found = {}
    for stack in whole(tmp_path, sandbox).stacks:
        spaces = {reference.geometry.frame_of_reference_uid for reference in stack.frames}
        read = {sandbox.read_frame(one).geometry.frame_of_reference_uid for one in stack.frames}
        assert read == spaces
        found[stack.identity.series_instance_uid] = spaces
    assert [found[factories.uid("series", number)] for number in range(1, 5)] == [{one}, {other}, {""}, {one}]


@pytest.mark.parametrize(
    ("elements", "part"),
    [
        ({"DiffusionBValue": 2500.0}, (("b-value", "2500"),)),
        ({"DiffusionBValue": 0.0}, ()),
        ({"DiffusionBValue": 2500.0, "ImageType": ["DERIVED", "PRIMARY", "DIFFUSION", "ADC"]}, ()),
        ({}, ()),
    ],
)
def test_a_diffusion_series_of_one_b_value_says_it(
    sandbox: Sandbox, tmp_path: Path, elements: dict[str, object], part: tuple[tuple[str, str], ...]
) -> None:
    factories.ct_series(tmp_path, 3, Modality="MR", **elements)
    (found,) = whole(tmp_path, sandbox).stacks
    assert found.part == part
