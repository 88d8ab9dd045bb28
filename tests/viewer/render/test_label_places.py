"""Labels of drawings from one painting to the next.

What is not dragged stays.
"""

import numpy as np

from medviewer.imaging.annotation import Label, Polyline, Primitive
from medviewer.viewer.render import Bounds, Brightness, KeptPlaces, Pen, Stroke, TextLine, lay_out
from medviewer.viewer.render.label_places import MOST_LINES

PEN = Pen(1.5, 5.0, 10.0, 16.0, lambda text: 7.0 * len(text))
BRIGHT = np.full((90, 90), 200, np.uint8)
PLACE: Bounds = (0.0, 0.0, 900.0, 900.0)
Points = tuple[tuple[float, float], ...]


def line(name: str, points: Points) -> list[Primitive]:
    label = Label(("34.5 mm", "Mean 34"), (1, 2, 3), None, points[-1], around=points, subject=name)
    return [Polyline(points, (1, 2, 3)), label]


def labels(primitives: list[Primitive], kept: KeptPlaces | None, brightness: Brightness) -> dict[str, Bounds]:
    marks = lay_out(primitives, lambda point: point, PLACE, PEN, brightness=brightness, kept=kept)
    return {mark.subject: mark.box for mark in marks if isinstance(mark, TextLine)}


def test_the_ends_of_a_measured_line_are_marked_across_it() -> None:
    slanted = Polyline(((300.0, 300.0), (340.0, 330.0)), (1, 2, 3), has_end_marks=True)
    marks = lay_out([slanted], lambda point: point, PLACE, PEN)
    line, *ends = [mark.points for mark in marks if isinstance(mark, Stroke)]
    assert line == slanted.points
    middles = [((one[0] + other[0]) / 2, (one[1] + other[1]) / 2) for one, other in ends]
    assert middles == [(300.0, 300.0), (340.0, 330.0)]
    assert all(40 * (other[0] - one[0]) + 30 * (other[1] - one[1]) == 0 for one, other in ends)


def test_labels_of_other_drawings_stay_while_one_is_dragged() -> None:
    kept, under = KeptPlaces(), Brightness(BRIGHT, PLACE)
    first: Points = ((300.0, 300.0), (340.0, 300.0))
    still = line("still", ((300.0, 330.0), (360.0, 330.0)))
    begin = labels([*line("dragged", first), *still], kept, under)
    for step in range(30):
        moved = tuple((x + step, y - 7.0 * step) for x, y in first)
        found = labels([*line("dragged", moved), *still], kept, under)
        assert found["still"] == begin["still"]
        assert step == 0 or found["dragged"] != begin["dragged"]


def test_a_label_gives_way_to_a_drawing_that_comes_over_it() -> None:
    kept, under = KeptPlaces(), Brightness(BRIGHT, PLACE)
    still = line("still", ((300.0, 330.0), (360.0, 330.0)))
    before = labels(still, kept, under)["still"]
    middle = (before[1] + before[3]) / 2
    over = Polyline(((before[0] - 9, middle), (before[2] + 9, middle)), (1, 2, 3))
    assert labels([over, *still], kept, under)["still"] != before


def test_labels_are_placed_anew_on_another_image() -> None:
    kept = KeptPlaces()
    shape: Points = ((450.0, 450.0), (460.0, 450.0))
    bright = labels(line("one", shape), kept, Brightness(BRIGHT, PLACE))["one"]
    half = BRIGHT.copy()
    half[:, :45] = 0
    half[:, 45:] = 255
    dark_left = Brightness(half, PLACE)
    found = labels(line("one", shape), kept, dark_left)["one"]
    assert found == labels(line("one", shape), None, dark_left)["one"]
    assert found != bright
    assert found[0] < 450 < bright[2]


def test_a_label_leaves_the_body_even_where_that_holds_black() -> None:
    """A head: bone around gray with a black ventricle beside what is drawn, and air around it."""
    y, x = np.mgrid[:90, :90]
    radius = np.hypot(x - 45, y - 45)
    head = np.where(radius < 22, 90, np.where(radius < 25, 255, 0)).astype(np.uint8)
    head[40:50, 50:64] = 0
    shape: Points = ((450.0, 450.0), (480.0, 450.0), (480.0, 470.0))
    marks = lay_out(line("one", shape), lambda point: point, PLACE, PEN, brightness=Brightness(head, PLACE))
    left, top, right, bottom = next(mark.box for mark in marks if isinstance(mark, TextLine))
    covered = head[int(top / 10) : int(bottom / 10) + 1, int(left / 10) : int(right / 10) + 1]
    assert covered.max() == 0
    middle = ((left + right) / 2 - 450, (top + bottom) / 2 - 450)
    assert np.hypot(*middle) > 250
    assert any(isinstance(mark, Stroke) and len(mark.points) == 2 for mark in marks[1:])  # the leader


def test_a_label_finds_the_one_free_place_at_a_side() -> None:
    """A head that leaves room for the label in one corner alone."""
    y, x = np.mgrid[:90, :90]
    head = np.where((x < 86) & ~((x > 70) & (y < 12)), 120, 0).astype(np.uint8)
    shape: Points = ((590.0, 220.0), (620.0, 220.0))
    marks = lay_out(line("one", shape), lambda point: point, PLACE, PEN, brightness=Brightness(head, PLACE))
    left, top, right, bottom = next(mark.box for mark in marks if isinstance(mark, TextLine))
    assert left > 710
    assert bottom <= 120
    assert right <= 900
    assert top >= 0


def test_no_label_lies_across_the_image_from_its_drawing() -> None:
    """The same head: its free corner is too far away, so that the label covers some of the head."""
    y, x = np.mgrid[:90, :90]
    head = np.where((x < 86) & ~((x > 70) & (y < 12)), 120, 0).astype(np.uint8)
    shape: Points = ((300.0, 600.0), (330.0, 600.0))
    marks = lay_out(line("one", shape), lambda point: point, PLACE, PEN, brightness=Brightness(head, PLACE))
    box = next(mark.box for mark in marks if isinstance(mark, TextLine))
    assert _apart(box, shape) <= MOST_LINES * PEN.line_height


def _apart(box: Bounds, points: Points) -> float:
    """Return the distance between a box and the nearest of points."""
    left, top, right, bottom = box
    return min(np.hypot(max(0, left - x, x - right), max(0, top - y, y - bottom)) for x, y in points)


def test_a_label_finds_the_one_free_place_above_or_below_a_body_that_fills_the_width() -> None:
    """A chest: it reaches from side to side, and leaves air at the top or at the bottom alone."""
    for air in (slice(0, 12), slice(78, 90)):
        chest = np.full((90, 90), 120, np.uint8)
        chest[air] = 0
        y = 10 * (air.start + air.stop) / 2 + (200 if air.start == 0 else -200)
        region: Points = ((440.0, y), (480.0, y), (480.0, y + 20), (440.0, y + 20))
        box = labels(line("region", region), None, Brightness(chest, PLACE))["region"]
        assert 10 * air.start <= box[1] < box[3] <= 10 * air.stop
