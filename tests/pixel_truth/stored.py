"""Stored values from the bytes of a file, without the product and without pydicom's pixel code."""

import subprocess
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian, RLELossless

from tests.pixel_truth.formulas import cut_out_bits

NATIVE = {ImplicitVRLittleEndian, "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", ExplicitVRBigEndian}
PILLOW = {"1.2.840.10008.1.2.4.50", *(f"1.2.840.10008.1.2.4.{n}" for n in (90, 91, 201, 202, 203))}
DCMTK = {
    "51": "dcmdjpeg",
    "53": "dcmdjpeg",
    "55": "dcmdjpeg",
    "57": "dcmdjpeg",
    "70": "dcmdjpeg",
    "80": "dcmdjpls",
    "81": "dcmdjpls",
}


def frame_count(header: Dataset) -> int:
    """Return the number of frames, 1 where the file does not say."""
    return max(1, int(header.get("NumberOfFrames") or 1))


def stored_values(path: Path, header: Dataset, frame: int) -> npt.NDArray[Any]:
    """Return one frame, counted from 0, (rows, columns) or with 3 samples.

    YBR stays YBR but for JPEG and JPEG 2000, whose decoders give RGB, as their code streams say.
    """
    syntax = header.file_meta.get("TransferSyntaxUID", ImplicitVRLittleEndian)
    if "FloatPixelData" in header or "DoubleFloatPixelData" in header:
        return _floats(header, frame)
    if syntax in NATIVE:
        return _native(header, frame, ">" if syntax == ExplicitVRBigEndian else "<")
    if syntax == RLELossless:
        content = _encapsulated(header)[frame]
        return _cut(header, _run_lengths(content, header))
    if syntax in PILLOW:
        return _by_pillow(header, frame)
    return _by_dcmtk(path, str(syntax), frame)


def _floats(header: Dataset, frame: int) -> npt.NDArray[Any]:
    content, kind = (
        (header.FloatPixelData, "<f4") if "FloatPixelData" in header else (header.DoubleFloatPixelData, "<f8")
    )
    shape = (frame_count(header), header.Rows, header.Columns)
    return np.frombuffer(content, kind, count=int(np.prod(shape))).reshape(shape)[frame].astype(np.float64)


def _native(header: Dataset, frame: int, order: str) -> npt.NDArray[Any]:
    rows, columns, samples = header.Rows, header.Columns, header.SamplesPerPixel
    content: bytes = header.PixelData
    if header.BitsAllocated == 1:  # from the lowest bit of each byte, frames without a gap: PS3.5 8.1.1
        bits = np.unpackbits(np.frombuffer(content, np.uint8), bitorder="little")
        size = rows * columns
        return bits[frame * size : (frame + 1) * size].reshape(rows, columns).astype(np.int64)
    in_file = np.frombuffer(_even_words(content, header, order), f"{order}u{header.BitsAllocated // 8}")
    if "422" in header.PhotometricInterpretation:  # Y1 Y2 Cb Cr: PS3.3 C.7.6.3.1.2
        size = rows * columns * 2
        groups = in_file[frame * size : (frame + 1) * size].reshape(rows, columns // 2, 4)
        chroma = np.repeat(groups[..., 2:], 2, axis=1)
        return np.concatenate([groups[..., :2].reshape(rows, columns, 1), chroma], axis=-1).astype(np.int64)
    size = rows * columns * samples
    one = in_file[frame * size : (frame + 1) * size]
    if samples == 1:
        return _cut(header, one.reshape(rows, columns))
    if header.PlanarConfiguration == 1:
        return _cut(header, np.moveaxis(one.reshape(samples, rows, columns), 0, -1))
    return _cut(header, one.reshape(rows, columns, samples))


def _even_words(content: bytes, header: Dataset, order: str) -> bytes:
    """Swap bytes of 8-bit pixels that lie in 16-bit words (PS3.5 A.3).

    Big endian files may hold them so.
    """
    if order == ">" and header.BitsAllocated == 8 and header["PixelData"].VR == "OW":
        return np.frombuffer(content, ">u2").astype("<u2").tobytes()
    return content


def _cut(header: Dataset, words: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return cut_out_bits(words, header.BitsStored, header.HighBit, signed=header.PixelRepresentation == 1)


def _encapsulated(header: Dataset) -> list[bytes]:
    """Return the code stream of each frame."""
    offsets: dict[str, Any] = {}
    if "ExtendedOffsetTable" in header:
        offsets["extended_offsets"] = (header.ExtendedOffsetTable, header.ExtendedOffsetTableLengths)
    return list(generate_frames(header.PixelData, number_of_frames=frame_count(header), **offsets))


def _run_lengths(content: bytes, header: Dataset) -> npt.NDArray[Any]:
    """Decode RLE (PS3.5 Annex G).

    There is a segment for each byte of each sample, the highest byte first.
    """
    count, *starts = np.frombuffer(content[:64], "<u4").tolist()
    ends = [*starts[1:count], len(content)]
    size = header.Rows * header.Columns
    planes = [
        np.frombuffer(unpacked(content[start:end], size), np.uint8)
        for start, end in zip(starts[:count], ends, strict=True)
    ]
    width = header.BitsAllocated // 8
    samples = []
    for first in range(0, count, width):
        value = np.zeros(size, np.int64)
        for plane in planes[first : first + width]:
            value = value << 8 | plane
        samples.append(value.reshape(header.Rows, header.Columns))
    return samples[0] if len(samples) == 1 else np.stack(samples, -1)


def unpacked(packed: bytes, size: int) -> bytes:
    """Undo the packing of one segment (PS3.5 G.3.2)."""
    out, at = bytearray(), 0
    while len(out) < size:
        head = packed[at]
        if head < 128:
            out += packed[at + 1 : at + 2 + head]
            at += 2 + head
        elif head > 128:
            out += packed[at + 1 : at + 2] * (257 - head)
            at += 2
        else:
            at += 1
    return bytes(out[:size])


def _by_pillow(header: Dataset, frame: int) -> npt.NDArray[Any]:
    with Image.open(BytesIO(_encapsulated(header)[frame])) as image:
        if image.mode == "RGB" or header.SamplesPerPixel == 1:
            values = np.asarray(image).astype(np.int64)  # Pillow moves 9 to 15 bits to the top of 16
            return values >> (16 - header.BitsStored) if image.mode == "I;16" else values
        return np.asarray(image.convert("RGB")).astype(np.int64)


def _by_dcmtk(path: Path, syntax: str, frame: int) -> npt.NDArray[Any]:
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.dcm"
        program = DCMTK[syntax.rpartition(".")[2]]
        subprocess.run([program, "-q", "+te", path, plain], check=True)
        header = dcmread(plain)
        return stored_values(plain, header, frame)
