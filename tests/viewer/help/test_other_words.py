"""Commands are found by the words of other viewers, too."""

import pytest

from medviewer.viewer.commands.table import commands
from medviewer.viewer.help.other_words import OTHER_WORDS
from medviewer.viewer.help.palette import find_entries, palette_entries
from tests.viewer.bare_viewer import HEAD, BareViewer

TYPED = {
    "save layout": "view.keep_layout",
    "hanging protocol": "view.keep_layout",
    "roi": "tools.ellipse",
    "ruler": "tools.length",
    "caliper": "tools.length",
    "crosshair": "tools.locate",
    "prior": "view.prior",
    "sync": "view.link",
    "scout lines": "view.reference_lines",
    "dicom header": "image.tags",
    "screenshot": "export.copy",
    "anonymize": "view.hide_identity",
    "flip": "view.mirror",
    "bookmark": "image.key_image",
    "line profile": "annotation.values",
    "haematoma": "tools.range_volume",
    "tile": "view.layout_2x2",
    "color": "annotation.color_f2b44e",
}


@pytest.mark.parametrize("typed", TYPED)
def test_the_word_of_another_viewer_finds_the_command(typed: str) -> None:
    viewer = BareViewer()
    viewer.open(HEAD)
    found = find_entries(typed, palette_entries(viewer), viewer)
    assert TYPED[typed] in [match.entry.command.id for match in found]


def test_each_of_them_is_of_a_command_that_exists() -> None:
    known = {row.id for row in commands()}
    families = {name.rpartition("_")[0] for name in known}
    assert set(OTHER_WORDS) - known - families <= {"annotation.color"}  # these depend on the state
