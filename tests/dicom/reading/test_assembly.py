"""Tiles of a whole-slide image are put together, mosaics are unfolded.

Where that cannot be, it is said.
"""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pydicom
import pytest
from pydicom.dataset import FileDataset

from medviewer import limits
from medviewer.dicom.library.index import scan
from medviewer.dicom.workers.sandbox import Sandbox
from tests import factories
from tests.dicom.read_files import instance, read

SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6"
ROWS, COLUMNS, SIDE = 50, 70, 16
DOWN, ACROSS = 4, 5


def whole(seed: int = 0) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 200, (ROWS, COLUMNS, 3)).astype(np.uint8)


def tiles_of(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    padded = np.zeros((DOWN * SIDE, ACROSS * SIDE, 3), np.uint8)
    padded[:ROWS, :COLUMNS] = image
    cut = padded.reshape(DOWN, SIDE, ACROSS, SIDE, 3).swapaxes(1, 2)
    return np.ascontiguousarray(cut.reshape(-1, SIDE, SIDE, 3))


def slide(path: Path, pixels: npt.NDArray[np.uint8], **elements: Any) -> Path:
    given = {
        "SOPClassUID": SLIDE,
        "Modality": "SM",
        "ImageType": ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"],
        "ImagePositionPatient": None,
        "ImageOrientationPatient": None,
        "RescaleSlope": None,
        "RescaleIntercept": None,
        "RescaleType": None,
        "WindowCenter": None,
        "WindowWidth": None,
        "DimensionOrganizationType": "TILED_FULL",
        "TotalPixelMatrixRows": ROWS,
        "TotalPixelMatrixColumns": COLUMNS,
        **elements,
    }
    return factories.write(factories.dataset(pixels, **given), path)


def place(row: int, column: int, **more: Any) -> dict[str, Any]:
    item = {"RowPositionInTotalImagePixelMatrix": row, "ColumnPositionInTotalImagePixelMatrix": column}
    return {"PlanePositionSlideSequence": [item | more]}


def test_the_tiles_of_a_level_are_one_image_of_its_size(tmp_path: Path) -> None:
    path = slide(tmp_path / "a.dcm", tiles_of(whole()))
    made = instance(path)
    assert (made.rows, made.columns, len(made.frames), made.notes) == (ROWS, COLUMNS, 1, ())
    assert np.array_equal(read(path).stored, whole())


def test_levels_and_focal_planes_stand_apart(tmp_path: Path) -> None:
    planes = [whole(1), whole(2)]
    path = slide(tmp_path / "a.dcm", np.concatenate([tiles_of(plane) for plane in planes]))
    assert len(instance(path).frames) == 2
    for number, plane in enumerate(planes, start=1):
        assert np.array_equal(read(path, number).stored, plane)


def test_tiles_in_any_order_go_where_they_say(tmp_path: Path) -> None:
    tiles = tiles_of(whole())
    order = np.random.default_rng(3).permutation(len(tiles))
    own = [place(int(i) // ACROSS * SIDE + 1, int(i) % ACROSS * SIDE + 1) for i in order]
    path = slide(
        tmp_path / "a.dcm",
        tiles[order],
        DimensionOrganizationType="TILED_SPARSE",
        PerFrameFunctionalGroupsSequence=own,
    )
    assert np.array_equal(read(path).stored, whole())


def test_a_tile_that_is_left_out_is_white_and_said(tmp_path: Path) -> None:
    tiles = tiles_of(whole())[:-1]
    own = [place(i // ACROSS * SIDE + 1, i % ACROSS * SIDE + 1) for i in range(len(tiles))]
    path = slide(
        tmp_path / "a.dcm",
        tiles,
        DimensionOrganizationType="TILED_SPARSE",
        PerFrameFunctionalGroupsSequence=own,
    )
    stored = read(path).stored
    assert (stored[(DOWN - 1) * SIDE :, (ACROSS - 1) * SIDE :] == 255).all()
    assert np.array_equal(stored[: (DOWN - 1) * SIDE], whole()[: (DOWN - 1) * SIDE])
    assert "not in the file: 1" in str(instance(path).notes[0])


def test_optical_paths_are_images_of_their_own(tmp_path: Path) -> None:
    tiles = np.concatenate([tiles_of(whole(1)), tiles_of(whole(2))])
    own = []
    for path_name in ("one", "two"):
        for i in range(DOWN * ACROSS):
            item = place(i // ACROSS * SIDE + 1, i % ACROSS * SIDE + 1)
            item["OpticalPathIdentificationSequence"] = [{"OpticalPathIdentifier": path_name}]
            own.append(item)
    path = slide(tmp_path / "a.dcm", tiles, PerFrameFunctionalGroupsSequence=own)
    assert [np.array_equal(read(path, n).stored, whole(n)) for n in (1, 2)] == [True, True]


def test_a_level_beyond_the_budget_keeps_its_tiles_and_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = slide(tmp_path / "a.dcm", tiles_of(whole()))
    monkeypatch.setattr(limits, "SLIDE_BYTES", ROWS * COLUMNS * 3 - 1)
    made = instance(path)
    assert (made.rows, made.columns, len(made.frames)) == (SIDE, SIDE, DOWN * ACROSS)
    assert "70 × 50" in str(made.notes[0])
    monkeypatch.setattr(limits, "SLIDE_BYTES", ROWS * COLUMNS * 3)
    assert len(instance(path).frames) == 1
    monkeypatch.setattr(limits, "SLIDE_TILES", DOWN * ACROSS - 1)
    assert len(instance(path).frames) == DOWN * ACROSS


def test_places_outside_the_level_are_not_followed(tmp_path: Path) -> None:
    own = [place(60_000, 60_000) for _ in range(DOWN * ACROSS)]
    path = slide(tmp_path / "a.dcm", tiles_of(whole()), PerFrameFunctionalGroupsSequence=own)
    assert np.array_equal(read(path).stored, whole()), "the order of the frames serves instead"


def mosaic(path: Path, count: int = 9, **elements: Any) -> tuple[Path, npt.NDArray[np.uint16]]:
    across = int(np.ceil(np.sqrt(count)))
    rows, columns = 6, 8
    slices = np.random.default_rng(0).integers(1, 4000, (across * across, rows, columns)).astype(np.uint16)
    slices[count:] = 0
    pixels = slices.reshape(across, across, rows, columns).swapaxes(1, 2).reshape(across * rows, -1)
    given: dict[str, Any] = {
        "SOPClassUID": factories.MR_IMAGE,
        "Modality": "MR",
        "Manufacturer": "SIEMENS",
        "ImageType": ["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"],
        "RescaleSlope": None,
        "RescaleIntercept": None,
        "RescaleType": None,
        "ImagePositionPatient": [-50.0, -60.0, -20.0],
        "PixelSpacing": [2.0, 3.0],
        "SpacingBetweenSlices": 5,
        **elements,
    }
    made = factories.dataset(np.ascontiguousarray(pixels), **given)
    return factories.write(with_count(made, count), path), slices[:count]


def with_count(made: FileDataset, count: int) -> FileDataset:
    block = made.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    block.add_new(0x0A, "US", count)
    return made


def csa(elements: dict[str, list[str]]) -> bytes:
    content = b"SV10\x04\x03\x02\x01" + struct.pack("<II", len(elements), 77)
    for name, values in elements.items():
        content += struct.pack("<64si4siii", name.encode(), len(values), b"FD\0\0", 0, len(values), 77)
        for value in values:
            text = value.encode() + b"\0"
            content += struct.pack("<4i", len(text), len(text), 77, len(text))
            content += text + b"\0" * (-len(text) % 4)
    return content


def test_a_mosaic_is_unfolded_to_slices_with_their_positions(tmp_path: Path) -> None:
    path, slices = mosaic(tmp_path / "m.dcm")
    made = instance(path)
    assert (made.rows, made.columns, len(made.frames), made.notes) == (6, 8, 9, ())
    middle = (-50.0 + (24 - 8) / 2 * 3, -60.0 + (18 - 6) / 2 * 2)
    for index, expected in enumerate(slices):
        frame = read(path, index + 1)
        assert np.array_equal(frame.stored, expected)
        assert frame.geometry.position_mm == pytest.approx((*middle, -20.0 + 5 * index))
        assert made.frames[index].geometry.position_mm == frame.geometry.position_mm


def test_the_way_of_the_slices_is_the_scanners(tmp_path: Path) -> None:
    made = factories.dataset(np.zeros((12, 12), np.uint16))
    path, slices = mosaic(tmp_path / "m.dcm", 5)
    made = pydicom.dcmread(path)
    del made[0x0019100A]
    block = made.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    facts = {"NumberOfImagesInMosaic": ["5"], "SliceNormalVector": ["0.0", "0.0", "-1.0"]}
    block.add_new(0x10, "OB", csa(facts))
    made.save_as(path)
    positions = [frame.geometry.position_mm for frame in instance(path).frames]
    assert [round(place[2], 6) for place in positions if place] == [-20, -25, -30, -35, -40]
    assert np.array_equal(read(path, 5).stored, slices[4])


@pytest.mark.parametrize("content", [b"", b"SV10", b"SV10\x04\x03\x02\x01" + b"\xff" * 40, csa({})])
def test_a_broken_private_header_is_no_reason_to_fail(tmp_path: Path, content: bytes) -> None:
    path, _ = mosaic(tmp_path / "m.dcm", 4)
    made = pydicom.dcmread(path)
    block = made.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    block.add_new(0x10, "OB", content)
    made.save_as(path)
    assert len(instance(path).frames) == 4


def test_a_mosaic_of_unknown_count_is_named_as_one(tmp_path: Path) -> None:
    path, _ = mosaic(tmp_path / "m.dcm")
    made = pydicom.dcmread(path)
    del made[0x0019100A]
    made.save_as(path)
    found = instance(path)
    assert len(found.frames) == 1
    assert "mosaic" in str(found.notes[0])
    assert read(path).stored.shape == (18, 24)


def test_a_mosaic_without_positions_is_unfolded_and_says_so(tmp_path: Path) -> None:
    path, slices = mosaic(tmp_path / "m.dcm", ImagePositionPatient=None)
    found = instance(path)
    assert (len(found.frames), found.frames[0].geometry.position_mm) == (9, None)
    assert "not stated" in str(found.notes[0])
    assert np.array_equal(read(path, 9).stored, slices[8])


def test_volumes_over_time_are_read_from_a_folder(tmp_path: Path) -> None:
    for number in (1, 2):
        uid = factories.uid("mosaic", number)
        mosaic(
            tmp_path / f"{number}.dcm", InstanceNumber=number, SOPInstanceUID=uid, AcquisitionNumber=number
        )
    with Sandbox() as sandbox:
        library = list(scan([tmp_path], sandbox))[-1].library
        assert [len(stack.frames) for stack in library.stacks] == [9, 9]
        assert all(stack.ordered_by == "position" for stack in library.stacks)
        frames = sandbox.read_frames(library.stacks[1].frames[:2])
        assert all(frame.stored.shape == (6, 8) for frame in frames)
