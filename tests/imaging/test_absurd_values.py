"""Values without measure give a bounded image or a named refusal, never a fault or a warning of Python."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from medviewer.errors import InvalidNumbersError
from medviewer.export.feature_table import slice_features
from medviewer.gui.panels.histogram import histogram
from medviewer.gui.window.status_bar import probe_text
from medviewer.imaging.display.default_window import default_voi, fitted_window
from medviewer.imaging.display.frame_values import apply_modality, padding_mask, value_at
from medviewer.imaging.display.pipeline import square_pixels, steps, to_display_image
from medviewer.imaging.display.reduction import thumbnail
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.frame.voi import Voi, Window, is_usable
from medviewer.imaging.processing import PROCESSINGS, draw_mask, fidelity, process, render
from medviewer.imaging.processing.noise import frame_noise
from medviewer.inference.gates.suitability import GATES
from medviewer.inference.input.preprocess import Preprocessing
from medviewer.limits import LARGEST_VALUE
from medviewer.viewer.probe import probe_at
from tests.absurd_numbers import NUMBERS, frames
from tests.inference.conftest import CONTRACT
from tests.network_inputs import preprocess

SETTINGS = (
    {},
    {"denoised": {"method": "guided"}, "thresholded": {"method": "range"}, "edges": {"method": "classic"}},
    {"denoised": {"method": "gaussian"}, "thresholded": {"method": "fixed"}, "edges": {"input": "denoised"}},
    {"edges": {"input": "mask"}},
)
ALL = list(frames())


@pytest.mark.parametrize("part", range(8))
def test_every_image_is_bounded_and_measured_without_a_fault(part: int) -> None:
    for frame in ALL[part::8]:
        image = to_display_image(frame)
        assert (image.shape, image.dtype) == ((frame.rows, frame.columns), np.uint8)
        thumbnail(frame, 32)
        square_pixels(image, frame)
        assert steps(frame)
        assert is_usable(default_voi(frame))
        values, padding = apply_modality(frame), padding_mask(frame)
        measured = values if padding is None else values[~padding]
        assert not measured.size or np.abs(measured).max() <= LARGEST_VALUE
        assert np.isfinite(frame_noise(frame))
        counted = histogram(frame)
        assert counted is None or (
            counted.high > counted.low and counted.counts(counted.low, counted.high).sum() > 0
        )
        for place in ((0, 0), (5, 7)):
            probe = probe_at(frame, *place)
            assert probe is not None
            assert probe_text(probe)
            assert len(frame.content_sha256) == 64


@pytest.mark.parametrize("name", PROCESSINGS)
@pytest.mark.parametrize("part", range(4))
def test_every_processing_of_every_image_comes_to_an_end(name: str, part: int) -> None:
    for number, frame in enumerate(ALL[part::4]):
        settings = SETTINGS[number % len(SETTINGS)]
        for at_rest in (True, False):
            processed = process(frame, name, settings, at_rest=at_rest)
            image = draw_mask(render(processed), processed)
            assert image.shape == (frame.rows, frame.columns, 3)
            assert fidelity(processed)


def test_features_and_models_take_an_image_or_refuse_it_by_name() -> None:
    refused = 0
    for frame in ALL:
        frame = replace(frame, geometry=FrameGeometry())  # the reader knows no senseless one
        try:
            values = slice_features(frame).values
            assert np.isfinite(values).all()
        except InvalidNumbersError:
            refused += 1
        for spec in (
            Preprocessing(),
            Preprocessing(scale="picture", contrast=2.0),
            Preprocessing(head_crop=True),
        ):
            try:
                assert np.isfinite(preprocess(frame, spec)).all()
            except InvalidNumbersError:
                refused += 1
        assert all(gate(frame, CONTRACT).name for gate in GATES)
    assert refused > 20


@pytest.mark.parametrize("center", NUMBERS)
def test_a_window_that_somebody_types_is_applied_or_not_usable(center: float) -> None:
    frame = Frame(np.arange(256, dtype=np.int16).reshape(16, 16), "1")
    for width in NUMBERS:
        window: Voi = fitted_window(Window(center, width), frame)
        if is_usable(window):
            assert to_display_image(frame, window).dtype == np.uint8
            processed = process(frame, "thresholded", SETTINGS[2], voi=window)
            assert fidelity(processed, window)


def test_values_beyond_measure_count_as_padding_and_have_no_value() -> None:
    stored = np.array([[1.0, np.nan, np.inf, 1e300, -1e300, 2e15, 7.0, -3.0]] * 8)
    frame = Frame(stored, "1", modality=Rescale(1.0, 0.0, "HU"))
    padding = padding_mask(frame)
    assert padding is not None
    assert padding[0].tolist() == [False, True, True, True, True, True, False, False]
    assert [np.isnan(value_at(frame, 0, column)) for column in range(8)] == padding[0].tolist()
    assert not to_display_image(frame)[padding].any()
    counted = histogram(frame)
    assert counted is not None
    assert (counted.low, counted.high) == (-3.0, 7.0)


@pytest.mark.parametrize("pair", list(product((-np.inf, 0.0, 3.0, np.inf, np.nan, 1e300), repeat=2)))
def test_padding_is_compared_with_any_number(pair: tuple[float, float]) -> None:
    frame = Frame(np.arange(16, dtype=np.uint8).reshape(4, 4), "1", padding=pair)
    found = padding_mask(frame)
    low, high = sorted(pair)
    wanted = (
        (frame.stored >= low) & (frame.stored <= high) if not np.isnan(pair).any() else np.zeros((4, 4), bool)
    )
    np.testing.assert_array_equal(np.zeros((4, 4), bool) if found is None else found, wanted)


def test_what_is_within_measure_is_what_it_was() -> None:
    stored = np.arange(4096, dtype=np.int32).reshape(64, 64)
    for wide in (stored, stored.astype(np.float32), stored.astype(np.float64)):
        frame = Frame(wide, "1", modality=Rescale(0.5, -1000, "HU"))
        np.testing.assert_array_equal(apply_modality(frame), stored * 0.5 - 1000)
        assert padding_mask(frame) is None
        assert replace(frame).rows == 64
