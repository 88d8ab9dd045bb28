"""A TIFF of what is seen.

The pixels of the PNG, without loss, and its record in a tag.
"""

import json
from io import BytesIO
from pathlib import Path

import imagecodecs
import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import IMAGEDESCRIPTION, SOFTWARE

from medviewer.export import EXPORTERS, SliceExport
from medviewer.viewer.state.pane_state import PaneState
from tests.made_panes import WHO
from tests.saved_pictures import annotated_png

ROW = EXPORTERS["tiff"]


def record_of(path: Path) -> dict:
    with Image.open(path) as image:
        warning, record = image.tag_v2[IMAGEDESCRIPTION].split("\n")
        assert image.tag_v2[SOFTWARE].startswith("medviewer ")
    assert warning == "Research use only. Not for diagnosis."
    return json.loads(record)


def test_its_pixels_are_those_of_the_png(pane: PaneState, tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    ROW.write(path, SliceExport(pane, {}, ()))
    expected = np.asarray(Image.open(BytesIO(annotated_png(pane, settings={}))))
    found = imagecodecs.tiff_decode(path.read_bytes())
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, expected)
    assert record_of(path)["source"]["pixel_sha256"] == pane.frame.pixel_sha256


def test_identity_is_in_its_tags_only_if_asked_for(pane: PaneState, tmp_path: Path) -> None:
    hidden, named = tmp_path / "hidden.tif", tmp_path / "named.tif"
    ROW.write(hidden, SliceExport(pane, {}, ()))
    ROW.write(named, SliceExport(pane, {}, (), with_identity=True, with_uids=True))
    for secret in (WHO.patient_name, WHO.patient_id, "CANARY", "2.25.3"):
        assert secret.encode() not in hidden.read_bytes()
    assert record_of(hidden)["names_the_patient"] is False
    assert record_of(named)["source"]["sop_instance_uid"] == "2.25.3"
    assert named.stat().st_mode & 0o777 == 0o600
