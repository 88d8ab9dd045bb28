"""Each kind of annotation is made of few primitives.

A kind that nobody knows is a line.
"""

from dataclasses import replace

import pytest

from medviewer.imaging.annotation.annotation import Annotation, Point
from medviewer.imaging.annotation.drawing import ANNOTATION_COLOR, primitives_of
from medviewer.imaging.annotation.primitives import (
    Arrow,
    Cross,
    Ellipse,
    Handle,
    Label,
    Polygon,
    Polyline,
    Primitive,
    carried,
)

A, B, C, D = (0.0, 0.0), (8.0, 0.0), (4.0, -2.0), (4.0, 2.0)
Y = ANNOTATION_COLOR


def marked(*points: Point) -> Polyline:
    return Polyline(points, Y, has_end_marks=True)


def drawn(kind: str, *points: Point, text: str = "") -> tuple[Primitive, ...]:
    return primitives_of(Annotation("a", kind, points, "slice", "hash", text=text), points)


@pytest.mark.parametrize(
    ("kind", "points", "expected"),
    [
        ("length", (A, B), (marked(A, B),)),
        ("angle", (A, B, C), (marked(A, B, C),)),
        ("Cobb", (A, B, C, D), (marked(A, B), marked(C, D))),
        ("freehand", (A, B, C, D), (Polygon((A, B, C, D), Y),)),
        ("rectangle", (A, B, C, D), (Polygon((A, B, C, D), Y),)),
        ("polygon", (A, B, C), (Polygon((A, B, C), Y),)),
        ("ellipse", (A, B, C, D), (Ellipse((4.0, 0.0), B, (4.0, 2.0), Y),)),
        ("arrow", (A, B), (Arrow(A, B, Y),)),
        ("point", (A,), (Cross(A, Y),)),
        ("spline of 2031", (A, B, C), (Polyline((A, B, C), Y),)),
    ],
)
def test_a_kind_is_made_of_primitives(
    kind: str, points: tuple[Point, ...], expected: tuple[Primitive, ...]
) -> None:
    assert drawn(kind, *points) == expected


@pytest.mark.parametrize("kind", ["rectangle", "polygon", "ellipse", "arrow", "Cobb", "text", "length"])
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_no_kind_fails_with_points_that_are_not_its_own(kind: str, count: int) -> None:
    assert drawn(kind, *((A, B, C, D, A)[:count]))


def test_a_text_stands_beside_the_last_point_in_the_color_of_its_annotation() -> None:
    one = Annotation("a", "length", (A, B), "slice", "hash", text="left\nside", color=(1, 2, 3))
    line, label = primitives_of(one, (A, B))
    assert label == Label(("left", "side"), (1, 2, 3), anchor=B, around=(A, B, B), subject="a")
    assert line == Polyline((A, B), (1, 2, 3), has_end_marks=True)
    assert len(primitives_of(replace(one, text="\n"), (A, B))) == 1


def test_a_note_stands_at_its_place_and_points_to_what_it_is_about() -> None:
    assert drawn("text", A, text="note") == (Label(("note",), Y, (A, A), subject="a"),)
    assert drawn("text", A, B, text="note") == (Label(("note",), Y, (A, A), B, has_leader=True, subject="a"),)


def test_what_was_typed_stays_text() -> None:
    (label,) = drawn("text", A, text="a\x1b[31m\u202eb")
    assert isinstance(label, Label)
    assert all(line.isprintable() for line in label.lines)


def test_each_primitive_is_carried_over_with_all_its_places() -> None:
    def carry(point: Point) -> Point:
        return point[0] + 100, point[1] + 200

    for primitive in (
        marked(A, B),
        Polygon((A, B, C), Y, is_filled=True),
        Ellipse(A, B, C, Y, is_filled=True),
        Cross(A, Y),
        Arrow(A, B, Y),
        Label(("a",), Y, (A, B), C, has_leader=True, share_before=0.5),
        Label(("a",), Y, anchor=C, around=(A, B), subject="a"),
        Handle(C, Y),
    ):
        there = carried(primitive, carry)
        assert there != primitive
        assert carried(there, lambda point: (point[0] - 100, point[1] - 200)) == primitive


def test_a_measurement_stands_under_the_text_of_its_annotation() -> None:
    one = Annotation("a", "length", (A, B), "slice", "hash", text="left")
    assert primitives_of(one, (A, B), ("8.0 mm",))[-1] == Label(
        ("left", "8.0 mm"), Y, anchor=B, around=(A, B, B), subject="a"
    )
    assert primitives_of(replace(one, text=""), (A, B), ("8.0 mm",))[-1] == Label(
        ("8.0 mm",), Y, anchor=B, around=(A, B, B), subject="a"
    )
