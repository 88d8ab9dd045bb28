"""Documents are read by a reader of another library.

Pages, pixels, and what they say of themselves.
"""

import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL.PdfParser import PdfParser

from medviewer.export.sheets.pdf import PdfPages

PICTURES = [
    np.random.default_rng(seed).integers(0, 256, (*shape, 3), np.uint8)
    for seed, shape in enumerate(((300, 200), (40, 500), (1, 1)))
]


@pytest.fixture
def document(tmp_path: Path) -> Any:
    pages = PdfPages()
    for pixels in PICTURES:
        pages.add(pixels)
    path = tmp_path / "a.pdf"
    path.write_bytes(pages.file({"schema": 1, "note": "(a) \\ 骨"}))
    with PdfParser(str(path), mode="r+b") as read:
        yield read


def test_each_page_has_its_picture_without_loss(document: Any) -> None:
    assert len(document.pages) == 3
    for page, pixels in zip(document.pages, PICTURES, strict=True):
        found = document.read_indirect(page)
        image = document.read_indirect(found[b"Resources"][b"XObject"][b"P"])
        shape = image.dictionary[b"Height"], image.dictionary[b"Width"], 3
        assert shape == pixels.shape
        assert zlib.decompress(image.buf) == pixels.tobytes()


def test_pages_are_a4_and_the_picture_lies_within_their_margins(document: Any) -> None:
    for page, pixels in zip(document.pages, PICTURES, strict=True):
        found = document.read_indirect(page)
        wide, high = found[b"MediaBox"][2:]
        assert sorted((round(wide), round(high))) == [595, 842]
        assert (wide > high) == (pixels.shape[1] > pixels.shape[0])
        drawn = document.read_indirect(found[b"Contents"]).buf.split()
        width, height, left, bottom = (float(drawn[place]) for place in (1, 4, 5, 6))
        assert width / height == pytest.approx(pixels.shape[1] / pixels.shape[0], rel=0.01)
        assert min(left, bottom, wide - left - width, high - bottom - height) > 23.9


def test_it_says_what_it_is_and_that_it_is_not_for_diagnosis(document: Any) -> None:
    said = {key.name.decode(): bytes(value).decode("ascii") for key, value in document.info.items()}
    assert said["Producer"].startswith("medviewer")
    assert "not for diagnosis" in said["Subject"].lower()
    assert json.loads(said["Medviewer"]) == {"schema": 1, "note": "(a) \\ 骨"}
