"""A presentation state replaces what the image says of its image, in the standard's order, and no more."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from medviewer.imaging.display.pipeline import to_display_image, window_steps
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.modality import ModalityTable, Rescale
from medviewer.imaging.frame.overlay import Overlay
from medviewer.imaging.frame.shutter import RectangularShutter, Shutter
from medviewer.imaging.frame.voi import IdentityVoi, PresentationTable, VoiOrigin, Window
from medviewer.imaging.presentation_state.graphic import Graphic, GraphicKind, TextNote, Units
from medviewer.imaging.presentation_state.state import (
    Annotation,
    DisplayedArea,
    ForImages,
    GraphicLayer,
    ImageReference,
    PresentationState,
    displayed_area,
    drawn_layers,
    frame_point,
    presented,
    view_of,
)
from medviewer.translation import Message

STORED = np.array([[0, 50, 100], [150, 200, 255]], np.uint8)
ALL = (ImageReference("1.2"),)
RAMP = Window(127.5, 255, origin=VoiOrigin.FILE)


def frame(**more: Any) -> Frame:
    return Frame(STORED.copy(), "1.2", bits_stored=8, modality=Rescale(1, -1024, "HU"), **more)


def state(**more: Any) -> PresentationState:
    return PresentationState("9.9", ALL, **more)


def image(shown: Frame) -> list[list[int]]:
    return to_display_image(shown).tolist()


def test_a_state_about_other_images_changes_nothing() -> None:
    image = frame()
    for other in (ImageReference("1.3"), ImageReference("1.2", (2, 3))):
        about = replace(state(inverted=True, quarter_turns=1), references=(other,))
        assert presented(image, about) is image
        assert not drawn_layers(image, about)
        assert (view_of(image, about).quarter_turns, view_of(image, about).flipped) == (0, False)


def test_a_state_names_frames_or_all_of_them() -> None:
    some = replace(state(), references=(ImageReference("1.2", (2, 3)), ImageReference("1.4")))
    assert [some.is_about("1.2", number) for number in (1, 2, 3, 4)] == [False, True, True, False]
    assert some.is_about("1.4", 77)


def test_a_state_without_transforms_shows_stored_values_over_their_full_range() -> None:
    shown = presented(frame(voi=(Window(0, 10),)), state())
    assert shown.modality == Rescale()
    assert image(shown) == STORED.tolist()
    (window,) = shown.voi
    assert isinstance(window, Window)
    assert window.origin is VoiOrigin.AUTO


def test_the_full_range_is_that_of_the_states_modality_values() -> None:
    shown = presented(frame(), state(modality=Rescale(-2.0, 10.0)))
    assert image(shown) == (255 - STORED).tolist()
    table = ModalityTable(0, np.array([5, 10, 15], np.float32))
    shown = presented(Frame(np.array([[0, 1, 2]], np.uint8), "1.2"), state(modality=table))
    assert image(shown) == [[0, 128, 255]]
    signed = Frame(np.array([[-128, 127]], np.int8), "1.2", bits_stored=8)
    assert image(presented(signed, state())) == [[0, 255]]
    floats = Frame(np.array([[0.25, 0.5, 0.75]], np.float32), "1.2")
    assert image(presented(floats, state())) == [[0, 128, 255]]


def test_the_states_window_is_for_the_images_it_names() -> None:
    first, second = Window(10, 20), Window(30, 40)
    both = state(
        modality=Rescale(1, -1024),
        vois=(ForImages((first,), (ImageReference("1.3"),)), ForImages((second,), ALL)),
    )
    assert presented(frame(), both).voi == (second,)
    assert presented(frame(), state(vois=(ForImages((first,)),))).voi == (first,)
    by_frame = state(vois=(ForImages((first,), (ImageReference("1.2", (1,)),)), ForImages((second,))))
    assert presented(frame(frame_number=2), by_frame).voi == (second,)


@pytest.mark.parametrize("is_monochrome1", [False, True])
@pytest.mark.parametrize("inverse", [False, True])
def test_the_states_polarity_replaces_the_images_and_is_never_added(
    is_monochrome1: bool, inverse: bool
) -> None:
    shown = presented(frame(inverted=is_monochrome1), state(inverted=inverse))
    assert image(shown) == ((255 - STORED) if inverse else STORED).tolist()


def test_a_presentation_table_follows_the_window() -> None:
    table = PresentationTable(np.array([0, 65535, 0], np.uint16), 16)
    shown = presented(frame(), state(presentation_table=table))
    # 0..1 is scaled to the indexes 0..2: below a quarter and above three quarters the table gives black
    assert image(shown) == [[0, 0, 255], [255, 0, 0]]
    assert "presentation table" in window_steps(shown)
    by_floats = presented(replace(frame(), stored=STORED.astype(np.float32)), state(presentation_table=table))
    assert image(by_floats) == image(shown)


def test_the_states_shutter_replaces_the_images_and_none_takes_it_away() -> None:
    own, other = (Shutter((RectangularShutter(0, row, 0, 0),)) for row in (0, 1))
    assert presented(frame(shutter=own), state(shutter=other)).shutter is other
    assert presented(frame(shutter=own), state()).shutter is None


def test_the_image_keeps_its_own_and_the_same_state_gives_the_same_frame() -> None:
    image, chosen = frame(inverted=True), state()
    shown = presented(image, chosen)
    assert presented(image, chosen) is shown
    other = state()
    assert presented(image, other) is not shown
    assert presented(image, chosen) is shown  # panes that are not linked show one frame by two states
    assert image.inverted
    assert image.modality.unit == "HU"


def test_a_color_state_leaves_the_gray_scale_chain_alone() -> None:
    color = Frame(np.zeros((2, 3, 3), np.uint8), "1.2", shutter=None)
    mask = Shutter((RectangularShutter(0, 0, 0, 0),), color=(9, 8, 7))
    shown = presented(color, state(is_color=True, shutter=mask))
    assert to_display_image(shown)[1, 1].tolist() == [9, 8, 7]
    gray = presented(frame(voi=(RAMP,)), state(is_color=True))
    assert (gray.voi, gray.modality.unit) == ((RAMP,), "HU")


def plane(group: int, column: int) -> Overlay:
    mask = np.zeros((2, 3), bool)
    mask[0, column] = True
    return Overlay(mask, group=group)


def test_only_activated_overlays_are_drawn_in_the_order_and_color_of_their_layers() -> None:
    image = frame(overlays=(plane(0x6000, 0), plane(0x6002, 1), plane(0x6004, 2)))
    chosen = state(
        layers=(GraphicLayer("TOP", 9, (1, 1, 1)), GraphicLayer("BOTTOM", -3, (2, 2, 2))),
        overlays=(plane(0x6002, 2),),
        activations=((0x6000, "TOP"), (0x6002, "BOTTOM"), (0x600E, "TOP")),
    )
    shown = presented(image, chosen).overlays
    assert [(one.group, one.color) for one in shown] == [(0x6002, (2, 2, 2)), (0x6000, (1, 1, 1))]
    assert shown[0].mask[0].tolist() == [False, False, True]  # the state's own plane hides the image's


def test_layers_hold_what_is_drawn_on_this_image_lowest_order_first() -> None:
    one, two = (Graphic(GraphicKind.POINT, ((n, n),)) for n in (1, 2))
    note = TextNote(("words",), anchor=(0, 0))
    chosen = state(
        layers=(GraphicLayer("B", 2), GraphicLayer("EMPTY", 3), GraphicLayer("A", 1)),
        annotations=(
            ForImages(Annotation("B", (one,))),
            ForImages(Annotation("A", (), (note,)), ALL),
            ForImages(Annotation("A", (two,)), (ImageReference("1.3"),)),
            ForImages(Annotation("UNDEFINED", (two,))),
        ),
    )
    layers = drawn_layers(frame(), chosen)
    assert [layer.name for layer in layers] == ["A", "B", "UNDEFINED"]
    assert [layer.graphics for layer in layers] == [(), (one,), (two,)]
    assert layers[0].texts == (note,)


def test_the_displayed_area_is_that_of_the_image_and_gives_the_aspect() -> None:
    area = DisplayedArea(0, 0, 2, 1, pixel_aspect=2.0)
    other = DisplayedArea(5, 5, 6, 6)
    chosen = state(areas=(ForImages(other, (ImageReference("1.3"),)), ForImages(area)))
    image = frame(geometry=FrameGeometry(pixel_aspect=1.5))
    assert displayed_area(image, chosen) is area
    assert presented(image, chosen).geometry.pixel_aspect == 2.0
    assert view_of(image, chosen).size == (3.0, 4.0)
    assert displayed_area(image, state()) is None
    assert view_of(image, state()).size == (3.0, 3.0)


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("flipped", [False, True])
def test_pixel_units_stay_on_the_pixels_and_display_units_on_the_screen(turns: int, flipped: bool) -> None:
    chosen = state(quarter_turns=turns, flipped=flipped)
    area = DisplayedArea(left=1, top=0, right=2, bottom=1)
    view = view_of(frame(), chosen)

    assert frame_point((0.5, 1.5), Units.PIXEL, view, area) == (1.0, 0.0)

    corners = [frame_point(point, Units.DISPLAY, view, area) for point in ((0, 0), (1, 1))]
    on_screen = [view.frame_to_view(*corner) for corner in corners]
    assert on_screen[0][0] < on_screen[1][0]
    assert on_screen[0][1] < on_screen[1][1]
    rows, columns = (sorted(pair) for pair in zip(*corners, strict=True))
    assert rows == pytest.approx([-0.5, 1.5])
    assert columns == pytest.approx([0.5, 2.5])


def test_without_an_area_display_units_are_fractions_of_the_whole_frame() -> None:
    view = view_of(frame(), state())
    assert frame_point((0.5, 0.5), Units.DISPLAY, view, None) == pytest.approx((0.5, 1.0))


def test_warnings_of_the_state_are_said_with_the_frames() -> None:
    one, two = Message("one"), Message("two")
    image = frame(warnings=(one,), voi=(IdentityVoi(8),))
    assert presented(image, state(warnings=(two, one))).warnings == (one, two)
