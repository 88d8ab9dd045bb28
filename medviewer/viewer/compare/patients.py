"""The patients on the screen; several are told."""

from collections.abc import Mapping
from typing import Final

from medviewer.translation import message
from medviewer.viewer.notice import Notice, NoticeBoard
from medviewer.viewer.state import PaneState

SEVERAL: Final = "several patients"
"""The cause of the message."""


class PatientsOnScreen:
    """Tells patients apart, and warns as soon as a second one is shown.

    The warning ends when one patient is left.
    """

    def __init__(self, notices: NoticeBoard) -> None:
        self._notices = notices
        self._count = 0

    def letters(self, shown: Mapping[int, PaneState]) -> dict[int, int | None]:
        """Return the patient of each pane, counted from 0.

        None for all where there is one only.
        """
        keys = {number: state.identity.patient_key for number, state in shown.items()}
        patients = list(dict.fromkeys(keys.values()))
        studies = frozenset(state.identity.study_key for state in shown.values())
        self._tell(len(patients), studies)
        return {number: patients.index(key) if len(patients) > 1 else None for number, key in keys.items()}

    def _tell(self, count: int, studies: frozenset[object]) -> None:
        before, self._count = self._count, count
        # guard(count > before -> False): a second patient never comes beside the first one unsaid
        if count > 1 and count > before:
            said = message(
                "Images of {count} patients are on the screen. Each pane names its own.", count=count
            )
            self._notices.tell(Notice(said, severity="warning", cause=SEVERAL, about=studies))
        elif count <= 1 < before:
            self._notices.end(SEVERAL)
