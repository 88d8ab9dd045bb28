"""Drawings and texts of a presentation state are read in all kinds, bounded; nonsense is left out."""

from pathlib import Path
from typing import Any

import pytest

from medviewer import limits
from medviewer.dicom.objects.graphic_annotations import BAD_DRAWING, MANY_DRAWINGS
from medviewer.dicom.reading.other_objects import read_object
from medviewer.imaging.presentation_state.graphic import Graphic, GraphicKind, Justification, TextNote, Units
from medviewer.imaging.presentation_state.state import (
    ImageReference,
)
from tests.dicom.drawn_files import references, write_state

UID = "2.25.7"


def drawing(kind: str, *numbers: float, **more: Any) -> dict[str, Any]:
    return {
        "GraphicAnnotationUnits": "PIXEL",
        "GraphicDimensions": 2,
        "NumberOfGraphicPoints": len(numbers) // 2,
        "GraphicData": list(numbers),
        "GraphicType": kind,
        "GraphicFilled": "N",
        **more,
    }


def annotated(folder: Path, *graphics: dict[str, Any], texts: list[dict[str, Any]] | None = None) -> Any:
    item: dict[str, Any] = {"GraphicLayer": "L", "ReferencedImageSequence": references(UID)}
    if graphics:
        item["GraphicObjectSequence"] = list(graphics)
    if texts:
        item["TextObjectSequence"] = texts
    return read_object(write_state(folder, UID, GraphicAnnotationSequence=[item]))


def test_a_drawing_reaches_as_far_as_allowed_and_no_farther(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FRAME_SIDE", 50)
    found = annotated(tmp_path, drawing("POINT", 50, -50), drawing("POINT", 51, 0), drawing("POINT", 0, -51))
    (part,) = found.annotations
    assert [graphic.points for graphic in part.content.graphics] == [((50, -50),)]
    assert found.warnings == (BAD_DRAWING,)


def test_drawings_of_all_kinds_are_read(tmp_path: Path) -> None:
    found = annotated(
        tmp_path,
        drawing("POINT", 1, 2),
        drawing("POLYLINE", 1, 2, 3, 4, 5, 6, GraphicFilled="Y"),
        drawing("INTERPOLATED", 1, 2, 3, 4),
        drawing("CIRCLE", 1, 2, 3, 4, GraphicAnnotationUnits="DISPLAY"),
        drawing("ELLIPSE", 1, 2, 3, 4, 5, 6, 7, 8),
    )
    (part,) = found.annotations
    assert part.references == (ImageReference(UID),)
    assert part.content.layer == "L"
    graphics = part.content.graphics
    assert [graphic.kind for graphic in graphics] == list(GraphicKind)
    assert graphics[1] == Graphic(GraphicKind.POLYLINE, ((1, 2), (3, 4), (5, 6)), is_filled=True)
    assert [graphic.units for graphic in graphics].index(Units.DISPLAY) == 3
    assert found.warnings == ()


@pytest.mark.parametrize(
    "wrong",
    [
        drawing("POINT", 1, 2, 3, 4),
        drawing("CIRCLE", 1, 2),
        drawing("ELLIPSE", 1, 2, 3, 4),
        drawing("POLYLINE", 1, 2),
        drawing("POLYLINE", 1, 2, 3),
        drawing("HEART", 1, 2),
        drawing("POINT", 1, 2, GraphicAnnotationUnits="MILES"),
        drawing("POINT", 1, float("nan")),
        drawing("POLYLINE", 0, 0, 1, 65536),
        drawing("POLYLINE", 0, 0, -1e30, 1),
    ],
)
def test_a_drawing_that_makes_no_sense_is_left_out_and_the_others_stay(
    wrong: dict[str, Any], tmp_path: Path
) -> None:
    found = annotated(tmp_path, wrong, drawing("POINT", 7, 8))
    assert [graphic.points for graphic in found.annotations[0].content.graphics] == [((7, 8),)]
    assert found.warnings == (BAD_DRAWING,)


def test_points_of_drawings_are_bounded_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = drawing("POLYLINE", 1, 2, 3, 4)
    monkeypatch.setattr(limits, "DRAWING_POINTS", 4)
    assert len(annotated(tmp_path, line, line).annotations[0].content.graphics) == 2
    found = annotated(tmp_path, line, line, drawing("POINT", 1, 2))
    assert len(found.annotations[0].content.graphics) == 2
    assert found.warnings == (MANY_DRAWINGS,)


def test_texts_are_read_line_by_line_as_plain_text(tmp_path: Path) -> None:
    boxed = {
        "UnformattedTextValue": "two\r\nlines \\ <b>plain</b>",
        "BoundingBoxAnnotationUnits": "DISPLAY",
        "BoundingBoxTopLeftHandCorner": [0.1, 0.2],
        "BoundingBoxBottomRightHandCorner": [0.3, 0.4],
        "BoundingBoxTextHorizontalJustification": "CENTER",
    }
    anchored = {
        "UnformattedTextValue": "here",
        "AnchorPointAnnotationUnits": "PIXEL",
        "AnchorPoint": [5, 6],
        "AnchorPointVisibility": "Y",
    }
    nowhere = {"UnformattedTextValue": "lost"}
    found = annotated(tmp_path, texts=[boxed, anchored, nowhere])
    first, second = found.annotations[0].content.texts
    assert first.lines == ("two", "lines \\ <b>plain</b>")
    assert first.box == tuple(pytest.approx(corner) for corner in ((0.1, 0.2), (0.3, 0.4)))
    assert (first.box_units, first.justification) == (Units.DISPLAY, Justification.CENTER)
    assert second == TextNote(("here",), anchor=(5, 6), is_anchor_shown=True)
    assert found.warnings == (BAD_DRAWING,)


def test_a_text_is_cut_where_it_would_not_be_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TEXT_SHOWN", 64)
    note = {"UnformattedTextValue": "1\n" * 99, "AnchorPointAnnotationUnits": "PIXEL", "AnchorPoint": [1, 1]}
    found = annotated(tmp_path, texts=[note])
    assert found.annotations[0].content.texts[0].lines == ("1",) * 32
