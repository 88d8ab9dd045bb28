"""Key images stand six on a page of a PDF that another program can read, with their notes."""

import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL.PdfParser import PdfParser

from medviewer.errors import NotOfferedError, WriteError
from medviewer.export import EXPORTERS
from medviewer.export.key_images import contact_pages
from medviewer.export.sheet import INK
from medviewer.export.sheets.pdf import pdf_pictures
from medviewer.imaging import image_colors
from medviewer.imaging.annotation import KEY_IMAGE
from medviewer.imaging.annotation.annotation import Annotation
from tests.export.made_films import GRAYS, film, pane_at, unread

ROW = EXPORTERS["contact-pages"]


def many(count: int, **more: bool):
    note = Annotation("k", KEY_IMAGE, ((0.0, 0.0),), "s", "v", text="DOE^JANE")
    return film(*((replace(pane_at(1 + n % 4), key_image=note), 0) for n in range(count)), **more)


def test_six_stand_on_a_page_and_each_is_there_with_its_gray(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    assert list(ROW.steps(path, many(14))) == list(range(1, 15))
    pages = list(pdf_pictures(path.read_bytes()))
    assert len(pages) == 3
    counts = [
        [round(np.count_nonzero((page == gray).all(axis=2)) / 512**2) for gray in GRAYS[1:]] for page in pages
    ]
    assert [sum(count) for count in counts] == [6, 6, 2]
    assert b"DOE" not in path.read_bytes()


def test_another_library_finds_its_pages_and_their_pictures(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    ROW.write(path, many(7))
    with PdfParser(str(path)) as document:
        assert len(document.pages) == 2
        sizes = []
        for one in document.pages:
            page = document.read_indirect(one)
            drawn = document.read_indirect(page[b"Resources"][b"XObject"][b"P"])
            sizes.append((drawn.dictionary[b"Height"], drawn.dictionary[b"Width"]))
            plain = zlib.decompress(drawn.buf)
            assert len(plain) == 3 * sizes[-1][0] * sizes[-1][1]
            width, height = page[b"MediaBox"][2:]
            assert {round(width), round(height)} == {595, 842}
        assert b"Not for diagnosis" in bytes(document.info[b"Subject"])
    assert sizes == [page.shape[:2] for page in pdf_pictures(path.read_bytes())]


def test_drawings_and_the_warning_are_on_a_page_and_names_only_if_asked_for(tmp_path: Path) -> None:
    def page(name: str, **more: bool) -> np.ndarray:
        pane = pane_at(1)
        stack = replace(pane.stack, identity=replace(pane.identity, patient_name=name))
        ROW.write(tmp_path / "a.pdf", film((replace(pane, stack=stack), 0), **more), overwrite=True)
        [found] = pdf_pictures((tmp_path / "a.pdf").read_bytes())
        return found

    one = page("DOE^JANE")
    drawn = np.abs(one.astype(int) - image_colors.rgb(image_colors.MEASURE)).max(axis=2) < 40
    assert np.count_nonzero(drawn) > 300  # the line, and its length in words
    amber = np.abs(one.astype(int) - INK["attention"]).max(axis=2) < 40
    assert amber.any(axis=1).sum() > 20  # below the image, and at the foot of the page
    assert np.array_equal(one, page("ROE^RICHARD"))
    named = page("DOE^JANE", with_identity=True)
    assert not np.array_equal(named, page("ROE^RICHARD", with_identity=True))


def test_a_slice_that_cannot_be_read_has_its_place(tmp_path: Path) -> None:
    ROW.write(tmp_path / "a.pdf", film((pane_at(1), 0), (unread(2), 0)))
    [page] = pdf_pictures((tmp_path / "a.pdf").read_bytes())
    assert page.shape[1] > 1000


def test_more_than_one_document_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_pages, "MOST", 1)
    with pytest.raises(NotOfferedError, match="2 images are more than one document holds"):
        ROW.write(tmp_path / "a.pdf", many(2))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_nothing_is_named(tmp_path: Path) -> None:
    with pytest.raises(WriteError):
        ROW.write(tmp_path / "none" / "a.pdf", many(1))
