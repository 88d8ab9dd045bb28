"""A tag that has less room than its words ends in dots, and says them whole to others."""

from pytestqt.qtbot import QtBot

from medviewer.gui.widgets import TagLabel


def test_a_tag_without_room_ends_in_dots(qtbot: QtBot) -> None:
    tag = TagLabel("tag-amber")
    qtbot.addWidget(tag)
    tag.setText("tilt 18.5° · uneven slices")
    tag.show()
    whole = tag.sizeHint()
    tag.resize(whole)
    shown = tag.grab().toImage()
    tag.resize(whole.width() - 40, whole.height())
    assert tag.text() == "tilt 18.5° · uneven slices"
    assert tag.sizeHint() == whole
    assert super(TagLabel, tag).text().endswith("…")
    tag.resize(whole)
    assert tag.grab().toImage() == shown
