"""A plain PNG holds the pixels and nothing else."""

import cv2
import numpy as np
import pytest

from medviewer.export.pictures.plain import plain_png


@pytest.mark.parametrize("shape", [(7, 5), (7, 5, 3)])
def test_another_reader_finds_the_same_pixels(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    content = np.frombuffer(plain_png(pixels), np.uint8)
    flag = cv2.IMREAD_COLOR_RGB if len(shape) == 3 else cv2.IMREAD_UNCHANGED
    assert np.array_equal(cv2.imdecode(content, flag), pixels)


def test_no_words_go_along() -> None:
    content = plain_png(np.zeros((2, 2), np.uint8))
    assert not any(chunk in content for chunk in (b"tEXt", b"iTXt", b"zTXt", b"tIME"))
