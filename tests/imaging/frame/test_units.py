"""Units as files write them are units as the standard spells them.

Long ones fit beside a number.
"""

import pytest

from medviewer.imaging.frame.units import known_unit, short_unit, value_text


@pytest.mark.parametrize(
    "stated",
    [
        "HU",
        "hu",
        "HU ",
        " H.U.",
        "[HU]",
        "Hounsfield",
        "HOUNSFIELD UNITS",
        "Hounsfield Unit (HU)",
        "Houndsfield Unit",
        "Housfield units",
        "Hounsfeld",
        "Hounsfield-Einheiten",
        "hounsfield's units",
    ],
)
def test_every_spelling_of_hounsfield_is_hu(stated: str) -> None:
    assert known_unit(stated) == "HU"


@pytest.mark.parametrize(
    ("stated", "unit"),
    [
        ("US", ""),
        ("Unspecified", ""),
        ("none", ""),
        ("", ""),
        ("Bq/ml", "BQML"),
        ("bqml", "BQML"),
        ("g/mL", "GML"),
        ("mgml", "MGML"),
        ("counts", "CNTS"),
        ("percent", "PCT"),
        ("HU_MOD", "HU_MOD"),
        ("Gy", "GY"),
        ("10^-3  mm^2/s", "10^-3 mm^2/s"),
        ("human units", "human units"),
        ("HUX", "HUX"),
        ("THU", "THU"),
    ],
)
def test_other_units_are_spelt_as_the_standard_has_them_or_left_alone(stated: str, unit: str) -> None:
    assert known_unit(stated) == unit


def test_a_long_unit_is_cut_where_it_stands_beside_a_number() -> None:
    assert short_unit("10^-3 mm^2/s") == "10^-3 mm^2/s"
    assert short_unit("micrometers squared per second") == "micrometers…"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1018.4, "1018"),
        (999.6, "1000"),
        (123456.7, "123457"),
        (0.03714, "0.0371"),
        (-2048.2, "-2048"),
        (1e12, "1e+12"),
    ],
)
def test_a_value_is_not_written_with_a_power_of_ten_where_it_can_be_read_without(
    value: float, text: str
) -> None:
    assert value_text(value, 3) == text
