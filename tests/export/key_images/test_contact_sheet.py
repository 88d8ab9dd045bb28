"""The contact sheet has every key image whole, with its note and the warning, at most so many."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from medviewer.errors import NotOfferedError
from medviewer.export import EXPORTERS
from medviewer.export.key_images import contact_sheet
from medviewer.export.pictures.png import CHUNK
from medviewer.export.sheet import INK
from medviewer.imaging.annotation import KEY_IMAGE
from medviewer.imaging.annotation.annotation import Annotation
from medviewer.viewer.state.pane_state import PaneState
from tests.export.made_films import GRAYS, film, pane_at, unread

ROW = EXPORTERS["contact-sheet"]


def key(pane: PaneState, note: str) -> PaneState:
    return replace(pane, key_image=Annotation("k", KEY_IMAGE, ((0.0, 0.0),), "s", "v", text=note))


def test_each_image_is_on_it_with_its_gray(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    ROW.write(path, film(*((key(pane_at(index), "DOE^JANE"), 0) for index in range(1, 5))))
    with Image.open(path) as sheet:
        pixels = np.asarray(sheet.convert("RGB"))
        record = json.loads(sheet.info[CHUNK])["images"]
    for gray in GRAYS[1:]:
        assert np.count_nonzero((pixels == gray).all(axis=2)) > 400 * 400
    assert [one["source"]["slice"] for one in record] == [2, 3, 4, 5]
    assert "DOE" not in str(record)
    amber = (pixels[-66:] == INK["attention"]).all(axis=2)
    assert amber.any()  # the warning, below


def test_notes_are_there_with_the_identity(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    ROW.write(path, film((key(pane_at(1), "DOE^JANE"), 0), with_identity=True))
    with Image.open(path) as sheet:
        assert json.loads(sheet.info[CHUNK])["images"][0]["note"] == "DOE^JANE"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_slice_that_cannot_be_read_has_its_place(tmp_path: Path) -> None:
    ROW.write(tmp_path / "a.png", film((pane_at(1), 0), (unread(2), 0)))
    with Image.open(tmp_path / "a.png") as sheet:
        assert [one.get("slice") for one in json.loads(sheet.info[CHUNK])["images"]] == [None, 3]


def test_more_than_one_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_sheet, "MOST", 1)
    with pytest.raises(NotOfferedError, match="2 images are more than one sheet holds"):
        ROW.write(tmp_path / "a.png", film((pane_at(1), 0), (pane_at(2), 0)))
    assert list(tmp_path.iterdir()) == []
