"""Files made to hurt a viewer.

Small on the disk, endless in what they ask for.

`python -m tests.crafted_files` opens each in a sandbox of its own and prints what became of it, in which
time and with how much memory.
"""

import struct
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import imagecodecs
import numpy as np

from medviewer.dicom.library.index import scan
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.errors import UnreadableFile
from tests import factories
from tests.mutation.opening import peak_bytes
from tests.workers import worker_pids

EXPLICIT: Final = "1.2.840.10008.1.2.1"
DEFLATED: Final = "1.2.840.10008.1.2.1.99"
RLE: Final = "1.2.840.10008.1.2.5"
JPEG_BASELINE: Final = "1.2.840.10008.1.2.4.50"
JPEG_LS: Final = "1.2.840.10008.1.2.4.80"
JPEG_2000: Final = "1.2.840.10008.1.2.4.90"
ITEM: Final = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
EMPTY_ITEM: Final = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
ITEM_END: Final = struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
SEQUENCE_END: Final = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
PIXEL_TAG: Final = struct.pack("<HH", 0x7FE0, 0x0010)
MIB: Final = 1 << 20


def element(group: int, number: int, representation: bytes, content: bytes) -> bytes:
    """Return an explicit little endian element.

    A sequence gets no length, its content no end.
    """
    if representation == b"SQ":
        return struct.pack("<HH2sHI", group, number, representation, 0, 0xFFFFFFFF) + content
    content += b"\0" * (len(content) % 2)
    return struct.pack("<HH2sH", group, number, representation, len(content)) + content


def with_private(path: Path, content: bytes, **elements: Any) -> Path:
    """Write a valid slice with private content before its pixels."""
    whole = factories.write(factories.dataset(**elements), path).read_bytes()
    pixels = whole.rindex(PIXEL_TAG)
    path.write_bytes(whole[:pixels] + content + whole[pixels:])
    return path


def nested(depth: int) -> bytes:
    """Return sequences in sequences."""
    start = element(0x7001, 0x1010, b"SQ", b"") + ITEM
    return start * depth + (ITEM_END + SEQUENCE_END) * depth


def _compressed(path: Path, content: bytes, syntax: str, side: int) -> Path:
    made = factories.dataset(factories.gradient(dtype="uint16"))
    return factories.write(factories.compressed(made, [content], syntax, Rows=side, Columns=side), path)


def rle_bomb(path: Path) -> Path:
    """Write 1 kB of RLE that is to fill 65535 x 65535 pixels."""
    frame = struct.pack("<16I", 2, 64, 300, *[0] * 13) + b"\x81\x00" * 400
    return _compressed(path, frame, RLE, 65535)


def rle_of_a_smaller_claim(path: Path) -> Path:
    """Write 1 kB of RLE that claims 15000 x 15000 pixels.

    That many are within the limit.
    """
    frame = struct.pack("<16I", 2, 64, 300, *[0] * 13) + b"\x81\x00" * 400
    return _compressed(path, frame, RLE, 15_000)


def _jpeg_2000_of(side: int) -> bytes:
    content = bytearray(imagecodecs.jpeg2k_encode(factories.gradient(dtype="uint16"), 0, codecformat="j2k"))
    struct.pack_into(">II", content, 8, side, side)
    return bytes(content)


def jpeg_2000_bomb(path: Path) -> Path:
    """Write a JPEG 2000 codestream of 60000 x 60000, and a header that agrees."""
    return _compressed(path, _jpeg_2000_of(60_000), JPEG_2000, 60_000)


def jpeg_2000_against_its_header(path: Path) -> Path:
    """Write a JPEG 2000 codestream of 60000 x 60000 under a header of 64 x 64."""
    return _compressed(path, _jpeg_2000_of(60_000), JPEG_2000, 64)


def jpeg_2000_of_tiny_tiles(path: Path) -> Path:
    """Write a JPEG 2000 codestream of 10000 x 10000 in tiles of one pixel."""
    content = bytearray(_jpeg_2000_of(10_000))
    struct.pack_into(">II", content, 24, 1, 1)
    return _compressed(path, bytes(content), JPEG_2000, 10_000)


def jpeg_ls_bomb(path: Path) -> Path:
    """Write a JPEG-LS codestream of 15000 x 15000 without data."""
    content = bytearray(imagecodecs.jpegls_encode(factories.gradient(dtype="uint16")))
    at = content.index(b"\xff\xf7")
    struct.pack_into(">HH", content, at + 5, 15_000, 15_000)
    return _compressed(path, bytes(content), JPEG_LS, 15_000)


def jpeg_bomb(path: Path) -> Path:
    """Write a JPEG of 65535 x 65535 without data."""
    content = bytearray(imagecodecs.jpeg8_encode(factories.gradient(dtype="uint8")))
    at = content.index(b"\xff\xc0")
    struct.pack_into(">HH", content, at + 5, 65_535, 65_535)
    return _compressed(path, bytes(content), JPEG_BASELINE, 65_535)


def native_claims(path: Path) -> Path:
    """Write a header of 65535 x 65535 x 1000 frames over 4 kB."""
    made = factories.dataset(Rows=65535, Columns=65535, NumberOfFrames=1000, PixelData=b"\0" * 4096)
    return factories.write(made, path)


def endless_frames(path: Path) -> Path:
    """Write a header of two thousand million frames."""
    return factories.write(factories.dataset(NumberOfFrames=2_000_000_000), path)


def deflate_bomb(path: Path) -> Path:
    """Write a deflated data set of 2 GiB of zeros in 2 MB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packer.compress(b"\0" * MIB)
    packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b"\0" * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    made = factories.write(factories.dataset(), path).read_bytes()
    head = made[: made.index(struct.pack("<HH", 0x0008, 0x0008))]
    old = element(0x0002, 0x0010, b"UI", EXPLICIT.encode())
    new = element(0x0002, 0x0010, b"UI", DEFLATED.encode())
    body = made[len(head) : made.rindex(PIXEL_TAG)]
    start = packer.compress(body) + packer.flush(zlib.Z_FULL_FLUSH)
    path.write_bytes(head.replace(old, new) + start + block * 2048 + b"\3\0")
    return path


def nested_300(path: Path) -> Path:
    """Write sequences 300 deep."""
    return with_private(path, nested(300))


def nested_100_000(path: Path) -> Path:
    """Write sequences 100,000 deep."""
    return with_private(path, nested(100_000))


def empty_items(path: Path) -> Path:
    """Write a sequence of two million empty items."""
    return with_private(path, element(0x7001, 0x1010, b"SQ", b"") + EMPTY_ITEM * 2_000_000 + SEQUENCE_END)


def counted_items(path: Path) -> Path:
    """Write two million empty per-frame functional groups with a length."""
    content = EMPTY_ITEM * 2_000_000
    head = struct.pack("<HH2sHI", 0x5200, 0x9230, b"SQ", 0, len(content))
    return with_private(path, head + content, NumberOfFrames=1)


def private_elements(path: Path) -> Path:
    """Write two million private elements."""
    return with_private(path, element(0x7001, 0x1010, b"LO", b"") * 2_000_000)


def unknown_without_end(path: Path) -> Path:
    """Write an unknown element of undefined length that never ends."""
    return with_private(path, struct.pack("<HH2sHI", 0x7001, 0x1010, b"UN", 0, 0xFFFFFFFF))


def length_of_four_gigabytes(path: Path) -> Path:
    """Write a text that states a length of 4 GiB."""
    return with_private(path, struct.pack("<HH2sHI", 0x7001, 0x1010, b"UT", 0, 0xFFFFFFFE))


def fragments_without_end(path: Path) -> Path:
    """Write one and a half million empty fragments."""
    made = factories.compressed(factories.dataset(), [b"\0\0"], JPEG_2000)
    whole = factories.write(made, path).read_bytes()
    place = whole.rindex(PIXEL_TAG) + 12
    path.write_bytes(whole[:place] + EMPTY_ITEM * 1_500_000 + SEQUENCE_END)
    return path


def executable_in_preamble(path: Path) -> Path:
    """Write a valid slice whose preamble begins as a Windows program.

    It is the attack of CVE-2019-11687.
    """
    content = factories.write(factories.dataset(), path).read_bytes()
    path.write_bytes(b"MZ" + content[2:])
    return path


def long_name(path: Path) -> Path:
    """Write a patient's name of 60 kB of markup and control characters."""
    return factories.write(factories.dataset(PatientName="<img src=x>\x07" * 4000), path)


def zip_bomb(path: Path) -> Path:
    """Write an archive with one member of 300 MiB of zeros."""
    with (
        zipfile.ZipFile(path.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("zeros.dcm", "w", force_zip64=True) as member,
    ):
        for _ in range(300):
            member.write(b"\0" * MIB)
    return path.with_suffix(".zip")


def zip_of_many(path: Path) -> Path:
    """Write an archive of 101,000 empty members."""
    central, count = [], 101_000
    local = struct.pack("<4sHHHHHLLLHH", b"PK\3\4", 20, 0, 0, 0, 0, 0, 0, 0, 6, 0) + b"000000"
    for number in range(count):
        where = number * len(local)
        head = (b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, where)
        central.append(struct.pack("<4sHHHHHHLLLHHHHHLL", *head) + b"%06d" % number)
    directory = b"".join(central)
    at = count * len(local)
    end = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(directory), at, 0)
    path.with_suffix(".zip").write_bytes(local * count + directory + end)
    return path.with_suffix(".zip")


def lookup_table_of_nothing(path: Path) -> Path:
    """Write a VOI table that states 65,536 entries and holds two bytes."""
    table = [{"LUTDescriptor": [0, 0, 16], "LUTData": b"\0\0"}]
    made = factories.dataset(VOILUTSequence=table)
    made.VOILUTSequence[0]["LUTDescriptor"].VR = "US"
    made.VOILUTSequence[0]["LUTData"].VR = "OW"
    return factories.write(made, path)


def black_image(path: Path) -> Path:
    """Write a deflated black image: it shrinks as a bomb does, and is none."""
    made = factories.dataset(np.zeros((2000, 2000), np.int16))
    made.file_meta.TransferSyntaxUID = DEFLATED
    return factories.write(made, path)


CRAFTED: Final[dict[Callable[[Path], Path], str]] = {
    rle_bomb: "allowed",
    rle_of_a_smaller_claim: "damaged",
    jpeg_2000_bomb: "allowed",
    jpeg_2000_against_its_header: "damaged",
    jpeg_2000_of_tiny_tiles: "damaged",
    jpeg_ls_bomb: "damaged",
    jpeg_bomb: "allowed",
    native_claims: "allowed",
    endless_frames: "shown",
    deflate_bomb: "allowed",
    nested_300: "allowed",
    nested_100_000: "allowed",
    empty_items: "allowed",
    counted_items: "allowed",
    private_elements: "allowed",
    unknown_without_end: "shown",
    length_of_four_gigabytes: "damaged",
    fragments_without_end: "allowed",
    executable_in_preamble: "shown",
    long_name: "shown",
    zip_bomb: "allowed",
    zip_of_many: "allowed",
    lookup_table_of_nothing: "shown",
    black_image: "shown",
}
"""Each file with what is to become of it: shown, or refused with this word in the reason."""


def what_became_of(path: Path, sandbox: Sandbox) -> str:
    """Return "shown", or the reason of the program why it is not."""
    *_, last = scan([path], sandbox)
    library = last.library
    for stack in library.stacks:
        try:
            sandbox.read_frame(stack.frames[0])
        except UnreadableFile as error:
            return error.reason_message().for_user()
        return "shown"
    return str((*library.refused, *library.ignored)[0].reason)


def main() -> None:
    """Print the table."""
    write = sys.stdout.write
    write(f"{'file':32} {'bytes':>10} {'seconds':>8} {'worker MiB':>11}  end\n")
    with tempfile.TemporaryDirectory() as folder:
        for make in CRAFTED:
            path = make(Path(folder) / f"{make.__name__}.dcm")
            with Sandbox() as sandbox:
                warm = factories.write(factories.dataset(), Path(folder) / "warm.dcm")
                what_became_of(warm, sandbox)
                begin = time.perf_counter()
                end = what_became_of(path, sandbox)
                seconds = time.perf_counter() - begin
                peak = max(map(peak_bytes, worker_pids(sandbox))) / MIB
            write(f"{make.__name__:32} {path.stat().st_size:>10} {seconds:8.2f} {peak:11.0f}  {end}\n")


if __name__ == "__main__":
    main()
