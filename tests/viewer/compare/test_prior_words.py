"""The palette finds a series by how long before the one on the screen its study was."""

from medviewer.viewer.help.palette import find_entries, palette_entries
from tests.placed_stacks import placed_stack
from tests.viewer.compare.compare_scene import comparing

NOW = placed_stack("now", slices=3, modality="CT")
PRIOR = placed_stack("prior", slices=3, space="9.9", study="0", modality="CT", date="20250310")
STRANGER = placed_stack("other", slices=3, space="9.8", patient="B", modality="CT", date="20240310")


def test_a_series_is_found_by_how_long_before_its_study_was() -> None:
    viewer = comparing("2x2", NOW, PRIOR, STRANGER)
    found = find_entries("months before", palette_entries(viewer), viewer)
    assert len(found) == 1
    assert "prior" in found[0].entry.label
    assert "20 months before" in found[0].entry.label
    assert not find_entries("years before", palette_entries(viewer), viewer)
    viewer.set_focus(1)
    (after,) = find_entries("months after", palette_entries(viewer), viewer)
    assert "now" in after.entry.label
