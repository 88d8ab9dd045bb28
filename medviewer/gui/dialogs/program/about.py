"""Dialog with the program's purpose, version and limits of use."""

import platform

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from medviewer import __version__
from medviewer.gui.widgets import plain_label
from medviewer.translation import translate


class AboutDialog(QDialog):
    """Name, version, purpose and licence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("About medviewer"))
        self.setMinimumWidth(460)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.setSpacing(10)
        column.addWidget(
            plain_label(translate("medviewer {version}", version=__version__), "strong", selectable=True)
        )
        column.addWidget(
            plain_label(
                translate("A viewer for DICOM images with linked processing views and classifiers."),
                wraps=True,
            )
        )
        column.addWidget(
            plain_label(
                translate(
                    "Research and education only. It is no medical device: do not use it for diagnosis, "
                    "treatment or triage."
                ),
                "attention",
                wraps=True,
            )
        )
        column.addWidget(
            plain_label(
                translate("It opens no network connection. Images and results stay on this computer."),
                "quiet",
                wraps=True,
            )
        )
        column.addWidget(
            plain_label(
                translate(
                    "Greys are as this screen shows them: it is not calibrated to the display of the "
                    "standard (DICOM PS3.14) by this program, and faint differences may not be seen."
                ),
                "quiet",
                wraps=True,
            )
        )
        facts = (
            f"Python {platform.python_version()} · Qt {qVersion()} · {platform.system()} {platform.machine()}"
        )
        column.addWidget(plain_label(facts, "quiet", selectable=True))
        column.addWidget(plain_label(translate("Licence: Apache License 2.0"), "quiet"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
