"""A bare QtWidgets window, as a process: the yardstick of the start-up rows."""

import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget


class Bare(QWidget):
    """Ends the process after its first paint."""

    def paintEvent(self, event: object) -> None:
        QTimer.singleShot(0, QApplication.quit)


application = QApplication(sys.argv)
window = Bare()
window.resize(1280, 800)
window.show()
sys.exit(application.exec())
