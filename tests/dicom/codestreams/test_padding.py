"""Bytes around an image that are no damage.

Padding, fill bytes, comments, second end markers, fragments.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.encaps import encapsulate

from medviewer.imaging.frame.frame import Frame
from tests import factories
from tests.dicom.coded import ENCODINGS
from tests.dicom.codestreams.test_damage import HOLLOW_NATIVE, middle, read

END = b"\xff\xd9"
JPEG_START = b"\xff\xd8"
SIDE = 96


def filled(content: bytes) -> bytes:
    return content[:2] + b"\xff\xff" + content[2:-2] + b"\xff\xff\xff" + END


def commented(content: bytes) -> bytes:
    return content[:2] + b"\xff\xfe\x00\x0ahello wo" + content[2:]


def ended_twice(content: bytes) -> bytes:
    return content + END


def padded(content: bytes) -> bytes:
    return content + bytes(16)


def padded_to_a_block(content: bytes) -> bytes:
    return content + bytes(600)


def padded_with_ones(content: bytes) -> bytes:
    return content + b"\xff" * 6


def padded_with_spaces(content: bytes) -> bytes:
    return content + b" " * 8


OF_ALL = (padded, padded_to_a_block)
OF_MARKED = (ended_twice, padded_with_ones, padded_with_spaces)
OF_JPEG = (filled, commented)


def is_marked(content: bytes) -> bool:
    return content.endswith(END)


@pytest.mark.parametrize("side", ["border", "middle"])
@pytest.mark.parametrize("name", [name for name in ENCODINGS if name not in HOLLOW_NATIVE])
def test_bytes_around_an_image_are_no_damage(tmp_path: Path, name: str, side: str) -> None:
    coded = ENCODINGS[name]
    image = coded.image(SIDE) if side == "border" else middle(coded)[:SIDE, :SIDE].copy()
    content = coded.encode(image)
    changes: list[Callable[[bytes], bytes]] = [*OF_ALL]
    changes += [*OF_MARKED] if is_marked(content) else []
    changes += [*OF_JPEG] if content.startswith(JPEG_START) else []
    whole = read(factories.write(coded.dataset(image, [content]), tmp_path / "a.dcm"))
    assert isinstance(whole, Frame)
    for change in changes:
        shown = read(factories.write(coded.dataset(image, [change(content)]), tmp_path / "a.dcm"))
        assert isinstance(shown, Frame), change
        assert not shown.warnings, change
        assert np.array_equal(shown.stored, whole.stored), change


@pytest.mark.parametrize("name", [name for name in ENCODINGS if not name.startswith("native")])
def test_frames_in_several_fragments_are_whole(tmp_path: Path, name: str) -> None:
    coded = ENCODINGS[name]
    image = coded.image(SIDE)
    content = coded.encode(image)
    for frames, has_table, pieces in ((1, False, 3), (1, True, 2), (3, False, 1), (3, True, 1), (3, True, 3)):
        made = coded.dataset(image, [content] * frames)
        made.PixelData = encapsulate([content] * frames, fragments_per_frame=pieces, has_bot=has_table)
        path = factories.write(made, tmp_path / "a.dcm")
        for number in range(1, frames + 1):
            shown = read(path, number)
            assert isinstance(shown, Frame)
            assert not shown.warnings
