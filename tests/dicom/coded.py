"""One image in every encoding, and ways in which a copy of it goes wrong."""

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
from PIL import Image
from pydicom.dataset import FileDataset
from pydicom.uid import ExplicitVRLittleEndian, RLELossless
from rle import rle

from tests import factories
from tests.dicom import read_files

Pixels = npt.NDArray[Any]

ENCAPSULATED_UNCOMPRESSED = "1.2.840.10008.1.2.1.98"
JPEG_EXTENDED = "1.2.840.10008.1.2.4.51"
JPEG_PROGRESSIVE = "1.2.840.10008.1.2.4.55"
JPEG_LS_NEAR = "1.2.840.10008.1.2.4.81"
JPEG_2000 = "1.2.840.10008.1.2.4.91"
HTJ2K = "1.2.840.10008.1.2.4.203"


@dataclass(frozen=True)
class Coded:
    """A way to encode an image.

    Parameters
    ----------
    bits : int
        Of the image that is encoded.
    first_shown : float
        The share of the codestream from which on it must be shown.
    """

    syntax: str
    encode: Callable[[Pixels], bytes]
    bits: int = 8
    is_color: bool = False
    first_shown: float = 0.25
    elements: dict[str, Any] = field(default_factory=dict)

    def image(self, side: int, seed: int = 0) -> Pixels:
        """Return an image like those that scanners make.

        Shapes, noise, and an empty border.
        """
        made = shapes(side, self.bits, seed)
        return np.stack([made, np.roll(made, 3, 0), np.roll(made, 5, 1)], -1) if self.is_color else made

    def dataset(self, pixels: Pixels, frames: list[bytes]) -> FileDataset:
        """Return a file that holds encoded frames, whose image is `pixels`."""
        stack = np.stack([pixels] * len(frames)) if len(frames) > 1 else pixels
        made = factories.dataset(
            stack,
            SOPClassUID=factories.SECONDARY_CAPTURE,
            Modality="OT",
            WindowCenter=None,
            WindowWidth=None,
            BitsStored=self.bits,
            HighBit=self.bits - 1,
        )
        if self.syntax == str(ExplicitVRLittleEndian):
            made.PixelData = b"".join(frames)
            return factories.change(made, **self.elements)
        return factories.compressed(made, frames, self.syntax, **self.elements)


def shapes(side: int, bits: int, seed: int = 0) -> Pixels:
    """Return round shapes with noise in an empty field."""
    chance = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side] / side - 0.5
    inside = x**2 + y**2 < 0.2
    values = 0.5 + 0.3 * np.sin(9 * x + seed) * np.cos(7 * y) + 0.02 * chance.standard_normal((side, side))
    scaled = np.where(inside, values, 0) * ((1 << bits) - 1)
    return scaled.clip(0, (1 << bits) - 1).astype("uint8" if bits <= 8 else "uint16")


def through_pillow(kind: str, **options: Any) -> Callable[[Pixels], bytes]:
    """Return an encoder of Pillow."""

    def encode(pixels: Pixels) -> bytes:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, kind, **options)
        return file.getvalue()

    return encode


def run_lengths(pixels: Pixels) -> bytes:
    """Return an RLE frame."""
    samples = pixels.shape[2] if pixels.ndim == 3 else 1
    bits = 8 * pixels.itemsize
    return bytes(rle.encode_frame(pixels.tobytes(), *pixels.shape[:2], samples, bits, "<"))


def deflated(pixels: Pixels) -> bytes:
    """Return a frame of Deflated Image Frame Compression."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(pixels.tobytes()) + packer.flush()


def jpeg(**options: Any) -> Callable[[Pixels], bytes]:
    """Return an encoder of libjpeg-turbo."""
    return lambda pixels: bytes(imagecodecs.jpeg8_encode(pixels, **options))


def jpeg_2000(**options: Any) -> Callable[[Pixels], bytes]:
    """Return an encoder of OpenJPEG through Pillow: 8 bits."""
    return through_pillow("jpeg2000", no_jp2=True, **options)


def high_throughput(**options: Any) -> Callable[[Pixels], bytes]:
    """Return an encoder of OpenJPH."""
    return lambda pixels: bytes(imagecodecs.htj2k_encode(pixels, **options))


LAYERS = {"quality_layers": [40, 20, 8, 3], "irreversible": True}

ENCODINGS: dict[str, Coded] = {
    "native 8 bits": Coded(str(ExplicitVRLittleEndian), lambda pixels: pixels.tobytes()),
    "native 16 bits": Coded(str(ExplicitVRLittleEndian), lambda pixels: pixels.tobytes(), 12),
    "encapsulated uncompressed": Coded(ENCAPSULATED_UNCOMPRESSED, lambda pixels: pixels.tobytes(), 12),
    "RLE 8 bits": Coded(str(RLELossless), run_lengths),
    "RLE 16 bits": Coded(str(RLELossless), run_lengths, 12),
    "RLE in colour": Coded(str(RLELossless), run_lengths, 8, True),
    "deflated frame": Coded(read_files.DEFLATED_FRAMES, deflated, 12),
    "JPEG": Coded(read_files.JPEG, jpeg(level=92)),
    "JPEG with tables of its own": Coded(read_files.JPEG, jpeg(level=92, optimize=True)),
    "JPEG with restart marks": Coded(
        read_files.JPEG, through_pillow("jpeg", quality=92, restart_marker_rows=1)
    ),
    "JPEG in colour": Coded(read_files.JPEG, jpeg(level=92, subsampling="420"), 8, True),
    "JPEG in colour, 4:2:2": Coded(read_files.JPEG, jpeg(level=92, subsampling="422"), 8, True),
    "JPEG of 12 bits": Coded(JPEG_EXTENDED, jpeg(level=92, bitspersample=12), 12),
    "JPEG, progressive": Coded(JPEG_PROGRESSIVE, through_pillow("jpeg", quality=92, progressive=True)),
    "JPEG, progressive, in colour": Coded(
        JPEG_PROGRESSIVE, through_pillow("jpeg", quality=92, progressive=True), 8, True
    ),
    "JPEG lossless": Coded(read_files.JPEG_LOSSLESS, jpeg(lossless=True, predictor=1, bitspersample=12), 12),
    "JPEG lossless, predictor 6": Coded(
        read_files.JPEG_LOSSLESS, lambda pixels: bytes(imagecodecs.ljpeg_encode(pixels, bitspersample=12)), 12
    ),
    "JPEG lossless in colour": Coded(read_files.JPEG_LOSSLESS, jpeg(lossless=True, predictor=1), 8, True),
    "JPEG-LS": Coded(read_files.JPEG_LS, lambda pixels: bytes(imagecodecs.jpegls_encode(pixels)), 12),
    "JPEG-LS, near": Coded(
        JPEG_LS_NEAR, lambda pixels: bytes(imagecodecs.jpegls_encode(pixels, level=3)), 12
    ),
    "JPEG-LS in colour": Coded(
        read_files.JPEG_LS, lambda pixels: bytes(imagecodecs.jpegls_encode(pixels)), 8, True
    ),
    "JPEG 2000": Coded(
        read_files.JPEG_2000_LOSSLESS,
        lambda pixels: bytes(imagecodecs.jpeg2k_encode(pixels, 0, codecformat="j2k")),
        12,
    ),
    "JPEG 2000 in a file": Coded(read_files.JPEG_2000_LOSSLESS, through_pillow("jpeg2000")),
    "JPEG 2000 in colour": Coded(read_files.JPEG_2000_LOSSLESS, jpeg_2000(), 8, True),
    "JPEG 2000 with layers": Coded(JPEG_2000, jpeg_2000(**LAYERS)),
    "JPEG 2000 with layers, by resolution": Coded(JPEG_2000, jpeg_2000(progression="RLCP", **LAYERS)),
    "JPEG 2000 with tiles": Coded(JPEG_2000, jpeg_2000(tile_size=(48, 48), **LAYERS)),
    "JPEG 2000 with precincts": Coded(
        read_files.JPEG_2000_LOSSLESS,
        jpeg_2000(progression="RPCL", precinct_size=(32, 32), num_resolutions=4),
    ),
    "JPEG 2000 by place": Coded(
        read_files.JPEG_2000_LOSSLESS, jpeg_2000(progression="PCRL", precinct_size=(64, 64), plt=True)
    ),
    "JPEG 2000 by component": Coded(
        read_files.JPEG_2000_LOSSLESS, jpeg_2000(progression="CPRL", codeblock_size=(16, 16)), 8, True
    ),
    "HTJ2K": Coded(read_files.HTJ2K_LOSSLESS, high_throughput(reversible=True), 12),
    "HTJ2K with tiles": Coded(
        read_files.HTJ2K_LOSSLESS, high_throughput(reversible=True, tile=(64, 64), tlm=True, tilepart=1), 12
    ),
    "HTJ2K in colour": Coded(read_files.HTJ2K_LOSSLESS, high_throughput(reversible=True), 8, True),
    "HTJ2K, lossy": Coded(HTJ2K, high_throughput(level=0.002, reversible=False), 12),
    "JPEG XL": Coded(  # OpenJPEG and libjxl show what they have; it may be nothing
        read_files.JPEG_XL_LOSSLESS,
        lambda pixels: bytes(imagecodecs.jpegxl_encode(pixels, lossless=True, bitspersample=12)),
        12,
        first_shown=2,
    ),
    "JPEG XL, fast": Coded(
        read_files.JPEG_XL_LOSSLESS,
        lambda pixels: bytes(imagecodecs.jpegxl_encode(pixels, lossless=True, effort=1, usecontainer=True)),
        12,
        first_shown=2,
    ),
    "JPEG XL, lossy": Coded(
        read_files.JPEG_XL,
        lambda pixels: bytes(imagecodecs.jpegxl_encode(pixels, distance=1.0)),
        first_shown=2,
    ),
}
