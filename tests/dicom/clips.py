"""Video clips made by code, and DICOM files around them."""

import io
from pathlib import Path
from typing import Any

import av
import numpy as np
from pydicom.dataset import FileDataset

from tests import factories

MPEG_2 = "1.2.840.10008.1.2.4.100"
H264 = "1.2.840.10008.1.2.4.102"
HEVC = "1.2.840.10008.1.2.4.107"
VIDEO_ENDOSCOPIC = "1.2.840.10008.5.1.4.1.1.77.1.1.1"
ROWS, COLUMNS = 64, 96


def gray_of(index: int) -> int:
    """Return the luma of a clip's image, by its number from 0."""
    return 40 + 2 * index


def clip(
    codec: str = "libx264",
    container: str = "mp4",
    frames: int = 60,
    *,
    rows: int = ROWS,
    columns: int = COLUMNS,
    chroma: tuple[int, int] = (128, 128),
    moving: bool = False,
    **context: Any,
) -> bytes:
    """Return a clip with images between key images.

    Image i has the luma `grey_of(i)` all over.

    Parameters
    ----------
    moving : bool
        The images show a pattern that moves instead.
    """
    file = io.BytesIO()
    chance = np.random.default_rng(5)
    ground = np.kron(chance.integers(20, 230, (40, 60), dtype=np.uint8), np.ones((4, 4), np.uint8))
    with av.open(file, "w", format=container) as writing:
        quiet = {"x265-params": "log-level=none"} if codec == "libx265" else {}
        stream = writing.add_stream(codec, rate=25, options=quiet)
        stream.width, stream.height, stream.pix_fmt = columns, rows, "yuv420p"
        coder = stream.codec_context
        coder.gop_size, coder.max_b_frames, coder.thread_count = 10, 2, 1
        coder.bit_rate = 2_000_000
        for name, value in context.items():
            setattr(coder, name, value)
        for index in range(frames):
            image = av.VideoFrame(columns, rows, "yuv420p")
            for plane, value in zip(image.planes, (gray_of(index), *chroma), strict=True):
                plane.update(bytes([value]) * plane.buffer_size)
            if moving:
                lines = np.frombuffer(image.planes[0], np.uint8).reshape(rows, -1)
                lines[:, :columns] = ground[index : index + rows, 2 * index :][:, :columns]
            writing.mux(stream.encode(image))
        writing.mux(stream.encode())
    return file.getvalue()


def video(
    content: bytes, transfer_syntax: str, frames: int, *, parts: int = 1, **elements: Any
) -> FileDataset:
    """Return a video as a dataset; its stream stands in a number of fragments."""
    made = factories.dataset(
        np.zeros((ROWS, COLUMNS, 3), np.uint8),
        SOPClassUID=VIDEO_ENDOSCOPIC,
        Modality="ES",
        PhotometricInterpretation="YBR_PARTIAL_420",
        NumberOfFrames=frames,
        FrameTime=40,
        WindowCenter=None,
        WindowWidth=None,
    )
    step = -(-len(content) // parts)
    step += step % 2
    pieces = [content[place : place + step] for place in range(0, len(content), step)]
    return factories.compressed(made, pieces, transfer_syntax, **elements)


def write_clip(path: Path, frames: int = 60, **elements: Any) -> Path:
    """Write an H.264 clip as a DICOM file."""
    return factories.write(video(clip(frames=frames), H264, frames, **elements), path)
