"""Regions of an ultrasound image.

Each pixel in the units of the region it lies in.
"""

from medviewer.imaging.frame.regions import AxisScale, Region, region_at

TISSUE = Region(0, 0, 99, 199, across=AxisScale("mm", 0.5), down=AxisScale("mm", 0.4))
TRACE = Region(100, 0, 199, 199, across=AxisScale("ms", 2.0), down=AxisScale("cm/s", -1.5, reference=150))


def test_a_pixel_is_read_in_the_units_of_its_region() -> None:
    region = region_at((TISSUE, TRACE), 160, 30)
    assert region is TRACE
    assert region.across is not None
    assert region.down is not None
    assert (region.across.value(30), region.across.unit) == (60, "ms")
    assert (region.down.value(160), region.down.unit) == (-15, "cm/s")


def test_outside_all_regions_there_are_no_units() -> None:
    assert region_at((TISSUE, TRACE), 220, 30) is None


def test_of_regions_over_each_other_the_smaller_one_counts() -> None:
    inset = Region(10, 10, 20, 20)
    assert region_at((TISSUE, inset), 15, 15) is inset
