"""The probe in ultrasound images.

Each region speaks in its own units, and no scale bar lies about them.
"""

from dataclasses import replace

import numpy as np
import pytest

from medviewer.gui.window.status_bar import probe_text
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.frame.regions import AxisScale, Region
from medviewer.viewer.probe import Probe, probe_at
from medviewer.viewer.state.pane_state import PaneState
from medviewer.viewer.texts.caption import scale_bar
from medviewer.viewer.texts.corner_words import map_unit_text
from tests.gui.pane_scene import make_frame, make_stack

TISSUE = Region(0, 0, 31, 63, AxisScale("mm", 0.2, 32), AxisScale("mm", 0.2))
DOPPLER = Region(32, 0, 63, 31, AxisScale("ms", 4.0), AxisScale("cm/s", -1.5, 48))


def ultrasound(*regions: Region) -> Frame:
    """Return a color image whose value is its row."""
    stored = np.repeat(np.arange(64, dtype=np.uint8)[:, None, None], 64, axis=1).repeat(3, axis=2)
    return replace(make_frame(make_stack(), 0, stored), regions=regions)


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (10, 42, "x 42  y 10   (2 mm, 2 mm)   Original RGB 10 10 10"),
        (50, 5, "x 5  y 50   (20 ms, −3 cm/s)   Original RGB 50 50 50"),
        (50, 40, "x 40  y 50   (40 px, 50 px)   Original RGB 50 50 50"),
    ],
    ids=["tissue", "doppler", "outside"],
)
def test_a_probe_speaks_in_the_units_of_its_region(row: int, column: int, said: str) -> None:
    probe = probe_at(ultrasound(TISSUE, DOPPLER), row, column)
    assert probe is not None
    assert probe_text(probe) == said


def test_a_region_without_a_unit_in_one_direction_counts_pixels_there() -> None:
    probe = probe_at(ultrasound(replace(DOPPLER, down=None)), 40, 5)
    assert probe is not None
    assert probe.in_region == ((20.0, "ms"), (40.0, "px"))


def test_other_images_say_the_place_in_the_patient() -> None:
    probe = probe_at(make_frame(make_stack(), 0), 2, 3)
    assert isinstance(probe, Probe)
    assert "R 8.5  A 19.0  H 0.0 mm" in probe_text(probe)


def test_a_value_whose_meaning_is_not_known_is_said_to_be_the_stored_one() -> None:
    frame = replace(make_frame(make_stack(), 0), modality=Rescale(is_known=False))
    probe = probe_at(frame, 2, 3)
    assert probe is not None
    assert probe_text(probe).endswith(f"{frame.stored[2, 3]:g} (stored value)".replace("-", "−"))


def test_a_long_unit_leaves_room_for_the_rest_of_the_line() -> None:
    frame = replace(make_frame(make_stack(), 0), modality=Rescale(unit="micrometers squared per second"))
    probe = probe_at(frame, 2, 3)
    assert probe is not None
    assert probe_text(probe).endswith(" micrometers…")


def test_where_there_is_no_number_none_is_said() -> None:
    frame = replace(make_frame(make_stack(), 0), stored=np.full((4, 4), np.nan, np.float32))
    probe = probe_at(frame, 2, 3)
    assert probe is not None
    assert probe_text(probe).endswith("no value")


def test_outside_the_frame_nothing_is_said() -> None:
    assert probe_at(ultrasound(), 64, 0) is None
    assert probe_at(ultrasound(), 0, -1) is None


@pytest.mark.parametrize(
    ("regions", "has_scale"), [((), True), ((TISSUE,), True), ((TISSUE, DOPPLER), False)]
)
def test_a_scale_bar_stands_only_where_one_spacing_holds(
    regions: tuple[Region, ...], has_scale: bool
) -> None:
    pane = PaneState(make_stack(), 0, "original", ultrasound(*regions))
    assert (scale_bar(pane, 100.0) is not None) == has_scale


@pytest.mark.parametrize(
    ("rescale", "map_unit", "said", "corner"),
    [
        (Rescale(), "", "Original 0 (no unit stated)", "values: no unit stated"),
        (Rescale(), "mm2/s", "Original 0 mm2/s", "values in mm2/s"),
        (Rescale(unit="10-6 mm2/s"), "10-6 mm2/s", "Original 0 10−6 mm2/s", "values in 10-6 mm2/s"),
        (Rescale(), None, "Original 0", ""),
    ],
)
def test_a_map_of_measured_values_says_its_unit_or_that_none_is_stated(
    rescale: Rescale, map_unit: str | None, said: str, corner: str
) -> None:
    stack = make_stack()
    made = make_frame(stack, 0, np.zeros((64, 64), np.int16))
    frame = replace(
        made, modality=rescale, attributes=replace(made.attributes, modality="MR", unit_of_map=map_unit)
    )
    probe = probe_at(frame, 0, 0)
    assert probe is not None
    assert probe_text(probe).endswith(said)
    assert map_unit_text(PaneState(stack, 0, "original", frame)) == corner
