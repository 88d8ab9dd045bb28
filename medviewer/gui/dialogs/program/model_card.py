"""The card of the chosen model, with the images of its evaluation."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from medviewer.gui.widgets import plain_label, section_title
from medviewer.inference.pack import Pack
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
    """Return the images that lie with a pack, by name.

    A user's own pack may hold anything.
    """
    found = sorted(folder.glob("*.png"))[:MOST_IMAGES]
    return [path for path in found if path.stat().st_size <= MODEL_PACK_BYTES]


def _shown(path: Path) -> QLabel | None:
    pixmap = QPixmap(str(path))
    if pixmap.isNull():
        return None
    label = plain_label()
    ratio = label.devicePixelRatioF()
    scaled = pixmap.scaledToWidth(round(IMAGE_WIDTH * ratio), Qt.TransformationMode.SmoothTransformation)
    scaled.setDevicePixelRatio(ratio)
    label.setPixmap(scaled)
    label.setAccessibleName(path.stem.replace("-", " "))
    return label
