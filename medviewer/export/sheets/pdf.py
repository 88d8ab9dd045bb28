"""A document of pictures, one on each page, without loss (ISO 32000-1)."""

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from medviewer.errors import ReadBackError
from medviewer.export.pictures.read_back import refuse_other_bytes
from medviewer.export.provenance import as_json
from medviewer.export.statement import DISCLAIMER, SOFTWARE
from medviewer.imaging.frame import DisplayImage

A4: Final = (595.276, 841.89)  # points of 1/72 inch: 210 x 297 mm
MARGIN: Final = 24.0
IMAGE: Final = re.compile(
    rb"/Width (\d+) /Height (\d+) /ColorSpace /DeviceRGB /BitsPerComponent 8 "
    rb"/Filter /FlateDecode /Length (\d+) >>\nstream\n"
)


class PdfPages:
    """Pages that are added one after another, then made a file.

    Pictures are kept compressed.
    """

    def __init__(self) -> None:
        self._pages: list[tuple[tuple[int, int], bytes]] = []

    def __len__(self) -> int:
        return len(self._pages)

    def add(self, pixels: DisplayImage) -> None:
        """Add a page with a picture, (rows, columns, 3) uint8."""
        packed = zlib.compress(np.ascontiguousarray(pixels).tobytes(), 6)
        self._pages.append((pixels.shape[:2], packed))

    def file(self, record: Mapping[str, Any]) -> bytes:
        """Return the document.

        Parameters
        ----------
        record : mapping
            Kept as JSON in its information.
        """
        objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", _information(record)]
        kids = []
        for (rows, columns), packed in self._pages:
            number = len(objects) + 1
            kids.append(b"%d 0 R" % number)
            wide, high, drawn = _placed(rows, columns)
            objects += [
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %s %s] /Contents %d 0 R "
                b"/Resources << /XObject << /P %d 0 R >> >> >>" % (wide, high, number + 1, number + 2),
                b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
                b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB "
                b"/BitsPerComponent 8 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
                % (columns, rows, len(packed), packed),
            ]
        objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
        return _file(objects)


def refuse_other_pages(path: Path, content: bytes, shapes: Sequence[tuple[int, int]]) -> None:
    """Read a document and unpack its pictures.

    Raises
    ------
    ReadBackError
        It holds other bytes, or its pictures cannot be unpacked to their sizes.
    """
    refuse_other_bytes(path, content)
    try:
        found = [pixels.shape[:2] for pixels in pdf_pictures(content)]
    except (zlib.error, ValueError) as error:
        raise ReadBackError(path=path) from error
    if found != list(shapes):
        raise ReadBackError(path=path)


def pdf_pictures(content: bytes) -> Iterator[DisplayImage]:
    """Yield the pictures of a document that was made here."""
    at = 0
    while found := IMAGE.search(content, at):
        columns, rows, length = (int(number) for number in found.groups())
        at = found.end() + length
        plain = zlib.decompress(content[found.end() : at])
        yield np.frombuffer(plain, np.uint8).reshape(rows, columns, 3)


def _placed(rows: int, columns: int) -> tuple[bytes, bytes, bytes]:
    """Return width and height of a page, and its drawing."""
    short, long = A4
    wide, high = (long, short) if columns > rows else (short, long)
    scale = min((wide - 2 * MARGIN) / columns, (high - 2 * MARGIN) / rows)
    left, bottom = (wide - scale * columns) / 2, high - MARGIN - scale * rows
    drawn = f"q {scale * columns:.3f} 0 0 {scale * rows:.3f} {left:.3f} {bottom:.3f} cm /P Do Q"
    return f"{wide:.3f}".encode(), f"{high:.3f}".encode(), drawn.encode()


def _information(record: Mapping[str, Any]) -> bytes:
    said = {"Producer": SOFTWARE, "Subject": DISCLAIMER, "Medviewer": as_json(record, ascii_only=True)}
    lines = (
        b"/%s <%s>" % (name.encode(), text.encode("ascii").hex().encode()) for name, text in said.items()
    )
    return b"<< %s >>" % b" ".join(lines)


def _file(objects: Sequence[bytes]) -> bytes:
    parts, places, length = [b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"], [], 15
    for number, content in enumerate(objects, 1):
        places.append(length)
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, content))
        length += len(parts[-1])
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table))
    parts.append(
        b"trailer\n<< /Size %d /Root 1 0 R /Info 3 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, length)
    )
    return b"".join(parts)
