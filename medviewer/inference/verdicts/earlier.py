"""Verdicts that the reader gave on slices in earlier sessions."""

from collections.abc import Iterable

from medviewer.imaging.frame import Frame
from medviewer.inference.run_log import image_hash, installation_salt, salted
from medviewer.inference.verdicts.table import SLICE, VerdictRow, last_verdicts, read_verdicts


class EarlierVerdicts:
    """The last verdict on each slice, by its instance and frame.

    Parameters
    ----------
    rows : iterable of VerdictRow
        In the order of writing.
    salt : bytes
        Of this installation, with which the table names slices.
    """

    def __init__(self, rows: Iterable[VerdictRow], salt: bytes) -> None:
        said = sorted((row for row in last_verdicts(rows) if row.unit == SLICE), key=lambda row: row.time)
        self._rows, self._salt = {row.image: row for row in said}, salt
        self._found: dict[tuple[str, int], VerdictRow | None] = {}

    def on_slice(self, sop_instance_uid: str, frame_number: int) -> VerdictRow | None:
        """Return the last verdict on a slice, whatever its pixels are."""
        name = (sop_instance_uid, frame_number)
        if name not in self._found:
            self._found[name] = self._rows.get(
                image_hash(sop_instance_uid, frame=frame_number, salt=self._salt)
            )
        return self._found[name]

    def on_frame(self, frame: Frame) -> VerdictRow | None:
        """Return the last verdict on a frame; None where it was on other pixels."""
        row = self.on_slice(frame.sop_instance_uid, frame.frame_number)
        # guard(test): a verdict is shown on the pixels that it was given on
        if row is None or row.pixels != salted(frame.pixel_sha256, self._salt):
            return None
        return row


def read_earlier() -> EarlierVerdicts | None:
    """Return the verdicts of earlier sessions; None where there are none.

    Raises
    ------
    MemoryAccessError, WriteError
    """
    rows = read_verdicts()
    return EarlierVerdicts(rows, installation_salt()) if rows else None
