"""What a presentation state and a file lay on an image stands in the export where it belongs."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from medviewer.export.graphics import draw_graphics
from medviewer.export.pictures import png as image_module
from medviewer.export.provenance import describe_making
from medviewer.export.sheet import Surroundings, image_corner
from medviewer.imaging.annotation.annotation import Annotation as Drawn
from medviewer.imaging.annotation.placement import points_on
from medviewer.imaging.annotation.primitives import carried
from medviewer.imaging.display.transform import TURNED_RIGHT, ViewTransform
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.overlay import OVERLAY_COLOR, Overlay
from medviewer.imaging.frame.shutter import RectangularShutter, Shutter
from medviewer.imaging.presentation_state.drawing import state_primitives
from medviewer.imaging.presentation_state.graphic import Graphic, GraphicKind, Justification, TextNote, Units
from medviewer.imaging.presentation_state.state import (
    Annotation,
    DisplayedArea,
    ForImages,
    GraphicLayer,
    ImageReference,
    PresentationState,
    view_of,
)
from medviewer.viewer.render.graphics import to_view
from medviewer.viewer.state.pane_state import PaneState
from tests.made_panes import AXIAL, PaneMaker
from tests.saved_pictures import annotated_png

RED = (255, 0, 0)
UID = "2.25.3"  # of the slice that the pane shows


def draw_state(image: np.ndarray, frame: Frame, chosen: PresentationState, view: ViewTransform) -> np.ndarray:
    carry = to_view(view)
    return draw_graphics(image, [carried(one, carry) for one in state_primitives(frame, chosen)], view)


def state(*graphics: Graphic, texts: tuple[TextNote, ...] = (), **more: Any) -> PresentationState:
    drawn = ForImages(Annotation("L", graphics, texts))
    return PresentationState(
        "9.9",
        (ImageReference(UID),),
        label="STATE",
        layers=(GraphicLayer("L", 1, RED),),
        annotations=(drawn,),
        **more,
    )


def drawn(chosen: PresentationState, rows: int = 40, columns: int = 60, scale: int = 1) -> np.ndarray:
    """Return which pixels of a black image are drawn red."""
    frame = Frame(np.zeros((rows, columns), np.uint8), UID)
    turned = chosen.quarter_turns % 2
    shape = (columns, rows) if turned else (rows, columns)
    image = np.zeros((shape[0] * scale, shape[1] * scale, 3), np.uint8)
    return (draw_state(image, frame, chosen, view_of(frame, chosen)) == RED).all(axis=2)


def box(inked: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(inked)
    return int(rows.min()), int(rows.max()), int(columns.min()), int(columns.max())


def line(*points: tuple[float, float], units: Units = Units.PIXEL, **more: Any) -> Graphic:
    return Graphic(GraphicKind.POLYLINE, points, units, **more)


def test_a_line_goes_through_the_centers_of_its_pixels() -> None:
    inked = drawn(state(line((10.5, 5.5), (20.5, 5.5))))
    expected = np.zeros((40, 60), bool)
    expected[5, 10:21] = True
    assert np.array_equal(inked, expected)


def test_a_line_is_drawn_at_the_images_resolution() -> None:
    inked = drawn(state(line((10.5, 5.5), (20.5, 5.5))), scale=4)
    top, bottom, left, right = box(inked)
    assert (top, bottom) in {(21, 21), (22, 22), (21, 22)}
    assert abs(left - 41.5) <= 1
    assert abs(right - 81.5) <= 1


@pytest.mark.parametrize(
    ("turns", "flipped", "expected"),
    [
        (0, False, (5, 5, 10, 20)),
        (0, True, (5, 5, 39, 49)),
        (1, False, (10, 20, 34, 34)),
        (2, False, (34, 34, 39, 49)),
        (3, False, (39, 49, 5, 5)),
        (1, True, (39, 49, 34, 34)),
    ],
)
def test_drawings_turn_and_flip_with_the_image(
    turns: int, flipped: bool, expected: tuple[int, int, int, int]
) -> None:
    chosen = state(line((10.5, 5.5), (20.5, 5.5)), quarter_turns=turns, flipped=flipped)
    assert box(drawn(chosen)) == expected


def test_display_units_are_fractions_of_the_displayed_area_as_it_is_seen() -> None:
    area = ForImages(DisplayedArea(20, 10, 39, 29))
    across = line((0.0, 0.025), (0.5, 0.025), units=Units.DISPLAY)
    top, bottom, left, right = box(drawn(state(across, areas=(area,))))
    assert (top, bottom) == (10, 10)
    assert abs(left - 20) <= 1
    assert abs(right - 29) <= 1
    turned = drawn(state(across, areas=(area,), quarter_turns=2))
    top, _, left, right = box(turned)
    assert (top, abs(left - 20) <= 1, abs(right - 29) <= 1) == (10, True, True)


def test_of_a_line_that_ends_far_outside_the_seen_part_is_drawn() -> None:
    inked = drawn(
        state(line((10.5, 5.5), (1e9, 5.5)), line((-3e9, -3e9), (3e9, 3e9)), line((70, 5), (1e9, 1e9)))
    )
    expected = np.eye(40, 60, dtype=bool)
    expected[5, 10:] = True
    assert np.array_equal(inked, expected)


def test_a_filled_drawing_lets_the_image_shine_through() -> None:
    square = line((10, 10), (30, 10), (30, 30), (10, 30), is_filled=True)
    frame = Frame(np.zeros((40, 60), np.uint8), UID)
    image = np.full((40, 60, 3), 100, np.uint8)
    chosen = state(square)
    inside = draw_state(image, frame, chosen, view_of(frame, chosen))[20, 20]
    assert 100 < inside[0] < 255
    assert 0 < inside[1] < 100
    assert (image == 100).all()


def test_a_point_is_a_cross_around_its_place() -> None:
    inked = drawn(state(Graphic(GraphicKind.POINT, ((30.5, 20.5),))))
    top, bottom, left, right = box(inked)
    assert (top + bottom, left + right) == (40, 60)
    assert bottom > top
    assert right > left


def test_a_closed_ellipse_is_as_wide_as_its_axes() -> None:
    ends = ((10.5, 20.5), (50.5, 20.5), (30.5, 10.5), (30.5, 30.5))
    assert box(drawn(state(Graphic(GraphicKind.ELLIPSE, ends)))) == (10, 30, 10, 50)


def test_what_is_turned_by_hand_takes_drawings_in_display_units_along() -> None:
    chosen = state(line((0.25, 0.0125), (0.25, 0.4875), units=Units.DISPLAY), quarter_turns=1)
    frame = Frame(np.zeros((40, 60), np.uint8), UID)
    by_hand = replace(view_of(frame, chosen), quarter_turns=2)
    image = np.zeros((40, 60, 3), np.uint8)
    as_stated = draw_state(image.transpose(1, 0, 2), frame, chosen, view_of(frame, chosen))
    turned = draw_state(image, frame, chosen, by_hand)
    assert box((as_stated == RED).all(axis=2)) == (0, 29, 9, 9)
    top, bottom, left, right = box((turned == RED).all(axis=2))
    assert abs(top - 9) <= 1
    assert abs(bottom - 9) <= 1
    assert abs(left - 31) <= 1
    assert abs(right - 59) <= 1


def text(**more: Any) -> TextNote:
    return TextNote(("WORDS",), **more)


def test_a_text_stands_in_its_box_at_the_side_that_it_asks_for() -> None:
    places = []
    for justification in (Justification.LEFT, Justification.CENTER, Justification.RIGHT):
        note = text(box=((20, 100), (380, 120)), justification=justification)
        inked = drawn(state(texts=(note,)), 200, 400)
        places.append(box(inked))
    left, center, right = places
    assert 18 <= left[2] <= 24
    assert 376 <= right[3] <= 382
    assert abs((center[2] + center[3]) / 2 - 200) <= 3
    assert 95 <= left[0] <= 112


def test_a_text_is_never_turned_and_stays_inside_the_image() -> None:
    note = text(box=((390, 195), (391, 196)))
    for turns in range(4):
        top, bottom, left, right = box(drawn(state(texts=(note,), quarter_turns=turns), 200, 400))
        assert right - left > 2 * (bottom - top)
        assert 0 <= top <= bottom < (400 if turns % 2 else 200)
        assert 0 <= left <= right < (200 if turns % 2 else 400)


def test_a_shown_anchor_is_joined_to_its_text() -> None:
    note = text(box=((20, 20), (60, 40)), anchor=(300.5, 150.5), is_anchor_shown=True)
    assert drawn(state(texts=(note,)), 200, 400)[150, 300]
    hidden = replace(note, is_anchor_shown=False)
    assert not drawn(state(texts=(hidden,)), 200, 400)[100:, 200:].any()
    alone = text(anchor=(100, 50))
    top, _, left, _ = box(drawn(state(texts=(alone,)), 200, 400))
    assert (50 <= top <= 75, 100 <= left <= 120) == (True, True)


def test_each_line_of_a_text_stands_below_the_one_before() -> None:
    one = box(drawn(state(texts=(text(box=((20, 20), (21, 21))),)), 200, 400))
    two = TextNote(("WORDS", "WORDS"), box=((20, 20), (21, 21)))
    both = box(drawn(state(texts=(two,)), 200, 400))
    assert both[0] == one[0]
    assert both[1] - one[1] >= one[1] - one[0]


def exported(pane: PaneState) -> np.ndarray:
    """Return the image in the export, without its surroundings."""
    with Image.open(BytesIO(annotated_png(pane, settings={}))) as image:
        canvas = np.asarray(image)
    assert pane.frame is not None
    chosen = pane.presentation_in_use
    shape = (pane.frame.rows, pane.frame.columns)
    if chosen is not None and chosen.quarter_turns % 2:
        shape = (shape[1], shape[0])
    left, top = image_corner(np.zeros(shape, np.uint8))
    return canvas[top : top + shape[0], left : left + shape[1]]


def overlay(origin: tuple[int, int] = (100, 200)) -> Overlay:
    return Overlay(np.ones((3, 5), bool), origin)


def test_overlays_of_the_file_are_in_the_export_unless_they_are_switched_off(
    making: PaneMaker,
) -> None:
    pane = making(frame={"overlays": (overlay(),)})
    inked = (exported(pane) == OVERLAY_COLOR).all(axis=2)
    assert box(inked) == (100, 102, 200, 204)
    assert inked.sum() == 15
    plain = exported(making())
    assert np.array_equal(exported(replace(pane, graphics_shown=False)), plain)


def test_a_shutter_is_in_the_export_whether_drawings_are_shown_or_not(making: PaneMaker) -> None:
    shutter = Shutter((RectangularShutter(10, 500, 10, 600),), 0xFFFF)
    pane = making(frame={"shutter": shutter})
    for shown in (True, False):
        image = exported(replace(pane, graphics_shown=shown))
        assert (image[:10] == 255).all()
        assert (image[:, 601:] == 255).all()
    assert np.array_equal(exported(pane)[10:501, 10:601], exported(making())[10:501, 10:601])


def test_the_export_follows_the_panes_presentation_state(making: PaneMaker) -> None:
    pane = making()
    turned = exported(replace(pane, presentation=state(quarter_turns=1)))
    inverse = exported(replace(pane, presentation=state(quarter_turns=1, inverted=True)))
    assert turned.shape == (640, 600, 3)
    assert np.abs(turned.astype(int) + inverse - 255).max() <= 1
    about_another = replace(state(quarter_turns=1), references=(ImageReference("1.1"),))
    assert np.array_equal(exported(replace(pane, presentation=about_another)), exported(pane))


def test_drawings_of_the_state_are_in_the_export(making: PaneMaker) -> None:
    pane = replace(making(), presentation=state(line((50.5, 60.5), (150.5, 60.5))))
    inked = (exported(pane) == RED).all(axis=2)
    top, bottom, left, right = box(inked)
    assert abs((top + bottom) / 2 - 60) <= 1
    assert abs(left - 50) <= 1
    assert abs(right - 150) <= 1
    assert not (exported(replace(pane, graphics_shown=False)) == RED).all(axis=2).any()


@pytest.fixture
def surroundings(monkeypatch: pytest.MonkeyPatch) -> list[Surroundings]:
    """Note the texts around each exported image."""
    found: list[Surroundings] = []
    compose = image_module.compose

    def noted(image: np.ndarray, around: Surroundings) -> np.ndarray:
        found.append(around)
        return compose(image, around)

    monkeypatch.setattr(image_module, "compose", noted)
    return found


def test_the_letters_at_the_edges_turn_with_the_image(
    making: PaneMaker, surroundings: list[Surroundings]
) -> None:
    for chosen in (None, state(quarter_turns=1), state(flipped=True)):
        annotated_png(replace(making(), presentation=chosen), settings={})
    letters = ["".join(one.letters) for one in surroundings]
    assert letters == ["ALPR", "RALP", "ARPL"]


def test_the_caption_says_what_lies_on_the_image(making: PaneMaker, surroundings: list[Surroundings]) -> None:
    def said(pane: PaneState) -> str:
        annotated_png(pane, settings={})
        return "\n".join(words.text for words in surroundings[-1].caption)

    plain = said(making())
    for words in ("presentation state", "shutter", "name the patient", "not shown"):
        assert words not in plain
    shutter = Shutter((RectangularShutter(10, 500, 10, 600),))
    both = making(frame={"shutter": shutter, "overlays": (overlay(),)})
    assert "covered by a shutter · Overlays and drawings" in said(both)
    assert "not shown" in said(replace(both, graphics_shown=False))
    for label, shown in (("LUNG", "presentation state LUNG"), ("CANARY", "presentation state ?")):
        one = replace(state(), label=label, description="CANARY's state")
        caption = said(replace(making(), presentation=one))
        assert shown in caption
        assert "CANARY" not in caption


def test_there_is_no_scale_bar_where_the_state_shows_pixels_of_another_shape(
    making: PaneMaker, surroundings: list[Surroundings]
) -> None:
    for aspect in (1.0, 2.0):
        area = ForImages(DisplayedArea(0, 0, 639, 599, pixel_aspect=aspect))
        chosen = state(areas=(area,), quarter_turns=1)
        annotated_png(replace(making(), presentation=chosen), settings={})
    first, second = (one.scale for one in surroundings)
    assert first is not None
    assert first[0] == pytest.approx(float(first[1].split()[0]) * 10 / 0.5)  # cm; 0.5 mm to a pixel
    assert second is None


def test_the_provenance_names_the_state(making: PaneMaker) -> None:
    pane = replace(making(), presentation=state())
    assert pane.frame is not None
    for with_uids, named in ((True, "9.9"), (False, True)):
        record = describe_making(
            pane,
            pane.frame,
            None,
            settings={},
            shape=(600, 640),
            enlarged=1,
            named=False,
            with_uids=with_uids,
        )
        assert (record["picture"]["presentation_state"], record["picture"]["graphics"]) == (named, True)


def test_pixels_of_another_shape_are_drawn_on_where_they_are(making: PaneMaker) -> None:
    tall = FrameGeometry(spacing_mm=(1.0, 0.5), pixel_aspect=2.0)
    pane = making(np.zeros((300, 600), np.int16), geometry=tall)
    pane = replace(pane, presentation=state(line((100.5, 50.5), (100.5, 99.5))))
    with Image.open(BytesIO(annotated_png(pane, settings={}))) as image:
        canvas = np.asarray(image)
    left_of, top_of = image_corner(np.zeros((600, 600), np.uint8))
    inked = (canvas[top_of : top_of + 600, left_of : left_of + 600] == RED).all(axis=2)
    top, bottom, left, right = box(inked)
    assert abs(top - 101) <= 1
    assert abs(bottom - 199) <= 1
    assert abs((left + right) / 2 - 100) <= 1


def annotated(pane: PaneState, *points: tuple[float, float], **more: Any) -> PaneState:
    assert pane.frame is not None
    kept, space = points_on(pane.frame.geometry, points)
    one = Drawn("a", "line", kept, "slice", "hash", space, color=RED, **more)
    return replace(pane, annotations=(one,))


@pytest.mark.parametrize("space", ["", "1.9"])
def test_an_annotation_is_in_the_export_at_its_place(making: PaneMaker, space: str) -> None:
    pane = making(geometry=replace(AXIAL, frame_of_reference_uid=space))
    pane = annotated(pane, (50.5, 60.5), (150.5, 60.5))
    assert pane.annotations[0].is_in_patient is bool(space)
    assert box((exported(pane) == RED).all(axis=2)) == (60, 60, 50, 150)
    turned = replace(pane, orientation=TURNED_RIGHT)
    with Image.open(BytesIO(annotated_png(turned, settings={}))) as image:
        canvas = np.asarray(image)
    left, top = image_corner(np.zeros((640, 600), np.uint8))
    inked = (canvas[top : top + 640, left : left + 600] == RED).all(axis=2)
    assert box(inked) == (50, 150, 539, 539)
    assert not (exported(replace(pane, graphics_shown=False)) == RED).all(axis=2).any()


def test_an_annotation_is_in_the_export_of_every_processing_and_size(making: PaneMaker) -> None:
    for processing in ("original", "denoised", "thresholded", "edges"):
        pane = replace(annotated(making(), (50.5, 60.5), (150.5, 60.5)), processing=processing)
        assert (exported(pane) == RED).all(axis=2)[60, 50:151].all()
    small = annotated(making(np.zeros((64, 64), np.int16)), (8.5, 32.5), (56.5, 32.5))
    with Image.open(BytesIO(annotated_png(small, settings={}))) as image:
        canvas = np.asarray(image)
    left, top = image_corner(np.zeros((512, 512), np.uint8))
    first, last, start, end = box((canvas[top : top + 512, left : left + 512] == RED).all(axis=2))
    assert (first + last + 1) / 2 == pytest.approx(8 * 32.5, abs=0.5)
    assert (start, end + 1) == pytest.approx((8 * 8.5, 8 * 56.5), abs=1)
