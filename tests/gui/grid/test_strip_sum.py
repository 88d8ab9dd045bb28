"""The sum beside the strip: whole in two lines, with the marks of the strip."""

from pytestqt.qtbot import QtBot

from medviewer.gui.grid.strip_sum import StripSum
from medviewer.viewer.color_roles import colors
from medviewer.viewer.texts import MarkKind, StripPart

PARTS = (
    StripPart("26/26 asked"),
    StripPart("15 flagged", MarkKind.FLAGGED),
    StripPart("5 uncertain", MarkKind.UNCERTAIN),
)


def test_a_long_sum_takes_a_second_line_and_is_a_legend(qtbot: QtBot) -> None:
    view = StripSum()
    qtbot.addWidget(view)
    view.resize(172, view.sizeHint().height())
    view.show_sum(PARTS, "details")
    assert view.text() == "26/26 asked, 15 flagged, 5 uncertain"
    assert not view.is_cut
    assert {round(box.top()) for _, box in view.places()} == {0, view.height() // 2}
    image = view.grab().toImage()
    seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert {colors().ai, colors().amber} <= seen
    view.resize(60, view.height())
    assert view.is_cut
    assert view.toolTip()
