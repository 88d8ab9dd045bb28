"""Numbers, sides and views as the clinic writes them, in both languages."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from medviewer.dicom.library.part_words import GAP, TILTED, UNEVEN
from medviewer.dicom.model import StoredStack
from medviewer.imaging.frame.attributes import Aspect, FrameAttributes
from medviewer.imaging.frame.geometry import FrameGeometry, Vector
from medviewer.imaging.source import SliceFacts, SliceKey
from medviewer.translation import Message, message, use_language
from medviewer.viewer.state.pane_state import PaneState
from medviewer.viewer.texts.caption import stack_title
from medviewer.viewer.texts.image_numbers import (
    aspect_text,
    images_text,
    is_numbered_in_order,
    number_in_name,
    number_text,
    place_details,
    place_text,
    position_text,
    series_number_text,
    short_aspect_text,
    short_number_text,
    sides_text,
    spacing_notes,
    stack_aspect_text,
    view_text,
)

PaneMaker = Callable[..., PaneState]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    use_language("en")


def numbered(making: PaneMaker, series: str, *images: int | None) -> StoredStack:
    stack = making().stack
    frames = tuple(
        replace(frame, image_number=image) for frame, image in zip(stack.frames, images, strict=True)
    )
    return replace(stack, identity=replace(stack.identity, series_number=series), frames=frames)


def test_series_and_image_have_the_numbers_of_the_file(making: PaneMaker) -> None:
    stack = numbered(making, "3", 31, 29, 27, 25, 23)
    assert number_text(stack, 2) == "Se 3  Im 27  (3/5)"
    assert short_number_text(stack, 2) == "Im 27"
    assert series_number_text(stack) == "Se 3"
    assert images_text(stack) == "Im 31–23"


def test_two_numbers_that_run_apart_are_told_apart(making: PaneMaker) -> None:
    stack = numbered(making, "3", 31, 29, 27, 25, 23)
    said = place_details(stack, 2)
    assert said.startswith("Im 27 is the number in the file, (3/5) the place")
    assert place_details(numbered(making, "3", 31, None, 27, 25, 23), 1) == ""


def test_an_image_without_a_number_has_its_place_alone(making: PaneMaker) -> None:
    stack = numbered(making, "3", 31, None, 27, 25, 23)
    assert number_text(stack, 1) == short_number_text(stack, 1) == "(2/5)"
    assert number_text(stack, 2) == "Se 3  Im 27  (3/5)"


@pytest.mark.parametrize(
    ("series", "image", "said", "short"),
    [
        ("3", 24, "Se 3  Im 24", "Im 24"),
        ("3", None, "Se 3", ""),
        ("", 24, "Im 24", "Im 24"),
        ("", None, "", ""),
    ],
)
def test_an_only_image_has_no_place(
    making: PaneMaker, series: str, image: int | None, said: str, short: str
) -> None:
    stack = numbered(making, series, image, 2, 3, 4, 5)
    stack = replace(stack, frames=stack.frames[:1])
    assert number_text(stack, 0) == said
    assert short_number_text(stack, 0) == short
    assert place_text(stack, 0, in_order=is_numbered_in_order(stack)) == short


def test_a_series_without_a_number_is_not_called_by_one(making: PaneMaker) -> None:
    stack = numbered(making, "", 31, 29, 27, 25, 23)
    assert number_text(stack, 2) == "Im 27  (3/5)"
    assert series_number_text(stack) == ""


ASPECTS = {
    Aspect("R", "MLO"): ("RMLO", "RMLO", "RMLO"),
    Aspect("L", "CC", ("spot compression",)): ("LCC · spot compression", "LCC · 点压", "LCC"),
    Aspect("L", "PA"): ("Left · PA", "左侧 · PA", "Left PA"),
    Aspect("B"): ("Both sides", "双侧", "Both sides"),
    Aspect("", "ANT"): ("ANT", "ANT", "ANT"),
    Aspect("", "LAO 30° CRA 20°"): ("LAO 30° CRA 20°", "LAO 30° CRA 20°", "LAO 30° CRA 20°"),
    Aspect("R", "AP", (), True): ("Right? · AP", "右侧？ · AP", "Right? AP"),
    Aspect(): ("", "", ""),
}


@pytest.mark.parametrize("aspect", ASPECTS)
def test_sides_and_views_are_written_as_the_clinic_does(aspect: Aspect) -> None:
    english, chinese, short = ASPECTS[aspect]
    assert aspect_text(aspect) == english
    assert short_aspect_text(aspect) == short
    use_language("zh_CN")
    assert aspect_text(aspect).replace("?", "？") == chinese


def test_words_of_the_file_s_own_are_left_out_where_nobody_may_be_named() -> None:
    aspect = Aspect("L", "Doe's view", ("of Jane", "magnification"))
    assert aspect_text(aspect) == "Left · Doe's view · of Jane, magnification"
    assert aspect_text(aspect, known_only=True) == "Left · magnification"
    assert view_text(aspect, known_only=True) == "magnification"
    assert view_text(aspect) == "Doe's view, of Jane, magnification"


def test_a_list_names_the_views_of_a_stack(making: PaneMaker) -> None:
    stack = replace(making().stack, aspects=(Aspect("", "ANT"), Aspect("", "POST")))
    assert stack_aspect_text(stack) == "ANT, POST"
    assert stack_title(stack) == "ANT, POST · Axial 5 mm"
    assert stack_title(replace(stack, plane="")) == "ANT, POST"
    many = replace(stack, aspects=tuple(Aspect("", f"RAO {n}°") for n in range(9)))
    assert stack_aspect_text(many) == "RAO 0°, RAO 1°, RAO 2° …"


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((1, 2, 3), "Im 2 of 3"),
        ((3, 2, 1), "Im 2  (2/3)"),  # 2 is the place here, but 3 is not
        ((11, 12, 13), "Im 12  (2/3)"),
        ((1, None, 3), "(2/3)"),
        ((7, 7, 7), "Im 7  (2/3)"),
    ],
)
def test_a_number_stands_beside_the_count_only_where_it_is_the_place(
    making: PaneMaker, numbers: tuple[int | None, ...], said: str
) -> None:
    made = making().stack
    frames = [replace(made.frames[0], image_number=number) for number in numbers]
    stack = replace(made, frames=tuple(frames))
    assert place_text(stack, 1, in_order=is_numbered_in_order(stack)) == said


@pytest.mark.parametrize(
    ("plane", "rows", "columns", "expected"),
    [
        ("Axial", (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), ("F 30.0 mm", "F 40.0 mm")),
        ("Coronal", (1.0, 0.0, 0.0), (0.0, 0.0, -1.0), ("A 20.0 mm", "A 20.0 mm")),
        ("Sagittal", (0.0, 1.0, 0.0), (0.0, 0.0, -1.0), ("R 10.0 mm", "R 10.0 mm")),
    ],
)
def test_the_place_of_a_slice_has_the_letter_of_its_side(
    making: PaneMaker, plane: str, rows: Vector, columns: Vector, expected: tuple[str, str]
) -> None:
    stack = making().stack
    frames = tuple(
        replace(
            frame,
            geometry=replace(
                frame.geometry,
                spacing_mm=(0.5, 0.5),
                row_direction=rows,
                column_direction=columns,
                position_mm=(-10.0, -20.0, -30.0 - 10.0 * number),
            ),
        )
        for number, frame in enumerate(stack.frames)
    )
    stack = replace(stack, frames=frames, plane=plane)
    assert (position_text(stack, 0), position_text(stack, 1)) == expected
    assert position_text(replace(stack, plane=""), 0) == ""
    bare = replace(stack, frames=(replace(frames[0], geometry=FrameGeometry()),))
    assert position_text(bare, 0) == ""


@pytest.mark.parametrize(
    ("warnings", "short"),
    [
        ((), ""),
        ((message(TILTED, degrees="18.5"),), "tilt 18.5°"),
        ((message(GAP, size="7.0", number=3), message(GAP, size="9.0", number=5)), "gap"),
        ((message(TILTED, degrees="2.0"), message(UNEVEN, low="1", high="7")), "tilt 2.0° · uneven slices"),
        ((Message("Something else."),), ""),
    ],
)
def test_tilt_and_gaps_are_said_in_a_word(
    making: PaneMaker, warnings: tuple[Message, ...], short: str
) -> None:
    stack = replace(making().stack, warnings=warnings)
    words, whole = spacing_notes(stack)
    assert words == short
    assert len(whole.splitlines()) == (len(warnings) if short else 0)


@pytest.mark.parametrize(
    ("modality", "aspect", "orientation", "said"),
    [
        ("NM", Aspect(view="ANT"), None, "sides not stated"),
        ("NM", Aspect(), None, "view and sides not stated"),
        ("NM", Aspect(side="L"), None, "view not stated"),
        ("NM", Aspect(view="ANT"), ("L", "F"), ""),
        ("NM", Aspect(side="L", view="LL"), None, ""),
        ("CR", Aspect(view="PA"), None, "sides not stated"),
        ("DX", Aspect(view="PA"), ("L", "F"), ""),
        ("US", Aspect(), None, ""),
    ],
)
def test_a_projection_that_does_not_state_its_sides_says_so(
    modality: str, aspect: Aspect, orientation: tuple[str, str] | None, said: str
) -> None:
    header = SliceFacts(
        SliceKey("1.2"),
        FrameGeometry(patient_orientation=orientation),
        FrameAttributes(modality=modality, aspect=aspect),
    )
    assert sides_text(header) == said


@pytest.mark.parametrize(
    ("series", "images", "name"),
    [
        ("3", (31, 29, 27, 25, 23), "se3-im27"),
        ("3", (2, 2, 2, 2, 2), "se3-im2-3of5"),
        ("3", (1, 2, None, 4, 5), "se3-3of5"),
        ("", (31, 29, 27, 25, 23), "im27"),
        ("003", (31, 29, -7, 25, 23), "se3-im-7"),
        ("19610402", (31, 29, 27, 25, 23), "im27"),
        ("DOE", (31, 29, 27, 25, 23), "im27"),
    ],
)
def test_a_file_name_has_the_numbers_that_the_pane_says(
    series: str, images: tuple[int | None, ...], name: str, making: PaneMaker
) -> None:
    stack = numbered(making, series, *images)
    assert number_in_name(stack, 2) == name
    assert len({number_in_name(stack, index) for index in range(5)}) == 5
