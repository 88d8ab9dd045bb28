"""Film of the slices of a stack as MP4 (H.264)."""

from collections.abc import Generator
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import av
import av.codec
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

from medviewer import limits
from medviewer.errors import NotOfferedError, ReadBackError
from medviewer.export.films.film import film_images, film_record
from medviewer.export.pictures.read_back import refuse_other_bytes
from medviewer.export.provenance import as_json
from medviewer.export.statement import DISCLAIMER, SOFTWARE
from medviewer.export.table import SliceExport
from medviewer.imaging.frame import DisplayImage
from medviewer.storage import atomic_write
from medviewer.translation import mark, message, translate

ENCODERS: Final = ("libx264", "mpeg4")  # what every player knows, and what every FFmpeg has
TICKS: Final = Fraction(1, 1000)  # seconds
OPTIONS: Final = {
    "libx264": {"crf": "14", "preset": "fast", "bf": "0"},
    "mpeg4": {"qmin": "2", "qmax": "2", "bf": "0"},
}
BT709: Final = 1  # of colors, ITU-T H.273
TOLERANCE: Final = 4.0  # gray levels on average
BLOCK: Final = 4  # pixels across and down


def steps(path: Path, export: SliceExport, *, overwrite: bool = False) -> Generator[int, None, None]:
    """Save a film, then read it back; yield how many of its images are done.

    Raises
    ------
    NotOfferedError
        There are too many images for one film, or FFmpeg has no encoder.
    ExistingFileError, WriteError, ReadBackError, MissingFontError
        As the annotated PNG.
    """
    film = _Film(encoder())
    step = translate("saved with loss (MP4)")
    for image in film_images(export, most_pixels=limits.MP4_PIXELS, step=step):
        film.add(image.pixels, image.milliseconds, image.record)
        yield film.count
    content = film.content()
    atomic_write(path, content, overwrite=overwrite, private=export.is_private)
    refuse_other_bytes(path, content)
    film.refuse_other(path, content)


def encoder() -> str:
    """Return the name of the encoder.

    Raises
    ------
    NotOfferedError
        There is none.
    """
    for name in ENCODERS:
        if name in av.codecs_available:
            return name
    reason = message("this computer has no encoder for it")
    raise NotOfferedError(what=mark("Film as MP4"), reason=reason)


class _Film:
    """A film that is encoded image by image."""

    def __init__(self, name: str) -> None:
        self.count = 0
        self._encoder = name
        self._milliseconds = 0.0
        self._starts: list[int] = []
        self._records: list[dict[str, Any]] = []
        self._file = BytesIO()
        self._container = av.open(self._file, "w", format="mp4")
        self._stream: Any = None
        self._first: DisplayImage | None = None

    def add(self, pixels: DisplayImage, milliseconds: float, record: dict[str, Any]) -> None:
        if self._stream is None:
            self._stream = self._begun(pixels)
            self._first = pixels
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
        start = round(self._milliseconds)
        self._milliseconds += max(1.0, milliseconds)
        frame.pts, frame.time_base = start, TICKS
        self._starts.append(start)
        self._container.mux(self._stream.encode(frame))
        self._records.append(record)
        self.count += 1

    def content(self) -> bytes:
        """Return the file with the provenance of all its images."""
        self._container.mux(self._stream.encode())
        self._container.close()
        made = BytesIO()
        record = as_json(film_record(self._records), ascii_only=True)
        with av.open(BytesIO(self._file.getvalue()), "r") as film, av.open(made, "w", format="mp4") as named:
            named.metadata.update({"title": SOFTWARE, "comment": f"{DISCLAIMER}\n{record}"})
            stream = named.add_stream_from_template(film.streams.video[0])
            ends = [*self._starts[1:], round(self._milliseconds)]
            lengths = [end - start for start, end in zip(self._starts, ends, strict=True)]
            packets = (packet for packet in film.demux(film.streams.video[0]) if packet.dts is not None)
            for packet, length in zip(packets, lengths, strict=True):
                packet.stream = stream
                packet.duration = round(length * TICKS / packet.time_base)  # that of the last one is not kept
                named.mux(packet)
        return made.getvalue()

    def refuse_other(self, path: Path, content: bytes) -> None:
        """Decode a film and compare its count and its first image.

        Raises
        ------
        ReadBackError
        """
        count = 0
        with av.open(BytesIO(content), "r") as film:
            for frame in film.decode(video=0):
                if count == 0 and not is_like(frame, self._first):
                    raise ReadBackError(path=path)
                count += 1
        if count != self.count:
            raise ReadBackError(path=path)

    def _begun(self, pixels: DisplayImage) -> Any:
        stream: Any = self._container.add_stream(self._encoder, rate=10, options=OPTIONS[self._encoder])
        stream.height, stream.width = pixels.shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = TICKS
        context: Any = stream.codec_context  # players would guess the colors from the size
        context.colorspace = context.color_primaries = context.color_trc = BT709
        context.color_range = ColorRange.MPEG
        return stream


def rgb_of(frame: av.VideoFrame) -> DisplayImage:
    """Return a decoded frame of a film in RGB."""
    plain = frame.reformat(
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    return np.asarray(plain.to_ndarray(), np.uint8)


def is_like(frame: av.VideoFrame, pixels: DisplayImage | None) -> bool:
    """Return whether a frame shows an image, compared by the means of blocks.

    Of colors a film keeps one for four pixels: noise of colors differs pixel by pixel.
    """
    found = rgb_of(frame)
    if pixels is None or found.shape != pixels.shape:
        return False
    blocks = [np.asarray(Image.fromarray(one).reduce(BLOCK), np.int16) for one in (found, pixels)]
    return float(np.abs(blocks[0] - blocks[1]).mean()) <= TOLERANCE
