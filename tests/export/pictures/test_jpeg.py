"""A JPEG looks like the PNG, says the same in its tags, and hides what is hidden there, too."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base

from medviewer.errors import NotOfferedError, ReadBackError, WriteError
from medviewer.export import EXPORTERS, SliceExport
from medviewer.export.pictures import jpeg, read_back
from medviewer.viewer.state.pane_state import PaneState
from tests.made_panes import WHO, PaneMaker
from tests.saved_pictures import annotated_png

ROW = EXPORTERS["jpeg"]


def record_of(path: Path) -> dict:
    with Image.open(path) as image:
        comment = image.getexif().get_ifd(IFD.Exif)[Base.UserComment]
    assert comment.startswith(jpeg.ASCII)
    return json.loads(comment.removeprefix(jpeg.ASCII))


def test_it_says_that_it_has_loss_and_what_it_is(pane: PaneState, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    ROW.write(path, SliceExport(pane, {}, ()))
    with Image.open(path) as image:
        assert image.format == "JPEG"
        assert image.layers == 3
        assert [component[1:3] for component in image.layer] == [(1, 1)] * 3  # thin colored lines stay
        tags = dict(image.getexif())
    assert tags[Base.Software].startswith("medviewer ")
    assert tags[Base.ImageDescription] == "Research use only. Not for diagnosis."
    record = record_of(path)
    assert record["source"]["pixel_sha256"] == pane.frame.pixel_sha256
    assert record["use"] == "research use only, not for diagnosis"
    assert record["source"]["sop_instance_uid"] is None


def test_the_loss_is_written_into_the_picture(
    pane: PaneState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = []
    compose = jpeg.compose
    monkeypatch.setattr(
        jpeg, "compose", lambda image, around: (said.extend(around.caption), compose(image, around))[1]
    )
    ROW.write(tmp_path / "a.jpg", SliceExport(pane, {}, ()))
    assert any(line.text.endswith("→ saved with loss (JPEG)") for line in said)


def test_identity_is_in_picture_and_tags_only_if_asked_for(pane: PaneState, tmp_path: Path) -> None:
    hidden, named = tmp_path / "hidden.jpg", tmp_path / "named.jpg"
    ROW.write(hidden, SliceExport(pane, {}, ()))
    ROW.write(named, SliceExport(pane, {}, (), with_identity=True, with_uids=True))
    for secret in (WHO.patient_name, WHO.patient_id, "CANARY", "2.25.3"):
        assert secret.encode() not in hidden.read_bytes()
    assert record_of(named)["source"]["sop_instance_uid"] == "2.25.3"
    assert record_of(named)["names_the_patient"] is True
    assert named.stat().st_mode & 0o777 == 0o600
    with Image.open(hidden) as one, Image.open(named) as other:
        assert one.size[1] < other.size[1]  # lines of the patient


def test_a_side_that_the_format_cannot_hold_is_refused(
    pane: PaneState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jpeg, "LONGEST_SIDE", 500)
    with pytest.raises(NotOfferedError, match="a side is longer than 500 pixels"):
        ROW.write(tmp_path / "a.jpg", SliceExport(pane, {}, ()))
    assert list(tmp_path.iterdir()) == []


def test_tags_that_have_no_room_are_left_out_and_the_picture_is_saved(
    pane: PaneState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jpeg, "EXIF_BYTES", 10)
    ROW.write(tmp_path / "a.jpg", SliceExport(pane, {}, ()))
    with Image.open(tmp_path / "a.jpg") as image:
        assert Base.UserComment not in image.getexif().get_ifd(IFD.Exif)


def test_a_picture_that_reads_back_as_another_is_named(
    pane: PaneState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = np.asarray(Image.open(_png(pane, tmp_path))).shape
    monkeypatch.setattr(read_back.cv2, "imdecode", lambda *_: np.zeros((*shape[:2], 3), np.uint8))
    with pytest.raises(ReadBackError):
        ROW.write(tmp_path / "a.jpg", SliceExport(pane, {}, ()), overwrite=True)


def test_a_disk_that_takes_nothing_leaves_nothing(
    making: PaneMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from medviewer import storage

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(WriteError, match=r"a\.jpg could not be written: No space left on device"):
        ROW.write(tmp_path / "a.jpg", SliceExport(making(), {}, ()))
    assert list(tmp_path.iterdir()) == []


def _png(pane: PaneState, folder: Path) -> Path:
    path = folder / "like.png"
    path.write_bytes(annotated_png(replace(pane), settings={}))
    return path
