"""The open dialog, reopened when the language changes."""

from collections.abc import Callable

from PySide6.QtWidgets import QDialog


class OpenDialog:
    """Opens one dialog after another.

    Parameters
    ----------
    when_closed : callable
        Called when a dialog was closed by the user.
    """

    def __init__(self, when_closed: Callable[[], None]) -> None:
        self._when_closed = when_closed
        self._again: Callable[[], object] | None = None
        self.dialog: QDialog | None = None

    def open(self, dialog: QDialog, again: Callable[[], object]) -> None:
        """Show a dialog; `again` makes and opens it anew."""
        self.dialog, self._again = dialog, again
        dialog.finished.connect(self._when_closed)
        dialog.open()

    def open_again(self) -> None:
        """Make an open dialog anew, as the language has changed.

        What it asks is not answered by that.
        """
        old, again = self.dialog, self._again
        if old is None or again is None or not old.isVisible():
            return
        old.blockSignals(True)
        old.close()
        old.deleteLater()
        again()
