"""Colors of presentation states, stored as CIELab, on an sRGB screen."""

from typing import Final

from medviewer.imaging.frame.overlay import Color

D50: Final = (0.9642, 1.0, 0.8249)  # the white of the profile connection space
TO_LINEAR_SRGB: Final = (  # Bradford-adapted from D50
    (3.1338561, -1.6168667, -0.4906146),
    (-0.9787684, 1.9161415, 0.0334540),
    (0.0719453, -0.2289914, 1.4052427),
)
EPSILON: Final = 6 / 29


def cielab_to_rgb(encoded: tuple[int, int, int]) -> Color:
    """Return the sRGB color of three 16-bit numbers L*, a*, b*.

    What sRGB cannot show is clipped.

    References
    ----------
    DICOM PS3.3 C.10.7.1.1: L* 0..100 stands as 0..65535, a* and b* -128..127 as 0..65535, with 0 as 0x8080.
    IEC 61966-2-1 (sRGB).
    """
    lightness = encoded[0] * 100 / 65535
    a, b = encoded[1] / 257 - 128, encoded[2] / 257 - 128
    middle = (lightness + 16) / 116
    xyz = [
        white * _inverse(part)
        for white, part in zip(D50, (middle + a / 500, middle, middle - b / 200), strict=True)
    ]
    linear = [sum(share * value for share, value in zip(row, xyz, strict=True)) for row in TO_LINEAR_SRGB]
    red, green, blue = (round(255 * _gamma(min(1.0, max(0.0, value)))) for value in linear)
    return red, green, blue


def _inverse(part: float) -> float:
    return part**3 if part > EPSILON else 3 * EPSILON**2 * (part - 4 / 29)


def _gamma(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
