"""Windows and tables lead to the gray that the standard asks for."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from medviewer import translation
from medviewer.imaging.display.default_window import automatic_window, default_voi, fitted_window
from medviewer.imaging.display.pipeline import to_display_image
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.modality import ModalityTable, Rescale
from medviewer.imaging.frame.voi import (
    VOI_PRESETS,
    IdentityVoi,
    VoiFunction,
    VoiOrigin,
    VoiTable,
    Window,
    describe_voi,
    is_usable,
    voi_values,
)


def at(value: float, voi: object) -> float:
    return float(voi_values(np.array([[value]], np.float32), voi)[0, 0]) * 255


def test_the_published_values_at_79_in_w_80_l_40() -> None:
    assert at(79, Window(40, 80)) == 255
    assert at(79, Window(40, 80, VoiFunction.LINEAR_EXACT)) == pytest.approx(251.8, abs=0.05)
    assert at(79, Window(40, 80, VoiFunction.SIGMOID)) == pytest.approx(223.2, abs=0.05)


def test_the_published_values_of_w_400_l_40() -> None:
    assert [round(at(hu, Window(40, 400))) for hu in (-129, 65, 193)] == [20, 144, 226]


def test_linear_has_the_half_pixel_offsets_of_the_standard() -> None:
    assert at(-160, Window(40, 400)) == 0
    assert at(239, Window(40, 400)) == 255
    assert at(238, Window(40, 400)) < 255
    assert at(-159, Window(40, 400)) > 0


def test_a_width_of_one_is_a_step() -> None:
    assert at(39.5, Window(40, 1)) == 0
    assert at(39.51, Window(40, 1)) == 255


@given(st.floats(-3000, 3000), st.floats(1.5, 4000), st.floats(-10_000, 10_000, width=32))
def test_linear_equals_the_formula(center: float, width: float, value: float) -> None:
    expected = ((value - (center - 0.5)) / (width - 1) + 0.5) * 255
    assert at(value, Window(center, width)) == pytest.approx(min(max(expected, 0), 255), abs=0.2)


@given(st.floats(-1e9, 1e9))
def test_a_sigmoid_never_reaches_its_ends(value: float) -> None:
    assert 0 < at(value, Window(40, 80, VoiFunction.SIGMOID)) < 255


def test_a_table_is_clamped_and_uses_its_own_depth() -> None:
    table = VoiTable(100, np.array([0, 51, 255], np.uint16), 8)
    assert [at(x, table) for x in (-9, 100, 101, 102, 5000)] == pytest.approx([0, 0, 51, 255, 255])


def test_what_is_no_number_is_black_and_infinity_is_not() -> None:
    for voi in (
        Window(0, 10),
        Window(0, 10, VoiFunction.LINEAR_EXACT),
        Window(0, 10, VoiFunction.SIGMOID),
        Window(0, 1),
        VoiTable(0, np.array([0, 65535], np.uint16), 16),
        IdentityVoi(8),
    ):
        assert at(np.nan, voi) == 0
        assert at(np.inf, voi) > 254
        assert at(-np.inf, voi) < 1


@pytest.mark.parametrize(
    "voi",
    [
        Window(40, 0.5),
        Window(40, 0),
        Window(40, -80),
        Window(40, 0, VoiFunction.SIGMOID),
        Window(float("nan"), 80),
        Window(40, float("inf")),
        VoiTable(0, np.zeros(0, np.uint16), 8),
    ],
)
def test_a_senseless_voi_is_recovered_by_an_automatic_window_that_says_so(voi: object) -> None:
    assert not is_usable(voi)
    with pytest.raises(ValueError, match="usable"):
        voi_values(np.zeros((1, 1), np.float32), voi)
    recovered = default_voi(Frame(np.arange(100, dtype=np.int16).reshape(10, 10), "1", voi=(voi,)))
    assert isinstance(recovered, Window)
    assert recovered.origin is VoiOrigin.AUTO
    assert "the window in the file cannot be used" in describe_voi(recovered)


def test_the_first_usable_alternative_is_taken() -> None:
    bad, good = Window(0, -1), Window(40, 80, explanation="BRAIN")
    assert default_voi(Frame(np.zeros((2, 2), np.int16), "1", voi=(bad, good))) is good
    assert describe_voi(good) == "W 80 L 40 (BRAIN)"


def test_a_files_name_for_its_window_is_translated_where_a_preset_bears_it() -> None:
    translation.use_language("zh_CN")
    assert describe_voi(Window(40, 80, explanation="BRAIN")) == "窗宽 80 窗位 40 (脑窗)"
    assert describe_voi(Window(40, 80, explanation="WINDOW1")) == "窗宽 80 窗位 40 (WINDOW1)"


def test_an_automatic_window_says_so_and_leaves_out_padding_and_outliers() -> None:
    stored = np.linspace(100, 1100, 10_000).astype(np.int16).reshape(100, 100)
    stored[0, :2] = 30_000
    stored[50:] = np.where(np.arange(100) % 2, -2000, stored[50:])
    window = default_voi(Frame(stored, "1", padding=(-2000, -2000)))
    assert isinstance(window, Window)
    assert describe_voi(window).endswith("(auto: no window in the file)")
    low, high = window.center - window.width / 2, window.center + window.width / 2
    assert 95 < low < 130
    assert 1050 < high < 1200


@pytest.mark.parametrize("value", [0, 1000, -1000])
def test_a_flat_image_is_mid_gray_not_wrapped(value: int) -> None:
    window = automatic_window([Frame(np.full((4, 4), value, np.int16), "1")])
    assert at(value, window) == pytest.approx(127.5)


def test_few_bright_spots_on_nothing_are_seen() -> None:
    stored = np.zeros((100, 100), np.uint16)
    stored[50, 50] = 400
    window = automatic_window([Frame(stored, "1")])
    assert at(0, window) == 0
    assert at(400, window) == 255


def test_a_map_of_small_numbers_is_not_shown_as_a_step() -> None:
    stored = np.linspace(0, 0.004, 10_000, dtype=np.float32).reshape(100, 100)
    window = automatic_window([Frame(stored, "1")])
    assert at(0.002, window) == pytest.approx(127, abs=3)


def test_only_padding_gives_a_window_too() -> None:
    assert is_usable(default_voi(Frame(np.full((4, 4), -2000, np.int16), "1", padding=(-2000, -2000))))
    assert is_usable(default_voi(Frame(np.full((4, 4), np.nan, np.float32), "1")))


def test_a_secondary_capture_without_voi_is_not_stretched() -> None:
    capture = FrameAttributes(modality="OT", sop_class_uid="1.2.840.10008.5.1.4.1.1.7")
    stored = np.full((4, 4), 60, np.uint8)
    stored[0] = 90
    voi = default_voi(Frame(stored, "1", bits_stored=8, attributes=capture))
    assert voi == IdentityVoi(8)
    assert at(60, voi) == pytest.approx(60)
    windowed = Frame(stored, "1", bits_stored=8, attributes=capture, voi=(Window(75, 30),))
    assert default_voi(windowed) == Window(75, 30)


@pytest.mark.parametrize(
    ("sop_class", "needs_none"),
    [
        ("1.2.840.10008.5.1.4.1.1.7.3", True),
        ("1.2.840.10008.5.1.4.1.1.77.1.6", True),  # whole slide microscopy: its IOD has no VOI
        ("1.2.840.10008.5.1.4.1.1.78.1", False),
        ("1.2.840.10008.5.1.4.1.1.2", False),
    ],
)
def test_a_class_is_not_taken_for_another_whose_uid_begins_alike(sop_class: str, needs_none: bool) -> None:
    stored = np.arange(16, dtype=np.uint16).reshape(4, 4)
    frame = Frame(stored, "1", bits_stored=12, attributes=FrameAttributes("OT", sop_class))
    assert (default_voi(frame) == IdentityVoi(12)) is needs_none


def test_ct_in_hounsfield_units_without_voi_opens_in_soft_tissue() -> None:
    stored = np.linspace(-1000, 1000, 400).astype(np.int16).reshape(20, 20)
    ct = Frame(stored, "1", modality=Rescale(unit="HU"), attributes=FrameAttributes(modality="CT"))
    window = default_voi(ct)
    assert (window.center, window.width, window.origin) == (40, 400, VoiOrigin.AUTO)


def test_the_presets_of_ct_start_with_brain_and_have_nine_keys() -> None:
    presets = VOI_PRESETS["CT"]
    assert [describe_voi(preset) for preset in presets[:2]] == ["W 80 L 40 (Brain)", "W 200 L 75 (Subdural)"]
    assert len(presets) == 9
    assert all(is_usable(preset) for preset in presets)


FRACTIONS = [
    Frame(np.linspace(0, 1, 100, dtype=np.float32).reshape(10, 10), "1"),
    Frame(np.arange(4096, dtype=np.uint16).reshape(64, 64), "1", modality=Rescale(1 / 4096)),
    Frame(np.arange(4096, dtype=np.uint16).reshape(64, 64), "1", modality=Rescale(1, 0.5)),
    Frame(np.zeros((4, 4), np.uint8), "1", modality=ModalityTable(0, np.array([0, 0.25], np.float32))),
]
WHOLE_NUMBERS = [
    Frame(np.zeros((4, 4), np.int16), "1", modality=Rescale(1, -1024, "HU")),
    Frame(np.zeros((4, 4), np.uint8), "1", modality=ModalityTable(0, np.array([0, 300], np.float32))),
]


@pytest.mark.parametrize("frame", FRACTIONS)
@pytest.mark.parametrize(("center", "width"), [(0.5, 1.0), (0.125, 0.25), (2.5, 5.0)])
def test_a_window_set_among_fractions_runs_from_end_to_end(frame: Frame, center: float, width: float) -> None:
    window = fitted_window(Window(center, width), frame)
    ends = [at(center + share * width, window) for share in (-0.5, 0, 0.5)]
    assert ends == pytest.approx([0, 127.5, 255])
    assert (window.center, window.width) == (center, width)


@pytest.mark.parametrize("frame", WHOLE_NUMBERS)
def test_a_window_set_among_whole_numbers_has_the_half_steps_of_the_standard(frame: Frame) -> None:
    window = Window(40, 80)
    assert fitted_window(window, frame) is window
    assert fitted_window(Window(40, 0.5), frame).function is VoiFunction.LINEAR_EXACT
    sigmoid = Window(40, 80, VoiFunction.SIGMOID)
    assert fitted_window(sigmoid, frame) is sigmoid
    assert fitted_window(sigmoid, FRACTIONS[0]) is sigmoid


def test_256_grays_run_over_a_map_of_fractions() -> None:
    window = fitted_window(Window(0.5, 1.0), FRACTIONS[1])
    assert len(np.unique(to_display_image(FRACTIONS[1], window))) == 256
