"""The oracle against values that others have published.

It would otherwise only agree with itself.
"""

import numpy as np
import pytest

from tests.pixel_truth import formulas
from tests.pixel_truth.stored import unpacked

HALF = 127.5

# PS3.3 C.11.2.1.2.1, its four worked cases: center, width, value, output of 0..255.
LINEAR = [
    (2048, 4096, 0, 0.0),
    (2048, 4096, 4096, 255.0),
    (2048, 4096, 2047.5, HALF),
    (2048, 4096, 1, 255 / 4095),
    (2048, 1, 2047, 0.0),
    (2048, 1, 2048, 255.0),
    (0, 100, -50, 0.0),
    (0, 100, 50, 255.0),
    (0, 100, 0, ((0 + 0.5) / 99 + 0.5) * 255),
    (0, 1, -1, 0.0),
    (0, 1, 0, 255.0),
]
# PS3.3 C.11.2.1.3.2, its two worked cases.
LINEAR_EXACT = [
    (2048, 4096, 0, 0.0),
    (2048, 4096, 4097, 255.0),
    (2048, 4096, 2048, HALF),
    (0, 100, -50, 0.0),
    (0, 100, 51, 255.0),
    (0, 100, 25, 191.25),
]
# ITU-R BT.601 color bars in full range as ITU-T T.871 (JFIF) has them: R, G, B and Y, Cb, Cr.
FULL_RANGE = [
    ((255, 255, 255), (255, 128, 128)),
    ((255, 255, 0), (226, 0, 149)),
    ((0, 255, 255), (179, 171, 0)),
    ((0, 255, 0), (150, 44, 21)),
    ((255, 0, 255), (105, 212, 235)),
    ((255, 0, 0), (76, 85, 255)),
    ((0, 0, 255), (29, 255, 107)),
    ((0, 0, 0), (0, 128, 128)),
]
# The same bars at 100 % in the studio range of BT.601.
STUDIO_RANGE = [
    ((255, 255, 255), (235, 128, 128)),
    ((255, 255, 0), (210, 16, 146)),
    ((0, 255, 255), (170, 166, 16)),
    ((0, 255, 0), (145, 54, 34)),
    ((255, 0, 255), (106, 202, 222)),
    ((255, 0, 0), (81, 90, 240)),
    ((0, 0, 255), (41, 240, 110)),
    ((0, 0, 0), (16, 128, 128)),
]


@pytest.mark.parametrize(("center", "width", "value", "expected"), LINEAR)
def test_linear(center: float, width: float, value: float, expected: float) -> None:
    assert formulas.linear(np.array([value]), center, width)[0] == pytest.approx(expected)


@pytest.mark.parametrize(("center", "width", "value", "expected"), LINEAR_EXACT)
def test_linear_exact(center: float, width: float, value: float, expected: float) -> None:
    assert formulas.linear_exact(np.array([value]), center, width)[0] == pytest.approx(expected)


def test_the_three_grays_of_a_known_defect() -> None:
    """dcm4che pull request 1578: W 400 L 40 gives 20, 144 and 226.

    Its old code gave 23, 162 and 255.
    """
    grays = formulas.linear(np.array([-129, 65, 193]), 40, 400)
    assert np.rint(grays).tolist() == [20, 144, 226]


def test_sigmoid_at_its_center_and_two_widths_away() -> None:
    """1 / (1 + e^-2) = 0.880797 is the logistic function's tabulated value at 2."""
    grays = formulas.sigmoid(np.array([40.0, 80.0, 0.0]), 40, 80)
    assert grays / 255 == pytest.approx([0.5, 0.880797, 0.119203], abs=1e-6)


@pytest.mark.parametrize(("rgb", "ybr"), FULL_RANGE)
def test_full_range_colors(rgb: tuple[int, ...], ybr: tuple[int, ...]) -> None:
    assert formulas.rgb_to_ybr_full(np.array(rgb)).clip(0, 255) == pytest.approx(ybr, abs=0.6)
    assert formulas.ybr_full_to_rgb(np.array(ybr)) == pytest.approx(rgb, abs=1.3)


@pytest.mark.parametrize(("rgb", "ybr"), STUDIO_RANGE)
def test_studio_range_colors(rgb: tuple[int, ...], ybr: tuple[int, ...]) -> None:
    assert formulas.rgb_to_ybr_partial(np.array(rgb)) == pytest.approx(ybr, abs=0.6)
    assert formulas.ybr_partial_to_rgb(np.array(ybr)) == pytest.approx(rgb, abs=1.8)


def test_the_packed_bytes_of_the_paper_that_defines_them() -> None:
    """Apple Technical Note TN1023, Understanding PackBits: its one example."""
    packed = bytes.fromhex("FE AA 02 80 00 2A FD AA 03 80 00 2A 22 F7 AA")
    plain = bytes.fromhex("AA AA AA 80 00 2A AA AA AA AA 80 00 2A 22" + " AA" * 10)
    assert unpacked(packed, len(plain)) == plain


def test_the_bits_of_the_pixel_cells_of_the_standard() -> None:
    """PS3.5 Annex D: 12 bits stored in 16 with the high bit at 11 and at 15."""
    assert formulas.cut_out_bits(np.array([0xF123]), 12, 11, signed=False).tolist() == [0x123]
    assert formulas.cut_out_bits(np.array([0x123F]), 12, 15, signed=False).tolist() == [0x123]
    assert formulas.cut_out_bits(np.array([0x0FFF, 0x0800]), 12, 11, signed=True).tolist() == [-1, -2048]


def test_a_descriptor_of_zero_entries_and_values_outside() -> None:
    """PS3.3 C.11.1.1.1: values below the first take the first entry, those above the last one."""
    assert formulas.look_up(np.array([-5, 10, 11, 99]), 10, [7, 8, 9]).tolist() == [7, 7, 8, 9]
