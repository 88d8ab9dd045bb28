"""A file inside an archive, read as a file of its own."""

import io
from abc import abstractmethod
from typing import BinaryIO


class InnerFile(io.RawIOBase):
    """Bytes of an archive that can be read at any place.

    Parameters
    ----------
    archive : BinaryIO
        Closed with it.
    size : int
        Bytes of the inner file.
    """

    def __init__(self, archive: BinaryIO, size: int) -> None:
        super().__init__()
        self._file, self._size, self._place = archive, size, 0

    @abstractmethod
    def _read_at(self, place: int, length: int) -> bytes | bytearray:
        """Return the bytes from a place on, fewer where the file ends."""

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; nothing is read yet."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, base + offset)
        return self._place

    def tell(self) -> int:
        """Return the place."""
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the stub's Buffer has no length
        """Read the bytes at the place.

        Raises
        ------
        ArchiveError
            They do not unpack to what the archive states.
        """
        piece = self._read_at(self._place, len(buffer))
        buffer[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)

    def close(self) -> None:
        """Close the archive, too."""
        self._file.close()
        super().close()
