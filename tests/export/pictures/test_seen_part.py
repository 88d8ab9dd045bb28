"""The part of an image that a pane shows is saved alone, with its drawings at their places."""

import json
import math
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from medviewer.export import EXPORTERS, ExportedImage, ExportedImages, SheetPlace, SliceExport
from medviewer.export.pictures.annotated import AnnotatedImage, annotated_image
from medviewer.export.pictures.png import CHUNK
from medviewer.imaging.annotation.annotation import Annotation, image_sha256, slice_digest_of
from medviewer.imaging.display.transform import Orientation
from medviewer.viewer.state.pane_state import PaneState
from tests.export.made_films import pane_at
from tests.made_panes import PaneMaker

ROWS, COLUMNS = 1200, 1400


def gradient_pane(making: PaneMaker, orientation: Orientation = Orientation()) -> PaneState:  # noqa: B008  # a value
    stored = np.add.outer(np.arange(ROWS), 2 * np.arange(COLUMNS)).astype(np.int16)
    pane = replace(making(stored), orientation=orientation)
    assert pane.frame is not None
    ends = ((620.5, 560.5), (800.5, 700.5))
    one = Annotation("a", "length", ends, slice_digest_of(pane.slice_key), image_sha256(pane.frame))
    return replace(pane, annotations=(one,))


def made(pane: PaneState, part: tuple[float, float, float, float] | None = None) -> AnnotatedImage:
    return annotated_image(SliceExport(pane, {}, (), part=part))


@pytest.mark.parametrize(("turns", "flipped"), list(product(range(4), (False, True))))
def test_it_is_what_the_whole_image_has_there(making: PaneMaker, turns: int, flipped: bool) -> None:
    pane = gradient_pane(making, Orientation(turns, flipped=flipped))
    x, y = pane.view.frame_to_view(630, 710)  # amid the length
    part = (x - 300.25, y - 280.75, x + 310.5, y + 300.0)
    left, top = (math.floor(edge) for edge in part[:2])
    right, bottom = (math.ceil(edge) for edge in part[2:])
    bare = replace(pane, annotations=())
    wanted, found = made(bare).image[top:bottom, left:right], made(bare, part).image
    assert found.shape == wanted.shape
    assert np.array_equal(found, wanted)
    drawn = (made(pane, part).image.astype(float) - found).sum(axis=2)
    ends = [pane.view.frame_to_view(row, column) for row, column in ((560, 620), (700, 800))]
    (across, down), where = np.subtract(ends[1], ends[0]), np.mean(ends, axis=0) - (left, top)
    rows, columns = np.nonzero(np.abs(drawn) > 24)
    aside = (columns + 0.5 - where[0]) * down - (rows + 0.5 - where[1]) * across
    aside /= np.hypot(across, down)
    is_near = np.hypot(columns - where[0], rows - where[1]) < 60  # the middle of the line, without its label
    assert np.count_nonzero(is_near) > 80
    assert abs(np.mean(aside[is_near])) < 0.25
    assert np.abs(aside[is_near]).max() < 2


def test_a_small_part_is_enlarged_and_says_so_with_its_own_scale(making: PaneMaker) -> None:
    pane = gradient_pane(making)
    small = made(pane, (600, 600, 700, 680))
    assert small.image.shape == (480, 600, 3)
    said = " ".join(words.text for words in small.surroundings.caption)
    assert "part of the image, as it was seen" in said
    assert "enlarged 6×" in said
    picture = small.provenance["picture"]
    assert picture["part"] == [600, 600, 700, 680]
    assert (picture["rows"], picture["columns"], picture["enlarged"]) == (80, 100, 6)
    whole = made(pane)
    assert whole.provenance["picture"]["part"] is None
    assert "as it was seen" not in " ".join(words.text for words in whole.surroundings.caption)
    scales = [one.surroundings.scale for one in (small, whole)]
    assert all(scales)
    pixels_per_mm = [length / float(label.split()[0]) for length, label in filter(None, scales)]
    assert pixels_per_mm[0] == pytest.approx(6 * pixels_per_mm[1], rel=1e-6)


@pytest.mark.parametrize(
    "part", [(-50.0, -50.0, 2000.0, 2000.0), (2000.0, 0.0, 2100.0, 90.0)], ids=["around it", "beside it"]
)
def test_a_part_beyond_the_image_is_all_of_it(
    making: PaneMaker, part: tuple[float, float, float, float]
) -> None:
    pane = gradient_pane(making)
    assert np.array_equal(made(pane, part).image, made(pane).image)


def test_each_pane_of_a_layout_has_its_own_part(tmp_path: Path) -> None:
    images = [
        ExportedImage(
            replace(pane_at(1), annotations=()), {}, place=SheetPlace(0, 0), part=(100, 100, 164, 228)
        ),
        ExportedImage(pane_at(2), {}, place=SheetPlace(0, 1)),
    ]
    export = SliceExport(pane_at(1), {}, (), images=ExportedImages(2, lambda: iter(images)))
    EXPORTERS["layout"].write(tmp_path / "a.png", export)
    with Image.open(tmp_path / "a.png") as image:
        record = json.loads(image.info[CHUNK])["layout"]
        pixels = np.asarray(image.convert("RGB"))
    assert [one["picture"]["part"] for one in record] == [[100, 100, 164, 228], None]
    is_first = (pixels == 60).all(axis=2)  # by its gray, which some edges of letters have, too
    assert [np.count_nonzero(is_first.sum(axis=axis) > 64) for axis in (1, 0)] == [512, 256]


@pytest.mark.parametrize("name", ["png", "jpeg", "tiff", "gif", "mp4", "values", "plain", "contact-sheet"])
def test_forms_of_data_and_of_key_images_stay_whole(name: str, tmp_path: Path) -> None:
    row = EXPORTERS[name]
    path = tmp_path / f"a{row.suffix}"
    sizes = []
    for part in (None, (100.0, 100.0, 400.0, 250.0)):
        images = ExportedImages(2, lambda: iter([ExportedImage(pane_at(1), {}, 50)] * 2))
        row.write(path, SliceExport(pane_at(1), {}, (), images=images, part=part), overwrite=True)
        if name == "mp4":
            sizes.append(path.stat().st_size)
            continue
        with Image.open(path) as image:
            sizes.append(image.size)
    assert (sizes[0] != sizes[1]) == row.takes_part
