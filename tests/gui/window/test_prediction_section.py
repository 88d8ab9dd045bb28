"""The AI section of the window beside the images that it speaks of."""

from medviewer.gui.window.main_window import MainWindow
from tests.gui.window_scene import WindowScene


def test_the_section_speaks_of_the_painted_image_only(scene: WindowScene, window: MainWindow) -> None:
    """While a filter is at work the image of the slice before is on the screen."""
    scene.open("head")
    session = scene.session
    here = session.state.focus
    session.viewer.set_processing(here, "denoised")
    scene.workers.settle()
    session.viewer.session.classify()
    scene.workers.settle()
    assert window.prediction.card.word == "Flagged"
    session.viewer.scroll_by(1)
    scene.workers.settle()
    assert window.prediction.card.word != "Flagged"
    session.set_parameter("denoised", "strength", 1.5)  # the filter has to be asked again
    scene.workers.settle()
    scene.workers.hold("filter")
    session.viewer.scroll_by(-1)
    pane = session.state.panes[here]
    assert pane is not None
    assert pane.result is not None  # the state knows what was answered
    assert window.prediction.card.word != "Flagged"
    scene.workers.release()
    scene.workers.settle()
    assert window.prediction.card.word == "Flagged"
