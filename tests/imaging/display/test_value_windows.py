"""Wide and narrow windows of images whose values have no scale."""

from dataclasses import replace

import numpy as np
import pytest

from medviewer.imaging.display import (
    automatic_window,
    is_from_values,
    narrow_window,
    to_display_image,
    wide_window,
)
from medviewer.imaging.frame import Frame, FrameAttributes, Rescale

MR = FrameAttributes(modality="MR")


def head(tissue: int = 400, dtype: type = np.uint16) -> Frame:
    """Return half background, half tissue, and few bright pixels."""
    values = np.random.default_rng(1).normal(tissue, 20, (64, 64))
    values[:, :32] = 0
    values[:2] = 1000
    values[0, 0] = 4000
    return Frame(values.clip(0).astype(dtype), "1", attributes=MR)


def test_wide_cuts_nothing_off() -> None:
    frames = [head(), head(700)]
    window = wide_window(frames)
    for frame in frames:
        shown, stored = to_display_image(frame, window), frame.stored
        assert shown[stored == stored.min()].max() == 0
    assert to_display_image(frames[0], window).max() == 255
    assert is_from_values(window, "Wide")


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_narrow_has_twice_the_contrast_with_the_tissue_in_its_middle(dtype: type) -> None:
    frame = head(dtype=dtype)
    narrow, whole = narrow_window([frame]), automatic_window([frame])
    assert narrow.width == pytest.approx(whole.width / 2, abs=1.01)
    tissue = frame.stored[10:, 40:]
    shown = to_display_image(frame, narrow)[10:, 40:]
    assert 100 < np.median(shown) < 155
    assert shown[tissue > np.median(tissue) + 20].mean() > shown[tissue < np.median(tissue) - 20].mean()


def test_narrow_of_pet_begins_where_the_automatic_one_does() -> None:
    values = np.random.default_rng(2).exponential(300, (64, 64)).astype(np.float32)
    frame = Frame(values, "1", attributes=FrameAttributes(modality="PT"))
    narrow, whole = narrow_window([frame]), automatic_window([frame])
    assert narrow.center - narrow.width / 2 == pytest.approx(whole.center - whole.width / 2, rel=1e-3)


@pytest.mark.parametrize("value", [0, 7, 4095])
def test_flat_images_have_a_usable_window(value: int) -> None:
    flat = Frame(np.full((8, 8), value, np.uint16), "1", attributes=MR)
    for window in (wide_window([flat]), narrow_window([flat])):
        assert to_display_image(flat, window).shape == (8, 8)


def test_padding_and_what_is_no_number_decide_nothing() -> None:
    frame = replace(head(), padding=(4000, 4000))
    assert wide_window([frame]).center + wide_window([frame]).width / 2 < 1100
    hollow = np.where(head(dtype=np.float32).stored > 3000, np.nan, 5).astype(np.float32)
    assert wide_window([Frame(hollow, "1", modality=Rescale(), attributes=MR)]).center == pytest.approx(
        5, abs=1
    )
