"""A bare QtWidgets window, as a process.

The yardstick of the start-up rows.
"""

import os
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget


class Bare(QWidget):
    """Ends the process after its first paint, as `viewer_run.py` does."""

    def paintEvent(self, event: object) -> None:
        QTimer.singleShot(0, lambda: os._exit(0))


application = QApplication(sys.argv)
window = Bare()
window.resize(1280, 800)
window.show()
sys.exit(application.exec())
