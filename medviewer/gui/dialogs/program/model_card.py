"""The card of the chosen model, with the images of its evaluation."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from medviewer.errors import DamagedModelError
from medviewer.gui.widgets import plain_label, section_title
from medviewer.inference.pack import Pack, read_pack_file
from medviewer.limits import MODEL_PACK_BYTES
from medviewer.translation import translate
from medviewer.viewer.texts import card_heading, pack_sections

MOST_IMAGES: Final = 24
IMAGE_WIDTH: Final = 460  # device-independent pixels


class ModelCardDialog(QDialog):
    """Description, performance and limits of a model.

    Everything can be read without a mouse.
    """

    def __init__(self, pack: Pack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("About the model"))
        self.resize(580, 700)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setSpacing(4)
        title, version, warning = card_heading(pack)
        column.addWidget(plain_label(title, "strong", wraps=True))
        column.addWidget(plain_label(version, "quiet", wraps=True, selectable=True))
        column.addWidget(plain_label(warning, "attention", wraps=True))
        for section in pack_sections(pack):
            column.addSpacing(8)
            column.addWidget(section_title(section.title))
            for line in section.lines:
                column.addWidget(plain_label(line, wraps=True, selectable=True))
        self.images = [label for path in evaluation_images(pack.folder) if (label := _shown(path))]
        if self.images:
            column.addSpacing(8)
            column.addWidget(section_title(translate("Pictures of its training and test")))
        for label in self.images:
            column.addWidget(label)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(area)
        layout.addWidget(buttons)


def evaluation_images(folder: Path) -> Sequence[Path]:
    """Return the images that lie with a pack, by name."""
    return sorted(folder.glob("*.png"))[:MOST_IMAGES]


def _shown(path: Path) -> QLabel | None:
    """Return an image of a pack, None for anything but a small one.

    A user's own pack may hold anything: a pipe that never ends, a link to what is gone.
    """
    pixmap = QPixmap()
    try:
        content = read_pack_file(path.parent, path.name, MODEL_PACK_BYTES)
    except DamagedModelError:
        return None
    if not pixmap.loadFromData(content):
        return None
    label = plain_label()
    ratio = label.devicePixelRatioF()
    scaled = pixmap.scaledToWidth(round(IMAGE_WIDTH * ratio), Qt.TransformationMode.SmoothTransformation)
    scaled.setDevicePixelRatio(ratio)
    label.setPixmap(scaled)
    label.setAccessibleName(path.stem.replace("-", " "))
    return label
