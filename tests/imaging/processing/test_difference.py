"""|shown - original|: its values, what white is, and what has none."""

from dataclasses import replace

import numpy as np
import pytest

from medviewer.imaging.frame import Frame, FrameAttributes, Rescale, Window
from medviewer.imaging.processing import Processed, difference_image, process, render

CT = Frame(
    np.random.default_rng(3).normal(1064, 20, (64, 64)).astype(np.int16),
    "1",
    modality=Rescale(1, -1024, "HU"),
    attributes=FrameAttributes(modality="CT"),
)


def said(processed: Processed) -> str:
    return " ".join(text.for_user() for text in processed.measured)


def test_values_are_compared_in_their_unit_and_white_is_told() -> None:
    values = CT.stored.astype(np.float32) - 1024
    values[0, :32] += 10
    values[1, :32] -= 20
    image = render(difference_image(Processed(CT, values=values)))
    assert image[2:].max() == 0
    assert set(image[1, :32].tolist()) == {255}
    assert set(image[0, :32].tolist()) == {128}
    assert said(difference_image(Processed(CT, values=values))) == "black 0, white 20 HU or more"


@pytest.mark.parametrize("is_inverted", [False, True])
def test_no_difference_is_black_whatever_the_window_and_the_polarity(is_inverted: bool) -> None:
    frame = replace(CT, inverted=is_inverted)
    same = difference_image(Processed(frame, values=frame.stored.astype(np.float32) - 1024))
    assert render(same, Window(40, 80)).max() == 0
    assert said(same) == "no pixel differs from the original"


@pytest.mark.parametrize("name", ["denoised", "clahe"])
def test_what_a_processing_changes_is_seen(name: str) -> None:
    processed = process(CT, name, {}, voi=Window(40, 80))
    image = render(difference_image(processed, Window(40, 80)))
    assert image.max() == 255
    assert image.shape == CT.stored.shape
    assert "white" in said(difference_image(processed, Window(40, 80)))


def test_a_finished_image_is_compared_in_gray_levels() -> None:
    shown = process(CT, "clahe", {}, voi=Window(40, 80))
    assert "of 255 gray levels" in said(difference_image(shown, Window(40, 80)))


def test_color_is_compared_channel_by_channel() -> None:
    color = np.full((8, 8, 3), 90, np.uint8)
    changed = color.copy()
    changed[0, :, 2] += 30
    image = render(difference_image(Processed(Frame(color, "1"), color=changed)))
    assert set(image[0].tolist()) == {255}
    assert image[1:].max() == 0


def test_padding_and_what_is_no_number_do_not_differ() -> None:
    frame = replace(CT, padding=(0, 0), stored=np.where(np.eye(64, dtype=bool), 0, CT.stored))
    values = frame.stored.astype(np.float32) - 1024 + 5
    values[3, 4] = np.nan
    image = render(difference_image(Processed(frame, values=values)))
    assert image[np.eye(64, dtype=bool)].max() == 0
    assert image[3, 4] == 0


def test_one_outlier_leaves_the_others_seen() -> None:
    values = CT.stored.astype(np.float32) - 1024 + 4
    values[0, 0] += 3000
    assert render(difference_image(Processed(CT, values=values)))[5, 5] == 255
