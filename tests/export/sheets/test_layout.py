"""All panes are in one picture at their places, each whole, in every format, with the warning."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from medviewer.errors import NotOfferedError
from medviewer.export import EXPORTERS, ExportedImage, ExportedImages, SheetPlace, SliceExport
from medviewer.export.pictures.png import CHUNK
from medviewer.export.sheet import INK
from medviewer.export.sheets.pdf import pdf_pictures
from medviewer.viewer.annotations import OutlineVolume
from tests.export.made_films import GRAYS, pane_at, unread

ROWS = [row for name, row in EXPORTERS.items() if name.startswith("layout")]


def layout(*images: ExportedImage, **more: bool) -> SliceExport:
    first = next(one.pane for one in images if one.pane.frame is not None)
    return SliceExport(first, {}, (), images=ExportedImages(len(images), lambda: iter(images)), **more)


def two_by_two() -> SliceExport:
    return layout(
        *(
            ExportedImage(pane_at(number), {}, place=SheetPlace(*divmod(number - 1, 2)))
            for number in range(1, 5)
        )
    )


def pixels_of(path: Path) -> np.ndarray:
    if path.suffix == ".pdf":
        [found] = pdf_pictures(path.read_bytes())
        return found
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def middle(pixels: np.ndarray, gray: int, tolerance: int = 0) -> tuple[float, float]:
    """Return the place of most of a gray, in shares of height and width."""
    near = (np.abs(pixels.astype(int) - gray) <= tolerance).all(axis=2)
    assert np.count_nonzero(near) > 400 * 400
    rows, columns = np.nonzero(near)
    return float(np.median(rows)) / len(pixels), float(np.median(columns)) / pixels.shape[1]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_pane_lies_at_its_place(row, tmp_path: Path) -> None:
    path = tmp_path / f"a{row.suffix}"
    assert list(row.steps(path, two_by_two())) == [1, 2, 3, 4]
    pixels = pixels_of(path)
    places = [middle(pixels, gray, 2) for gray in GRAYS[1:]]
    assert [(y > 0.5, x > 0.5) for y, x in places] == [
        (False, False),
        (False, True),
        (True, False),
        (True, True),
    ]
    amber = np.abs(pixels[-66:].astype(int) - INK["attention"]).max(axis=2) < 40
    assert amber.any()  # the warning, below


def test_a_large_pane_stands_beside_a_film_of_small_ones(tmp_path: Path) -> None:
    large = ExportedImage(pane_at(1, side=1600), {}, place=SheetPlace(rows=3))
    small = [
        ExportedImage(pane_at(n, side=1600), {}, place=SheetPlace(n - 2, 1, is_small=True)) for n in (2, 3, 4)
    ]
    EXPORTERS["layout"].write(tmp_path / "a.png", layout(large, *small))
    pixels = pixels_of(tmp_path / "a.png")
    counts = [np.count_nonzero((pixels == gray).all(axis=2)) for gray in GRAYS[1:]]
    assert counts[0] > 3 * max(counts[1:])
    heights = [middle(pixels, gray)[0] for gray in GRAYS[2:]]
    assert heights == sorted(heights)
    assert middle(pixels, GRAYS[1])[1] < 0.5 < middle(pixels, GRAYS[2])[1]


def test_each_pane_keeps_its_record_and_nobody_is_named(tmp_path: Path) -> None:
    EXPORTERS["layout"].write(tmp_path / "a.png", two_by_two())
    with Image.open(tmp_path / "a.png") as image:
        record = json.loads(image.info[CHUNK])["layout"]
    assert [(one["row"], one["column"], one["source"]["slice"]) for one in record] == [
        (1, 1, 2),
        (1, 2, 3),
        (2, 1, 4),
        (2, 2, 5),
    ]
    who = pane_at(1).identity
    assert who.patient_name not in json.dumps(record)
    assert who.patient_id not in json.dumps(record)
    named = replace(two_by_two(), with_identity=True)
    EXPORTERS["layout"].write(tmp_path / "b.png", named)
    assert (tmp_path / "b.png").stat().st_mode & 0o777 == 0o600


def test_the_volume_of_a_series_stands_beside_its_own_images_only(tmp_path: Path) -> None:
    volume = OutlineVolume(12.5, corrected=0, of_model=3, uncertain=0, unknown=0, of=3)
    own = ExportedImage(pane_at(1), {}, volume=volume)
    two = replace(layout(own, ExportedImage(pane_at(2), {}, place=SheetPlace(0, 1))), volume=volume)
    EXPORTERS["layout"].write(tmp_path / "a.png", two)
    with Image.open(tmp_path / "a.png") as image:
        record = json.loads(image.info[CHUNK])["layout"]
    assert [one["outline_volume"] and one["outline_volume"]["ml"] for one in record] == [12.5, None]


def test_a_pane_that_cannot_be_read_has_its_place(tmp_path: Path) -> None:
    two = layout(ExportedImage(pane_at(1), {}), ExportedImage(unread(2), {}, place=SheetPlace(0, 1)))
    EXPORTERS["layout-tiff"].write(tmp_path / "a.tif", two)
    assert pixels_of(tmp_path / "a.tif").shape[1] > 1100


def test_one_pane_is_no_layout_and_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotOfferedError, match="only one pane is shown"):
        EXPORTERS["layout"].write(tmp_path / "a.png", replace(two_by_two(), images=None))
    with pytest.raises(NotOfferedError, match=r"\.bmp is no format of it"):
        EXPORTERS["layout"].write(tmp_path / "a.bmp", two_by_two())
    assert list(tmp_path.iterdir()) == []


def test_given_up_nothing_stays(tmp_path: Path) -> None:
    saving = EXPORTERS["layout"].steps(tmp_path / "a.png", two_by_two())
    next(saving)
    saving.close()
    assert list(tmp_path.iterdir()) == []
