"""Files of every encoding, made by code from images that are known."""

import io
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
from PIL import Image
from pydicom.dataset import Dataset, FileDataset
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.uid import ExplicitVRBigEndian

from tests import factories

StoredImage = npt.NDArray[Any]

SYNTAXES: dict[str, str] = {
    "implicit": "1.2.840.10008.1.2",
    "explicit": "1.2.840.10008.1.2.1",
    "big endian": "1.2.840.10008.1.2.2",
    "deflated": "1.2.840.10008.1.2.1.99",
    "deflated frames": factories.DEFLATED_FRAMES,
    "RLE": "1.2.840.10008.1.2.5",
    "JPEG 1": "1.2.840.10008.1.2.4.50",
    "JPEG 2+4": "1.2.840.10008.1.2.4.51",
    "JPEG 6+8": "1.2.840.10008.1.2.4.53",
    "JPEG 10+12": "1.2.840.10008.1.2.4.55",
    "JPEG 14": "1.2.840.10008.1.2.4.57",
    "JPEG 14 SV1": "1.2.840.10008.1.2.4.70",
    "JPEG-LS": "1.2.840.10008.1.2.4.80",
    "JPEG-LS near": "1.2.840.10008.1.2.4.81",
    "J2K lossless": "1.2.840.10008.1.2.4.90",
    "J2K": "1.2.840.10008.1.2.4.91",
    "HTJ2K lossless": "1.2.840.10008.1.2.4.201",
    "HTJ2K RPCL": "1.2.840.10008.1.2.4.202",
    "HTJ2K": "1.2.840.10008.1.2.4.203",
    "JPEG XL lossless": "1.2.840.10008.1.2.4.110",
    "JPEG XL of JPEG": "1.2.840.10008.1.2.4.111",
    "JPEG XL": "1.2.840.10008.1.2.4.112",
}
NATIVE = ("implicit", "explicit", "big endian", "deflated")
LOSSY = (
    *("JPEG 1", "JPEG 2+4", "JPEG 6+8", "JPEG 10+12", "JPEG-LS near"),
    *("J2K", "HTJ2K", "JPEG XL of JPEG", "JPEG XL"),
)


@dataclass
class Made:
    """A file to be written, and its pixels where only a decoder could tell.

    `truth` is (frames, rows, columns[, 3]): what was encoded. None: the bytes themselves are read.
    """

    dataset: FileDataset
    truth: StoredImage | None = None

    def write(self, path: Path) -> Path:
        """Write the file."""
        if self.dataset.file_meta.TransferSyntaxUID != ExplicitVRBigEndian:
            return factories.write(self.dataset, path)
        meta = self.dataset.file_meta
        meta.MediaStorageSOPClassUID = self.dataset.SOPClassUID
        meta.MediaStorageSOPInstanceUID = self.dataset.SOPInstanceUID
        plain = Dataset()
        plain.update(self.dataset)
        plain.file_meta = meta
        width = plain.BitsAllocated // 8
        if width > 1:
            plain.PixelData = np.frombuffer(plain.PixelData, f"<u{width}").byteswap().tobytes()
        plain.save_as(path, implicit_vr=False, little_endian=False, enforce_file_format=True)
        return path


def spread(
    bits: int, *, signed: bool = False, rows: int = 24, columns: int = 32, frames: int = 1
) -> StoredImage:
    """Return values over the whole range of bits in no smooth order.

    Both ends are among them.
    """
    lowest = -(1 << (bits - 1)) if signed else 0
    size = frames * rows * columns
    values = np.linspace(lowest, lowest + (1 << bits) - 1, size).round().astype(np.int64)
    values = np.random.default_rng(bits).permutation(values)
    return values.reshape(frames, rows, columns)


def smooth(bits: int, *, rows: int = 64, columns: int = 64, channels: int = 1) -> StoredImage:
    """Return a smooth image for encoders that lose.

    (1, rows, columns) or (1, rows, columns, 3).
    """
    y, x = np.mgrid[0:rows, 0:columns] / np.array([rows, columns]).reshape(2, 1, 1)
    planes = [
        0.15 + 0.35 * x + 0.25 * y + 0.2 * np.exp(-((x - 0.3 - 0.2 * channel) ** 2 + (y - 0.5) ** 2) / 0.05)
        for channel in range(channels)
    ]
    values = (np.stack(planes, -1) * ((1 << bits) - 1)).round().astype(np.int64)
    return values[None] if channels > 1 else values[None, ..., 0]


def made(
    name: str,
    values: StoredImage,
    *,
    syntax: str = "explicit",
    allocated: int = 16,
    stored: int = 0,
    high: int | None = None,
    overlay: bool = False,
    photometric: str = "",
    encode: Callable[[StoredImage], bytes] | None = None,
    **elements: Any,
) -> Made:
    """Return an image as a file of one encoding.

    Parameters
    ----------
    values : (frames, rows, columns) or (frames, rows, columns, 3) integers
        The stored values; more than one frame makes a multi-frame file.
    overlay : bool
        Fill the bits beside the stored ones.
    """
    stored = stored or allocated
    high = stored - 1 if high is None else high
    signed = bool((values < 0).any())
    words = _words(values, allocated, stored, high, overlay=overlay)
    color = values.ndim == 4
    kept = words if len(values) > 1 else words[0]
    whole = {
        "SOPInstanceUID": factories.uid("truth", name),
        "SeriesInstanceUID": factories.uid("truth of", name),
    }
    dataset = factories.dataset(kept, **whole)
    factories.change(dataset, BitsStored=stored, HighBit=high, PixelRepresentation=int(signed))
    dataset.PhotometricInterpretation = photometric or ("RGB" if color else "MONOCHROME2")
    dataset.SeriesDescription = name
    truth = None
    dataset.file_meta.TransferSyntaxUID = SYNTAXES[syntax]
    if syntax not in NATIVE:
        encoder = encode or (lambda frame: ENCODERS[syntax](frame, stored))
        given = (
            values.astype(np.int16) if signed and "J2K" in syntax else words
        )  # its code streams have a sign
        factories.compressed(dataset, [encoder(frame) for frame in given], SYNTAXES[syntax])
        truth = values
    if syntax in LOSSY:
        dataset.LossyImageCompression = "01"
    factories.change(dataset, **elements)
    return Made(dataset, truth)


def _words(values: StoredImage, allocated: int, stored: int, high: int, *, overlay: bool) -> StoredImage:
    bits = (values & ((1 << stored) - 1)) << (high + 1 - stored)
    if overlay:
        beside = ((1 << allocated) - 1) & ~(((1 << stored) - 1) << (high + 1 - stored))
        pattern = np.random.default_rng(1).integers(0, 1 << allocated, values.shape)
        bits = bits | pattern & beside
    return bits.astype({8: np.uint8, 16: np.uint16, 32: np.uint32}[allocated])


def run_lengths(frame: StoredImage, bits: int) -> bytes:
    """Encode RLE, packed row by row (PS3.5 Annex G).

    There is one segment for each byte of each sample.
    """
    segments = []
    for channel in np.moveaxis(frame.reshape(*frame.shape[:2], -1), -1, 0):
        planes = channel.astype(frame.dtype.newbyteorder(">")).reshape(-1).view(np.uint8)
        for plane in planes.reshape(-1, frame.dtype.itemsize).T:
            packed = b"".join(_packed(row) for row in plane.reshape(frame.shape[0], -1))
            segments.append(packed + b"\0" * (len(packed) % 2))
    starts = [64]
    for segment in segments:
        starts.append(starts[-1] + len(segment))
    header = struct.pack("<16I", len(segments), *starts[:-1], *[0] * (15 - len(segments)))
    return header + b"".join(segments)


def _packed(row: StoredImage) -> bytes:
    out, at, content = bytearray(), 0, row.tobytes()
    while at < len(content):
        run = 1
        while at + run < len(content) and run < 128 and content[at + run] == content[at]:
            run += 1
        if run > 1:
            out += bytes([257 - run, content[at]])
            at += run
            continue
        end = at + 1
        while end < len(content) and end - at < 128 and content[end] != content[end - 1]:
            end += 1
        out += bytes([end - at - 1]) + content[at:end]
        at = end
    return bytes(out)


def deflated(frame: StoredImage, bits: int) -> bytes:
    """Encode a frame by RFC 1951, without a header (PS3.5 8.2.16)."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(frame.tobytes()) + packer.flush()


def jpeg(frame: StoredImage, *, transform: bool = True, subsampling: str = "4:4:4") -> bytes:
    """Encode JPEG process 1, color as YCbCr or as it is."""
    out = io.BytesIO()
    options: dict[str, Any] = {"quality": 95}
    if frame.ndim == 3:
        options |= {"subsampling": subsampling, "keep_rgb": not transform}
    Image.fromarray(frame.astype(np.uint8)).save(out, "JPEG", **options)
    return out.getvalue()


def jpeg_2000(frame: StoredImage, bits: int, *, level: float = 0, mct: bool = True) -> bytes:
    """Encode a JPEG 2000 code stream.

    A level (of peak signal to noise in dB) makes it lossy.
    """
    options: dict[str, Any] = {"level": level, "reversible": False} if level else {"reversible": True}
    return bytes(imagecodecs.jpeg2k_encode(frame, codecformat="j2k", bitspersample=bits, mct=mct, **options))


def _jxl_of_jpeg(frame: StoredImage, bits: int) -> bytes:
    return bytes(imagecodecs.jpegxl_encode_jpeg(jpeg(frame)))


ENCODERS: dict[str, Callable[[StoredImage, int], bytes]] = {
    "deflated frames": deflated,
    "RLE": run_lengths,
    "JPEG 1": lambda frame, _: jpeg(frame),
    "JPEG 2+4": lambda frame, bits: imagecodecs.jpeg8_encode(frame, level=98, bitspersample=bits),
    "JPEG 14": lambda frame, bits: imagecodecs.jpeg8_encode(
        frame, lossless=True, predictor=6, bitspersample=bits
    ),
    "JPEG 14 SV1": lambda frame, bits: imagecodecs.jpeg8_encode(
        frame, lossless=True, predictor=1, bitspersample=bits
    ),
    "JPEG-LS": lambda frame, _: imagecodecs.jpegls_encode(frame),
    "JPEG-LS near": lambda frame, _: imagecodecs.jpegls_encode(frame, level=2),
    "J2K lossless": jpeg_2000,
    "J2K": lambda frame, bits: jpeg_2000(frame, bits, level=70),
    "HTJ2K lossless": lambda frame, _: imagecodecs.htj2k_encode(frame, reversible=True),
    "HTJ2K RPCL": lambda frame, _: imagecodecs.htj2k_encode(frame, reversible=True, tlm=True),
    "HTJ2K": lambda frame, _: imagecodecs.htj2k_encode(frame, level=0.001, reversible=False),
    "JPEG XL lossless": lambda frame, bits: imagecodecs.jpegxl_encode(
        frame, lossless=True, bitspersample=bits
    ),
    "JPEG XL of JPEG": _jxl_of_jpeg,
    "JPEG XL": lambda frame, bits: imagecodecs.jpegxl_encode(frame, distance=0.3, bitspersample=bits),
}


def with_offsets(made_file: Made, kind: str) -> Made:
    """Lay the frames out in another way.

    None, extended, or in fragments of their own.
    """
    from pydicom.encaps import generate_frames

    dataset, count = made_file.dataset, len(made_file.truth if made_file.truth is not None else ())
    frames = list(generate_frames(dataset.PixelData, number_of_frames=count))
    if kind == "none":
        dataset.PixelData = encapsulate(frames, has_bot=False)
    elif kind == "extended":
        content = encapsulate_extended(frames)
        dataset.PixelData, dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths = content
    elif kind == "fragments":
        dataset.PixelData = encapsulate(frames, fragments_per_frame=3)
    elif kind == "fragments, none":
        dataset.PixelData = encapsulate(frames, fragments_per_frame=3, has_bot=False)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return made_file


def floats(
    name: str, values: StoredImage, *, kind: str, syntax: str, photometric: str, **elements: Any
) -> Made:
    """Return a parametric map of floating-point pixels."""
    dataset = made(
        name, np.zeros((1, *values.shape), np.int64), syntax=syntax, photometric=photometric
    ).dataset
    for keyword in ("PixelData", "BitsStored", "HighBit", "PixelRepresentation"):
        delattr(dataset, keyword)
    dataset.SOPClassUID, dataset.Modality = "1.2.840.10008.5.1.4.1.1.30", "MR"
    dataset.BitsAllocated = 64 if kind == "double" else 32
    content = values.astype("<f8" if kind == "double" else "<f4").tobytes()
    setattr(dataset, "DoubleFloatPixelData" if kind == "double" else "FloatPixelData", content)
    factories.change(dataset, **elements)
    return Made(dataset)


def packed_bits(name: str, values: StoredImage, **elements: Any) -> Made:
    """Return frames of one bit per pixel, packed without a gap."""
    result = made(name, values, allocated=8, **elements)
    content = np.packbits(values.astype(np.uint8).reshape(-1), bitorder="little").tobytes()
    result.dataset.PixelData = content + b"\0" * (len(content) % 2)
    factories.change(result.dataset, BitsAllocated=1, BitsStored=1, HighBit=0)
    return result


def palettes(entries: Sequence[Sequence[int]], bits: int, first: int = 0, **options: Any) -> dict[str, Any]:
    """Return the attributes of a palette: `entries` for red, green and blue.

    `options`: `words` for 8-bit entries in 16-bit words, `segments` for segmented data as it stands.
    """
    attributes: dict[str, Any] = {}
    for name, table in zip(("Red", "Green", "Blue"), entries, strict=True):
        count = options.get("count", len(table))
        attributes[f"{name}PaletteColorLookupTableDescriptor"] = [count % 65536, first, bits]
        wide = bits == 16 or options.get("words")
        content = np.asarray(table, "<u2" if wide else "u1").tobytes()
        prefix = "Segmented" if options.get("segments") else ""
        attributes[f"{prefix}{name}PaletteColorLookupTableData"] = content + b"\0" * (len(content) % 2)
    return attributes
