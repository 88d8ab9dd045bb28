"""Pictures of panes as the program saves them."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from medviewer.export.pictures.png import write
from medviewer.export.table import SliceExport
from medviewer.imaging.processing import Parameters
from medviewer.viewer.state import PaneState


def annotated_png(
    pane: PaneState,
    *,
    settings: Mapping[str, Parameters],
    with_identity: bool = False,
    with_uids: bool = False,
) -> bytes:
    """Save the image of a pane, and return the PNG file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.png"
        write(path, SliceExport(pane, settings, (), with_identity, with_uids))
        return path.read_bytes()
