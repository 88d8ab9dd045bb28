"""What the numbers of a region of a range say."""

import numpy as np
import pytest

from medviewer.imaging.measurement.found import measure_found
from tests import absurd_numbers


@pytest.mark.parametrize(("estimate", "is_said"), [(70.0, False), (140.0, False), (160.0, True), (980, True)])
def test_a_region_that_leaks_along_bone_says_so(estimate: float, is_said: bool) -> None:
    found = (("pixels", 9.0), ("low", 50.0), ("high", 90.0), ("slices", 29.0))
    sizes = (("volume_ml", 100.0), ("abc2_ml", estimate), ("a_mm", 90.0), ("b_mm", 60.0), ("c_mm", 40.0))
    points = ((0.0, 0.0), (3.0, 0.0), (3.0, 3.0))
    told = measure_found(absurd_numbers.frame(np.zeros((4, 4), np.int16)), points, (*found, *sizes))
    said = "ABC/2 is far above the volume: the region may run on along bone or vessels."
    assert (said in [line.for_user() for line in told.lines]) == is_said
    assert (said in [note.for_user() for note in told.notes]) == is_said
