"""The section on links appears with a second series, follows the chains, and moves nothing."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.viewer.commands.panes.layout import set_layout
from medviewer.viewer.state import WindowLink
from tests.gui.panels.test_dock import make_window
from tests.gui.window_scene import WindowScene


def test_the_section_is_there_with_two_series_and_its_parts_never_move(
    qtbot: QtBot, scene: WindowScene
) -> None:
    window = make_window(qtbot, scene, 1100)
    section = window.dock.sections["link"]
    scene.open("head", "colour")
    set_layout(scene.session.viewer, "1x2")
    QApplication.processEvents()
    assert section.isHidden()
    viewer = scene.session.viewer
    stacks = viewer.state.library.stacks
    viewer.show_stack(stacks[1], 1)
    QApplication.processEvents()
    assert not section.isHidden()
    panel = window.link
    titles = [panel.window_choice.itemText(number) for number in range(3)]
    assert titles == ["Each pane by itself", "Panes of one series", "All panes of the same unit"]
    above = [window.dock.sections[name].geometry() for name in ("window", "ai", "processing")]
    parts = (panel.list, panel.position, panel.zoom, panel.window_choice, panel.here_button)
    places = [part.geometry() for part in parts]
    assert panel.list.count() == 2
    qtbot.mouseClick(panel.here_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.position, Qt.MouseButton.LeftButton)
    assert not viewer.state.linked
    assert panel.list.count() == 1
    qtbot.mouseClick(panel.zoom, Qt.MouseButton.LeftButton)
    assert not viewer.state.links.zoom
    panel.window_choice.setCurrentIndex(2)
    panel.window_choice.activated.emit(2)
    assert viewer.state.links.window is WindowLink.ALIKE
    QApplication.processEvents()
    assert [part.geometry() for part in parts] == places
    assert [window.dock.sections[name].geometry() for name in ("window", "ai", "processing")] == above
