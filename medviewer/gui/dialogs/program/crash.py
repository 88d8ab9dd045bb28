"""Dialog after a fault of the program.

Calm, without patient data, with what can be done.
"""

import platform
from pathlib import Path

from PySide6.QtCore import qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from medviewer import __version__
from medviewer.gui.widgets import plain_label
from medviewer.translation import translate


def report_text(description: str) -> str:
    """Return the report of a fault.

    Parameters
    ----------
    description : str
        Of `diagnostics.describe`, which names places in the program only and quotes no file.
    """
    system = f"Python {platform.python_version()}, Qt {qVersion()}, {platform.system()} {platform.machine()}"
    return f"medviewer {__version__}\n{system}\n{description}"


class CrashDialog(QDialog):
    """Reports a fault, offers its report, and lets the user go on or quit."""

    def __init__(self, description: str, log_folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("medviewer has a fault"))
        self.resize(640, 400)
        self.report = QPlainTextEdit(report_text(description))
        self.report.setReadOnly(True)
        self.report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.report.setAccessibleName(translate("Report"))
        buttons = QDialogButtonBox()
        self.copy_button = QPushButton(translate("Copy report"))
        self.quit_button = QPushButton(translate("Quit"))
        self.go_on_button = QPushButton(translate("Go on"))
        self.go_on_button.setDefault(True)
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.quit_button, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(self.go_on_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.copy_button.clicked.connect(self._copy)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(plain_label(translate("Something in the program went wrong."), "strong", wraps=True))
        column.addWidget(
            plain_label(
                translate(
                    "Your files were not changed. What is on the screen may be incomplete: open the study "
                    "again before you rely on it."
                ),
                wraps=True,
            )
        )
        column.addWidget(
            plain_label(
                translate(
                    "The report below holds no patient data. It is also in {folder}.", folder=log_folder
                ),
                "quiet",
                wraps=True,
                selectable=True,
            )
        )
        column.addWidget(self.report, 1)
        column.addWidget(buttons)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())
