"""Codestreams that decoders stumble over."""

import struct
from pathlib import Path

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest

from medviewer.dicom.model import FrameReference
from medviewer.dicom.workers.sandbox import Sandbox
from tests import factories
from tests.dicom.read_files import JPEG_LS


def jpeg_ls_of_three_scans(image: npt.NDArray[np.uint8]) -> bytes:
    """Return an RGB image with its planes one after the other (T.87, ILV 0)."""
    rows, columns, _ = image.shape
    components = b"".join(bytes([number, 0x11, 0]) for number in (1, 2, 3))
    content = b"\xff\xd8\xff\xf7" + struct.pack(">HBHHB", 17, 8, rows, columns, 3) + components
    for number in (1, 2, 3):
        plane = imagecodecs.jpegls_encode(np.ascontiguousarray(image[..., number - 1]))
        data = plane[plane.index(b"\xff\xda") + 10 : plane.rindex(b"\xff\xd9")]
        content += b"\xff\xda" + struct.pack(">HBBBBBB", 8, 1, number, 0, 0, 0, 0) + data
    return content + b"\xff\xd9"


def test_a_jpeg_ls_of_several_scans_that_is_cut_does_not_stall_the_worker(tmp_path: Path) -> None:
    image = np.random.default_rng(3).integers(0, 256, (32, 32, 3)).astype(np.uint8)
    content = jpeg_ls_of_three_scans(image)
    with Sandbox() as sandbox:
        made = factories.compressed(factories.dataset(image), [content], JPEG_LS)
        whole = factories.write(made, tmp_path / "whole.dcm")
        np.testing.assert_array_equal(sandbox.read_frame(FrameReference(whole, "")).stored, image)
        for part in (0.1, 0.6, 0.9):
            rest = content[: int(len(content) * part)]
            cut = tmp_path / f"{part}.dcm"
            factories.write(factories.compressed(factories.dataset(image), [rest], JPEG_LS), cut)
            shown = sandbox.read_frame(FrameReference(cut, ""))
            assert shown.damage is not None
            assert shown.damage.missing == pytest.approx(1 - part, abs=0.06)
            there = int(32 * 3 * part) - 4  # rows, red ones first
            np.testing.assert_array_equal(
                np.moveaxis(shown.stored, -1, 0).reshape(96, 32)[:there],
                np.moveaxis(image, -1, 0).reshape(96, 32)[:there],
            )
