"""Colors of presentation states look as their authors meant them."""

import pytest

from medviewer.imaging.frame.cielab import cielab_to_rgb

NEUTRAL = 0x8080


@pytest.mark.parametrize(
    ("encoded", "color"),
    [
        ((0xFFFF, NEUTRAL, NEUTRAL), (255, 255, 255)),
        ((0, NEUTRAL, NEUTRAL), (0, 0, 0)),
        ((round(0.5339 * 65535), NEUTRAL, NEUTRAL), (127, 127, 127)),
        # L* 54.29, a* 80.81, b* 69.89: sRGB red, adapted to D50 (Lindbloom's calculator)
        ((round(0.5429 * 65535), round((80.81 + 128) * 257), round((69.89 + 128) * 257)), (255, 0, 0)),
        # L* 87.82, a* -79.27, b* 80.99: sRGB green
        ((round(0.8782 * 65535), round((-79.27 + 128) * 257), round((80.99 + 128) * 257)), (0, 255, 0)),
    ],
)
def test_cielab_becomes_srgb(encoded: tuple[int, int, int], color: tuple[int, int, int]) -> None:
    for got, expected in zip(cielab_to_rgb(encoded), color, strict=True):
        assert abs(got - expected) <= 2


def test_what_the_screen_cannot_show_is_clipped() -> None:
    assert all(0 <= part <= 255 for part in cielab_to_rgb((0xFFFF, 0xFFFF, 0)))
