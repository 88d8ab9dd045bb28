"""The four views: what each does to a frame, what it says of it, and how they are chained."""

from collections.abc import Generator
from dataclasses import replace

import cv2
import numpy as np
import pytest

from medviewer.errors import NotFoundError
from medviewer.imaging.display.frame_values import apply_modality
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.frame.shutter import RectangularShutter, Shutter
from medviewer.imaging.frame.voi import Window
from medviewer.imaging.processing import (
    PROCESSINGS,
    check_parameters,
    depends_on_window,
    draw_mask,
    fidelity,
    process,
    process_gradually,
    render,
    source_name,
)
from medviewer.imaging.processing.processed import THRESHOLD_COLOR, Processed, outline

WINDOW = Window(40, 80)
CT = FrameAttributes(modality="CT")


@pytest.fixture
def head() -> Frame:
    """Return a noisy disc of 40 HU with a spot of 75 HU in air.

    There is padding in the corners.
    """
    rows, columns = np.mgrid[:128, :128]
    radius = np.hypot(rows - 64, columns - 64)
    hu = np.where(radius < 45, 40, -1000) + np.where(np.hypot(rows - 70, columns - 50) < 8, 60, 0)
    hu = hu + np.random.default_rng(1).normal(0, 8, hu.shape)
    stored = np.rint(hu + 1024).clip(0).astype(np.int16)
    stored[radius > 62] = -2000
    return Frame(
        stored,
        "1.2",
        bits_stored=12,
        modality=Rescale(1, -1024, "HU"),
        padding=(-2000, -2000),
        attributes=CT,
        voi=(WINDOW,),
    )


@pytest.fixture
def photograph() -> Frame:
    image = np.full((64, 64, 3), 30, np.uint8)
    image[20:44, 20:44] = (200, 120, 90)
    noise = np.random.default_rng(2).integers(-9, 10, image.shape)
    return Frame((image + noise).astype(np.uint8), "1.3", bits_stored=8)


@pytest.mark.parametrize("name", PROCESSINGS)
@pytest.mark.parametrize("at_rest", [True, False])
def test_every_view_of_every_kind_of_frame_can_be_painted(
    name: str, at_rest: bool, head: Frame, photograph: Frame
) -> None:
    wide = Frame(apply_modality(head).astype(np.float64), "1.4", padding=(-3024, -3024))
    holes = np.where(np.arange(4096).reshape(64, 64) % 7 == 0, np.nan, 1).astype(np.float32)
    flat = Frame(np.full((16, 16), 7, np.uint16), "1.6")
    tiny = Frame(np.arange(1, 3, dtype=np.uint8).reshape(1, 2), "1.7")
    for frame in (head, photograph, wide, Frame(holes, "1.5"), flat, tiny):
        processed = process(frame, name, {}, at_rest=at_rest)
        image = draw_mask(render(processed), processed)
        assert image.shape == (frame.rows, frame.columns, 3)
        assert fidelity(processed).startswith("stored ")


def test_the_original_is_the_frame_itself(head: Frame) -> None:
    processed = process(head, "original", {})
    assert processed.values is None
    assert fidelity(processed) == "stored 12-bit → HU → linear window W 80 L 40"


def test_the_line_says_what_was_done_and_how_strongly(head: Frame) -> None:
    line = fidelity(process(head, "denoised", {"denoised": {"method": "guided", "strength": 2.0}}))
    assert line.startswith("stored 12-bit → HU → guided filter r 2, σ ")
    assert "HU × 2 → linear window" in line
    sigma = float(line.split("σ ")[1].split()[0])
    assert sigma == pytest.approx(8, rel=0.3)


def test_while_scrolling_the_fast_filter_stands_in_and_says_so(head: Frame) -> None:
    moving, resting = (process(head, "denoised", {}, at_rest=rest) for rest in (False, True))
    assert (moving.exact, resting.exact) == (False, True)
    assert "guided filter" in fidelity(moving)
    assert "non-local means" in fidelity(resting)
    assert process(head, "denoised", {"denoised": {"method": "guided"}}, at_rest=False).exact


@pytest.mark.parametrize("method", ["nlm", "guided", "gaussian"])
def test_denoising_lessens_noise_and_leaves_padding_alone(head: Frame, method: str) -> None:
    processed = process(head, "denoised", {"denoised": {"method": method}})
    assert processed.values is not None
    inside = np.s_[40:55, 60:90]
    assert processed.values[inside].std() < 0.75 * apply_modality(head)[inside].std()
    assert processed.values[inside].mean() == pytest.approx(40, abs=2)
    assert (processed.values[head.stored == -2000] == -3024).all()
    assert processed.values[64, 64 - 61] == pytest.approx(-1000, abs=60)  # air beside padding


def test_a_color_image_keeps_its_colors_and_the_line_says_how(photograph: Frame) -> None:
    for method in ("nlm", "guided", "gaussian"):
        processed = process(photograph, "denoised", {"denoised": {"method": method}})
        assert "each colour for itself" in fidelity(processed)
        spot = render(processed)[28:36, 28:36].reshape(-1, 3)
        np.testing.assert_allclose(spot.mean(axis=0), (200, 120, 90), atol=3)
        assert spot.std(axis=0).max() < photograph.stored[28:36, 28:36].reshape(-1, 3).std(axis=0).max()


def test_otsu_finds_the_head_states_its_value_and_spares_padding(head: Frame) -> None:
    processed = process(head, "thresholded", {})
    assert processed.mask is not None
    assert processed.mask[64, 64]
    assert not processed.mask[64, 10]
    assert not processed.mask[head.stored == -2000].any()
    (measured,) = map(str, processed.measured)
    assert measured.startswith("Otsu −")
    assert measured.endswith(" HU")
    assert measured in fidelity(processed)


@pytest.mark.parametrize("method", ["otsu", "range", "fixed"])
def test_bright_padding_is_never_chosen(head: Frame, method: str) -> None:
    stored = np.where(head.stored == -2000, 1099, head.stored).astype(np.int16)  # 75 HU, were it tissue
    bright = replace(head, stored=stored, padding=(1099, 1099))
    mask = process(bright, "thresholded", {"thresholded": {"method": method, "lower": 30.0}}).mask
    assert mask is not None
    assert mask.any()
    assert not mask[stored == 1099].any()


def test_otsu_agrees_on_a_frame_stored_upside_down(head: Frame) -> None:
    """A negative slope turns the stored values round.

    The mask must still be what is dense.
    """
    mirrored = Frame(-head.stored, "1", modality=Rescale(-1, -1024, "HU"), padding=(2000, 2000))
    ours, theirs = (process(frame, "thresholded", {}).mask for frame in (mirrored, head))
    assert ours is not None
    assert theirs is not None
    assert (ours != theirs).mean() < 0.01


def test_a_typed_range_chooses_both_ends(head: Frame) -> None:
    values = apply_modality(head)
    for given in ({"lower": 55.0, "upper": 95.0}, {"lower": 95.0, "upper": 55.0}):
        processed = process(head, "thresholded", {"thresholded": {"method": "range", **given}})
        np.testing.assert_array_equal(processed.mask, (values >= 55) & (values <= 95))
        assert [str(found) for found in processed.measured] == ["55 to 95 HU"]


def test_an_open_end_of_a_range_is_no_number(head: Frame) -> None:
    for ends, said in (((200.0, 100_000.0), "≥ 200 HU"), ((-100_000.0, -950.0), "≤ −950 HU")):
        given = {"method": "range", "lower": ends[0], "upper": ends[1]}
        assert [str(one) for one in process(head, "thresholded", {"thresholded": given}).measured] == [said]


@pytest.mark.parametrize("modality", [Rescale(is_known=False), Rescale(1, -1024, "")])
def test_a_range_typed_in_hu_is_not_looked_for_where_there_are_no_hu(head: Frame, modality: Rescale) -> None:
    frame = replace(head, modality=modality)
    processed = process(frame, "thresholded", {"thresholded": {"method": "range"}})
    assert processed.mask is not None
    assert not processed.mask.any()
    assert [str(said) for said in processed.measured] == ["no threshold: the unit of the values is not known"]
    assert "50 to 90" not in fidelity(processed)
    otsu = process(frame, "thresholded", {}).mask
    assert otsu is not None
    assert otsu.any()


def test_the_fixed_gray_level_depends_on_the_window_and_says_so(head: Frame) -> None:
    settings = {"thresholded": {"method": "fixed"}}
    brain = process(head, "thresholded", settings, voi=WINDOW)
    bone = process(head, "thresholded", settings, voi=Window(480, 2500))
    assert brain.mask is not None
    assert bone.mask is not None
    assert brain.mask.sum() > bone.mask.sum()
    assert [str(found) for found in brain.measured] == ["grey level > 127 at W 80 L 40"]
    np.testing.assert_array_equal(brain.mask, render(process(head, "original", {}), WINDOW) > 127)


def test_an_outline_or_a_fill_is_drawn_in_color_over_the_untouched_image(head: Frame) -> None:
    for style in ("outline", "fill"):
        processed = process(head, "thresholded", {"thresholded": {"style": style}})
        gray = render(processed)
        drawn = draw_mask(gray, processed)
        assert processed.mask is not None
        touched = outline(processed.mask) if style == "outline" else processed.mask
        np.testing.assert_array_equal((drawn != gray[..., None]).any(axis=2), touched)
        assert gray.ndim == 2
    assert (
        tuple(draw_mask(gray, process(head, "thresholded", {}))[outline(processed.mask)][0])
        == THRESHOLD_COLOR
    )


@pytest.mark.parametrize("style", ["outline", "fill"])
def test_no_mask_is_drawn_where_a_shutter_hides_the_image(head: Frame, style: str) -> None:
    shuttered = replace(head, shutter=Shutter((RectangularShutter(64, 127, 40, 127),), 0x8080))
    processed = process(shuttered, "thresholded", {"thresholded": {"style": style}})
    assert processed.mask is not None
    inked = outline(processed.mask) if style == "outline" else processed.mask.copy()
    assert inked[:64].any()
    assert inked[:, :40].any()
    inked[:64] = inked[:, :40] = False  # and no outline along the edge of the shutter
    gray = render(processed)
    drawn = draw_mask(gray, processed)
    np.testing.assert_array_equal((drawn != gray[..., None]).any(axis=2), inked)


def test_edges_are_white_on_black_and_do_not_depend_on_the_window(head: Frame) -> None:
    narrow, wide = (process(head, "edges", {}, voi=voi) for voi in (WINDOW, Window(480, 2500)))
    np.testing.assert_array_equal(render(narrow), render(wide))
    assert set(np.unique(render(narrow))) == {0, 255}
    rows, columns = np.argwhere(render(narrow)).T
    radius = np.hypot(rows - 64, columns - 64)
    assert np.mean(np.abs(radius - 45) < 2) > 0.3  # the border of the head
    assert "window" not in fidelity(narrow)


def test_no_edge_is_drawn_around_padding(head: Frame) -> None:
    rows, columns = np.argwhere(render(process(head, "edges", {"edges": {"strength": 0.0}}))).T
    assert not (np.abs(np.hypot(rows - 64, columns - 64) - 62) < 0.5).any()


def test_more_strength_leaves_fewer_edges(head: Frame) -> None:
    weak, strong = (
        (render(process(head, "edges", {"edges": {"strength": strength}})) > 0).sum()
        for strength in (0.0, 0.9)
    )
    assert weak > 1.5 * strong > 0


@pytest.mark.parametrize("height", [1, 20, 1000])
@pytest.mark.parametrize("side", [64, 700, 1600])
def test_the_steps_of_an_image_without_noise_are_found(height: int, side: int) -> None:
    stored = np.zeros((side, side), np.uint16)
    stored[side // 3 : 2 * side // 3 + 1, side // 4 : side // 2 + 1] = height
    found = render(process(Frame(stored, "1"), "edges", {})) > 0
    rows, columns = np.nonzero(found)
    assert rows.size >= side  # most of the rectangle
    assert set(rows) <= set(range(side // 3 - 1, 2 * side // 3 + 2))
    assert np.abs(columns - side // 4).min() <= 1
    assert not found[: side // 3 - 1].any()


def phantom(soft: float = 0.0) -> np.ndarray:
    """Return a head of 1000 in 0 with a skull of 2000 and a spot of 1020."""
    rows, columns = np.mgrid[:160, :160].astype(np.float32)
    radius = np.hypot(rows - 80, columns - 80)
    made = np.where(radius < 60, 2000, 0) - np.where(radius < 54, 1000, 0)
    made = (made + np.where(np.hypot(rows - 90, columns - 70) < 12, 20, 0)).astype(np.float32)
    return cv2.GaussianBlur(made, (0, 0), soft) if soft else made


@pytest.mark.parametrize("soft", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("dtype", ["uint16", "float32", "float64"])
@pytest.mark.parametrize("slope", [1.0, -0.25, 1e-6])
def test_weak_steps_beside_strong_ones_are_found_where_there_is_no_noise(
    soft: float, dtype: str, slope: float
) -> None:
    stored = np.rint(phantom(soft)).astype(dtype)
    found = render(process(Frame(stored, "1", modality=Rescale(slope, 3.0)), "edges", {})) > 0
    rows, columns = np.argwhere(found).T
    for row, column, radius in ((80, 80, 60), (80, 80, 54), (90, 70, 12)):
        near = np.abs(np.hypot(rows - row, columns - column) - radius) < 2
        angles = np.degrees(np.arctan2(rows[near] - row, columns[near] - column)) // 20
        assert len(set(angles)) >= 16, (radius, "all round")
    assert np.count_nonzero(found) < 1500


@pytest.mark.parametrize("kind", ["ramp", "ramp in whole numbers", "hill", "dose", "plateaus"])
def test_shades_have_no_edges(kind: str) -> None:
    rows, columns = np.mgrid[:200, :200].astype(np.float32)
    radius = np.hypot(rows - 100, columns - 100)
    stored = {
        "ramp": columns * 16 + rows,
        "ramp in whole numbers": np.rint(columns * 0.31 + rows * 0.17).astype(np.uint16),
        "hill": 1000 * np.exp(-(radius**2) / 3200),
        "dose": np.rint(50_000 * np.exp(-(radius**2) / 3200)).astype(np.uint16),
        "plateaus": (np.round(columns * 1.56) * 16).astype(np.uint16),
    }[kind]
    found = render(process(Frame(stored, "1"), "edges", {})) > 0
    assert np.count_nonzero(found) < 0.002 * found.size


def test_a_weak_step_on_a_steep_shade_is_found_alone() -> None:
    rows, columns = np.mgrid[:200, :200].astype(np.float32)
    shade = 3000 * np.exp(-(np.hypot(rows - 100, columns - 100) ** 2) / 5000)
    for row, column in ((100, 100), (20, 20)):
        stored = shade + np.where(np.hypot(rows - row, columns - column) < 12, 60, 0)
        found = np.argwhere(render(process(Frame(stored, "1"), "edges", {})) > 0)
        away = np.abs(np.hypot(found[:, 0] - row, found[:, 1] - column) - 12)
        assert len(found) > 40
        assert away.max() < 4


def test_one_line_on_a_large_image_is_found() -> None:
    stored = np.zeros((2048, 2048), np.uint16)
    stored[:, 1001:] = 50
    found = render(process(Frame(stored, "1"), "edges", {})) > 0
    assert np.count_nonzero(found.any(axis=1)) > 2000


@pytest.mark.parametrize("method", ["nlm", "guided"])
@pytest.mark.parametrize("at_rest", [True, False])
def test_what_has_no_noise_is_not_smoothed(method: str, at_rest: bool) -> None:
    rows, columns = np.mgrid[:128, :128]
    stored = np.where(np.hypot(rows - 60, columns - 60) < 30, 700, 0)
    stored[np.hypot(rows - 60, columns - 70) < 5] = 720
    settings = {"denoised": {"method": method, "strength": 3.0}}
    for frame in (
        Frame(stored.astype(np.uint16), "1"),
        Frame(stored.astype(np.float32) / 1000, "1"),
        Frame((stored[..., None] // [3, 4, 5]).astype(np.uint8), "1", bits_stored=8),
    ):
        processed = process(frame, "denoised", settings, at_rest=at_rest)
        np.testing.assert_array_equal(render(processed), render(process(frame, "original", {})))
        assert "no noise found, unchanged" in fidelity(processed)


def test_the_classic_edges_are_those_of_the_windowed_image(head: Frame) -> None:
    processed = process(head, "edges", {"edges": {"method": "classic"}}, voi=WINDOW)
    assert fidelity(processed).endswith("Canny 100/200 at W 80 L 40")
    assert render(processed).any()
    other = process(head, "edges", {"edges": {"method": "classic"}}, voi=Window(4000, 80))
    assert not render(other).any()


def noise_alone() -> Frame:
    image = np.zeros((16, 16), np.int16)
    image[4:12] = np.random.default_rng(4).normal(0, 500, (8, 16))
    return Frame(image, "1")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "Canny: nothing stands out, no edges"),
        ({"edges": {"method": "classic"}}, "Canny 100/200 at W 100000 L 0: no edges"),
        (
            {
                "edges": {"input": "mask"},
                "thresholded": {"method": "range", "lower": 9000.0, "upper": 9001.0},
            },
            "edges of the mask: no edges",
        ),
    ],
)
def test_an_image_without_any_edge_says_so(settings: dict[str, dict[str, object]], said: str) -> None:
    processed = process(noise_alone(), "edges", settings, voi=Window(0, 100_000))
    assert not render(processed).any()
    assert fidelity(processed).endswith(said)


def test_blur_threshold_edges_can_be_chained(head: Frame) -> None:
    settings = {
        "denoised": {"method": "gaussian"},
        "thresholded": {"input": "denoised", "method": "range", "lower": 70.0, "upper": 200.0},
        "edges": {"input": "mask"},
    }
    processed = process(head, "edges", settings)
    mask = process(head, "thresholded", settings).mask
    assert mask is not None
    assert mask.any()
    np.testing.assert_array_equal(render(processed) > 0, outline(mask))
    assert (
        fidelity(processed)
        == "stored 12-bit → HU → Gaussian 3×3 → 70 to 200 HU, outlined → edges of the mask"
    )


def test_a_chain_of_a_stand_in_is_a_stand_in(head: Frame) -> None:
    settings = {"edges": {"input": "denoised"}}
    assert not process(head, "edges", settings, at_rest=False).exact
    assert process(head, "edges", settings).exact


def test_inputs_cannot_go_in_a_circle() -> None:
    def goes_through(name: str, path: tuple[str, ...]) -> None:
        assert name not in path
        for parameter in PROCESSINGS[name].parameters:
            if parameter.name == "input":
                for choice, _ in parameter.choices:
                    source = source_name(name, {"input": choice})
                    assert source is not None
                    goes_through(source, (*path, name))

    for name in PROCESSINGS:
        goes_through(name, ())


@pytest.mark.parametrize(
    ("name", "given", "blamed"),
    [
        ("sharpened", {}, "sharpened"),
        ("denoised", {"radius": 3}, "radius"),
        ("denoised", {"method": "median"}, "method = median"),
        ("denoised", {"strength": 99.0}, "strength = 99.0"),
        ("denoised", {"strength": True}, "strength = True"),
        ("thresholded", {"lower": float("nan")}, "lower = nan"),
        ("edges", {"input": "edges"}, "input = edges"),
    ],
)
def test_what_does_not_exist_is_named(name: str, given: dict, blamed: str) -> None:
    with pytest.raises(NotFoundError, match=blamed):
        check_parameters(name, given)


def test_defaults_are_allowed_values() -> None:
    for name, row in PROCESSINGS.items():
        assert check_parameters(name, {}) == {p.name: p.default for p in row.parameters}
        assert check_parameters(name, check_parameters(name, {})) == check_parameters(name, {})


def test_nothing_changes_the_stored_values(head: Frame, photograph: Frame) -> None:
    for frame in (head, photograph):
        before = frame.stored.copy()
        for name in PROCESSINGS:
            processed = process(frame, name, {})
            draw_mask(render(processed), processed)
        np.testing.assert_array_equal(frame.stored, before)


def test_a_slow_filter_can_be_given_up_between_its_parts() -> None:
    """A mammogram takes seconds; whoever scrolls on does not wait for it."""
    noise = np.random.default_rng(0).normal(1000, 30, (700, 1000)).astype(np.uint16)
    steps = process_gradually(Frame(noise, "1"), "edges", {"edges": {"input": "denoised"}})
    assert [next(steps) for _ in range(3)] == [None, None, None]
    steps.close()
    with pytest.raises(StopIteration):
        next(steps)


def test_gradually_is_the_same_as_at_once(head: Frame) -> None:
    def gradually() -> Generator[None, None, None]:
        results.append((yield from process_gradually(head, "denoised", {})))

    results: list[Processed] = []
    assert set(gradually()) == {None}
    np.testing.assert_array_equal(render(results[0]), render(process(head, "denoised", {})))


def test_a_signed_frame_is_denoised_around_its_own_values() -> None:
    stored = np.rint(np.random.default_rng(0).normal(-500, 10, (64, 64))).astype(np.int16)
    values = process(Frame(stored, "1"), "denoised", {}).values
    assert values is not None
    assert values.mean() == pytest.approx(-500, abs=2)
    assert values.std() < 7


def test_only_the_chain_that_is_used_decides_whether_the_window_matters():
    settings = {"thresholded": {"method": "fixed"}, "edges": {"input": "denoised"}}
    assert depends_on_window("thresholded", settings)
    assert not depends_on_window("denoised", settings)
    assert not depends_on_window("edges", settings)
    assert depends_on_window("edges", {**settings, "edges": {"input": "mask"}})
    assert depends_on_window("edges", {"edges": {"method": "classic"}})
