"""Rows of the study browser, in the words of the clinic, without a window."""

from dataclasses import replace

import pytest

from medviewer.dicom.model import Library, Series, StoredStack, Study
from medviewer.imaging.frame.attributes import Aspect, FrameAttributes
from medviewer.imaging.identity import Identity
from medviewer.translation import Message
from medviewer.viewer.texts.study_rows import (
    RowKind,
    StudyRow,
    StudyRows,
    age_text,
    found_rows,
    panes_text,
    segmentation_text,
    series_name,
    sex_and_age_text,
    study_moment_text,
    technique_text,
    time_apart_text,
    title_and_counts,
)
from tests.gui.pane_scene import identity, make_stack
from tests.gui.window_scene import library


def rows_of(found: Library, *, hidden: bool = False, here: Identity | None = None) -> tuple[StudyRow, ...]:
    return StudyRows().of(found, hidden=hidden, here=here)


def with_attributes(**attributes: object) -> StoredStack:
    made = make_stack(3)
    frames = tuple(
        replace(frame, attributes=replace(FrameAttributes(modality="CT"), **attributes))  # type: ignore[arg-type]
        for frame in made.frames
    )
    return replace(made, frames=frames)


@pytest.mark.parametrize(
    ("years", "text"),
    [
        (69.9, "69 y"),
        (70.0 - 1e-9, "70 y"),
        (2.0, "2 y"),
        (1.2, "14 mo"),
        (0.5, "6 mo"),
        (9 / 365.25, "9 d"),
        (0, "0 d"),
    ],
)
def test_an_age_is_told_in_the_unit_that_the_clinic_uses(years: float, text: str) -> None:
    assert age_text(years) == text


@pytest.mark.parametrize(
    ("sex", "age", "text"),
    [
        ("F", 69, "F 69 y"),
        ("m", 1.5, "M 18 mo"),
        ("O", None, "sex: other"),
        ("O", 64, "sex: other, 64 y"),
        ("W", 64, "sex: “W”, 64 y"),
        ("", 40, "40 y"),
        ("?", None, ""),
    ],
)
def test_sex_and_age_leave_out_what_is_not_known(sex: str, age: float | None, text: str) -> None:
    assert sex_and_age_text(Identity(patient_sex=sex), age) == text


@pytest.mark.parametrize(
    ("date", "time", "text"),
    [
        ("20261120", "143205.12", "2026-11-20 14:32"),
        ("20261120", "14:32:05", "2026-11-20 14:32"),
        ("20261120", "14", "2026-11-20"),
        ("20261120", "9961", "2026-11-20"),
        ("", "", ""),
    ],
)
def test_a_study_has_its_date_and_the_time_where_it_is_one(date: str, time: str, text: str) -> None:
    assert study_moment_text(Identity(study_date=date, study_time=time)) == text


@pytest.mark.parametrize(
    ("date", "text"),
    [
        ("20250302", "20 months before"),
        ("20261112", "8 days before"),
        ("20261119", "1 day before"),
        ("20261120", "the same day"),
        ("20261121", "1 day after"),
        ("20270119", "60 days after"),
        ("20270121", "2 months after"),
        ("20231120", "3 years before"),
        ("20231121", "35 months before"),
        ("20201120", "6 years before"),
        ("2026.11.12", "8 days before"),
        ("", ""),
        ("2026", ""),
        ("20261340", ""),
    ],
)
def test_a_study_of_another_day_is_told_by_how_far_apart_it_is(date: str, text: str) -> None:
    assert time_apart_text(Identity(study_date=date), Identity(study_date="20261120")) == text


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([1, 2, 3, 4, 5], ("1–5",)),
        ([3, 1], ("1", "3")),
        ([1, 2], ("1", "2")),
        ([5, 1, 2, 3], ("1–3", "5")),
        ([], ()),
    ],
)
def test_the_panes_of_a_series_are_told_shortly(numbers: list[int], text: tuple[str, ...]) -> None:
    assert panes_text(numbers) == text


@pytest.mark.parametrize(
    ("attributes", "text", "when_hidden"),
    [
        ({"convolution_kernel": "H31s", "kvp": 120.0}, "5 mm · H31s", "5 mm"),
        ({"repetition_time_ms": 10002.0}, "5 mm · TR 10002", "5 mm · TR 10002"),
        ({"repetition_time_ms": 4.25}, "5 mm · TR 4.25", "5 mm · TR 4.25"),
        ({"kvp": 120.0}, "5 mm · 120 kV", "5 mm · 120 kV"),
        ({}, "5 mm", "5 mm"),
    ],
)
def test_series_are_told_apart_by_kernel_or_repetition_time(
    attributes: dict[str, object], text: str, when_hidden: str
) -> None:
    stack = with_attributes(**attributes)
    assert technique_text(stack, hidden=False) == text
    assert technique_text(stack, hidden=True) == when_hidden


@pytest.mark.parametrize(
    ("description", "title", "line"), [("Right", "Right", "10 pictures · US"), ("", "US", "10 pictures")]
)
def test_a_number_of_pictures_says_what_it_counts_where_no_series_number_stands_before_it(
    description: str, title: str, line: str
) -> None:
    made = make_stack(10)
    who = replace(
        made.identity,
        modality="US",
        series_number="",
        study_description="Obstetrics",
        series_description=description,
    )
    stack = replace(made, identity=who, plane="")
    assert title_and_counts(stack, hidden=False) == (title, line)


@pytest.mark.parametrize(
    ("study", "series", "images", "title", "lines"),
    [
        ("", "", (24,), "Se 1  Im 24", ()),
        ("", "", (24, 24, 24), "Se 1  Im 24", ("3 pictures",)),
        ("Obstetrics", "", (24,), "US", ("Se 1  Im 24",)),
        ("Obstetrics", "", (24, 25, 26), "US", ("Se 1 · 3",)),
        ("", "Right", (24,), "Right", ("Se 1  Im 24 · US",)),
        ("", "Right", (24, 24, 24), "Right", ("Se 1  Im 24 · 3 pictures · US",)),
        ("Obstetrics", "", (24, 24, 24), "US", ("Se 1  Im 24 · 3 pictures",)),
        ("Obstetrics", "Right", (24, 25, 26), "Right", ("Se 1 · 3 · US",)),
    ],
)
def test_a_row_says_modality_and_numbers_once(
    study: str, series: str, images: tuple[int, ...], title: str, lines: tuple[str, ...]
) -> None:
    made = make_stack(len(images))
    who = replace(
        made.identity, modality="US", series_number="1", study_description=study, series_description=series
    )
    frames = tuple(
        replace(
            frame,
            image_number=number,
            attributes=FrameAttributes(modality="US"),
            geometry=replace(frame.geometry, slice_thickness_mm=None),
        )
        for frame, number in zip(made.frames, images, strict=True)
    )
    row = rows_of(library(replace(made, identity=who, plane="", frames=frames)))[2]
    assert (row.title, row.lines) == (title, lines)


def test_the_contrast_agent_is_told_with_the_rest() -> None:
    stack = with_attributes(contrast_agent="Gadolinium")
    assert "Gadolinium" in rows_of(library(stack))[2].tip
    assert "Gadolinium" not in rows_of(library(stack), hidden=True)[2].tip


NOW, PRIOR, OTHER = (
    make_stack(
        3,
        who=replace(identity(series="1"), study_instance_uid="1.2.1", study_date="20261120", patient_sex="F"),
    ),
    make_stack(
        2,
        who=replace(
            identity(series="2"),
            study_instance_uid="1.2.2",
            study_date="20250302",
            study_description="MR brain",
        ),
    ),
    make_stack(4, who=replace(identity("ROE^RICHARD", "000555", "7"), study_date="20250302")),
)


def test_a_patient_stands_once_and_a_prior_study_is_named_by_its_distance() -> None:
    rows = rows_of(library(NOW, PRIOR, OTHER), here=NOW.identity)
    kinds = [row.kind.value for row in rows]
    assert kinds == ["patient", "study", "series", "study", "series", "patient", "study", "series"]
    assert rows[1].lines == ("2026-11-20",)
    assert rows[3].title == "MR brain"
    assert rows[3].lines == ("2025-03-02 · 20 months before",)
    assert rows[6].lines == ("2025-03-02",)  # another patient's is no prior one
    assert rows[4].above == (rows[3].key, rows[0].key)


def test_nobody_is_named_while_the_identity_is_hidden() -> None:
    rows = rows_of(library(NOW, PRIOR, OTHER), hidden=True, here=NOW.identity)
    said = "\n".join(row.tip for row in rows)
    for told in ("DOE", "ROE", "000417", "2026", "2025", "MR brain", "Head", "CT Head"):
        assert told not in said
    assert [row.title for row in rows if row.kind is RowKind.PATIENT] == ["Patient 1", "Patient 2"]
    assert rows[3].lines == ("20 months before",)


def test_a_search_keeps_what_is_on_the_screen() -> None:
    rows = rows_of(library(NOW, PRIOR, OTHER))
    shown, found = found_rows(rows, "roe head", (NOW.key,))
    assert found == {OTHER.key}
    assert [row.key for row in shown if row.kind is RowKind.SERIES] == [NOW.key, OTHER.key]
    assert len(shown) == 6  # with their studies and patients
    assert found_rows(rows, "", ())[0] == list(rows)


def test_rows_of_a_stack_that_has_not_changed_are_not_made_again() -> None:
    maker = StudyRows()
    first = maker.of(library(NOW, OTHER), hidden=False, here=None)
    more = replace(OTHER, warnings=(Message("more"),))
    second = maker.of(library(NOW, more), hidden=False, here=None)
    assert second[2] is first[2]
    assert second[5].warnings == ("more",)


@pytest.mark.parametrize(
    ("drawn_on", "hidden", "expected"),
    [
        ("1.2.7", False, "Segmentation of Se 4 · PET of DOE"),
        ("1.2.7", True, "Segmentation of Se 4 · Axial 5 mm"),
        ("1.2.8", False, "Segmentation of a series that is not open"),
        ("", False, "Segmentation"),
    ],
)
def test_a_segmentation_says_upon_which_series_it_was_drawn(
    drawn_on: str, hidden: bool, expected: str
) -> None:
    image = make_stack(3)
    image = replace(
        image,
        identity=replace(
            image.identity, series_instance_uid="1.2.7", series_number="4", series_description="PET of DOE"
        ),
    )
    attributes = FrameAttributes(modality="SEG", drawn_on=drawn_on)
    mask = replace(
        image,
        key="mask",
        identity=replace(image.identity, series_instance_uid="1.2.9", modality="SEG"),
        frames=tuple(replace(frame, attributes=attributes) for frame in image.frames),
    )
    both = [Series(stack.identity, (stack,)) for stack in (image, mask)]
    library = Library(studies=(Study(image.identity, tuple(both)),))
    assert segmentation_text(mask, library, hidden=hidden) == expected
    assert segmentation_text(image, library, hidden=hidden) == ""
    rows = StudyRows().of(library, hidden=hidden, here=None)
    assert next(row for row in rows if row.key == "mask").lines[0] == expected


@pytest.mark.parametrize(
    ("described", "contradicted", "name"),
    [
        ("R MLO", False, "RMLO"),
        ("rmlo", False, "RMLO"),
        ("R MLO", True, "R?MLO · R MLO"),
        ("R MLO Mag", False, "RMLO · R MLO Mag"),
    ],
)
def test_a_description_that_repeats_side_and_view_is_not_said_twice(
    described: str, contradicted: bool, name: str
) -> None:
    who = replace(identity(), series_description=described)
    stack = replace(make_stack(1, who=who, plane=""), aspects=(Aspect("R", "MLO", (), contradicted),))
    assert series_name(stack, hidden=False) == name
