"""Recognition of files that are not DICOM by their first bytes.

The list of files that are not shown names them.

References
----------
The formats' own descriptions; D. Vollrath et al., the magic numbers of `file`(1).
"""

import io
import re
from typing import BinaryIO, Final

from medviewer.translation import mark

HEAD_BYTES: Final = 4096
TAR_BLOCK: Final = 512
ISO_PLACE: Final = 0x8001
ISO_NAMES: Final = (b"CD001", b"BEA01", b"NSR02", b"NSR03")

PACKED: Final = {
    "zip": re.compile(rb"PK(\x03\x04|\x05\x06|\x07\x08PK)"),
    "gzip": re.compile(rb"\x1f\x8b\x08"),
    "bzip2": re.compile(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)"),
    "xz": re.compile(rb"\xfd7zXZ\0|\x5d\0\0[\x00-\xff]{2}(\xff{8}|[\x00-\xff]{5}\0{3})"),
}
"""Archives and packed files that are opened; tar is told by its first header."""

UNOPENED: Final = {
    "7z": re.compile(rb"7z\xbc\xaf\x27\x1c"),
    "RAR": re.compile(rb"Rar!\x1a\x07|RE~\^"),
    "CAB": re.compile(rb"MSCF\0|ISc\("),
    "Zstandard": re.compile(rb"[\x28\x22-\x27]\xb5\x2f\xfd"),
    "LZ4": re.compile(rb"\x04\x22\x4d\x18|\x02\x21\x4c\x18"),
    "LZH": re.compile(rb"[\x00-\xff]{2}-l[hz][0-9sd]-"),
    "ARJ": re.compile(rb"\x60\xea[\x00-\xff]{2}[\x1e-\x40]"),
    "ACE": re.compile(rb"[\x00-\xff]{7}\*\*ACE\*\*"),
    "lzip": re.compile(rb"LZIP\x01"),
    "lzop": re.compile(rb"\x89LZO\0\r\n"),
    "compress": re.compile(rb"\x1f[\x9d\xa0]"),
    "cpio": re.compile(rb"07070[127]|\xc7\x71"),
    "ar": re.compile(rb"!<arch>\n"),
    "WIM": re.compile(rb"MSWIM\0\0\0"),
    "XAR": re.compile(rb"xar!\0"),
    "VHD": re.compile(rb"conectix|vhdxfile"),
    "VMDK": re.compile(rb"KDMV|# Disk DescriptorFile"),
    "qcow": re.compile(rb"QFI\xfb"),
    "StuffIt": re.compile(rb"SIT!|StuffIt "),
    "zip": re.compile(rb"PK\x07\x08"),  # the first of several parts
}
"""Archives that are named only, by their kind."""

OFFICE_DOCUMENT: Final = mark("an Office document")
KINDS: Final = (
    (mark("a PDF document"), re.compile(rb"\s{0,16}%PDF-|[\x00-\xff]{0,1000}?%PDF-\d")),
    (mark("a JPEG picture"), re.compile(rb"\xff\xd8\xff")),
    (mark("a PNG picture"), re.compile(rb"\x89PNG\r\n\x1a\n")),
    (mark("a GIF picture"), re.compile(rb"GIF8[79]a")),
    (mark("a TIFF picture"), re.compile(rb"II[\x2a\x2b]\0|MM\0[\x2a\x2b]")),
    (mark("a BMP picture"), re.compile(rb"BM[\x00-\xff]{4}\0{4}[\x00-\xff]{4}[\x0c\x28\x38\x40\x6c\x7c]\0")),
    (mark("a WebP picture"), re.compile(rb"RIFF[\x00-\xff]{4}WEBP")),
    (
        mark("a JPEG 2000 picture"),
        re.compile(rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51"),
    ),
    (
        mark("a picture in a format for photographs"),
        re.compile(rb"[\x00-\xff]{4}ftyp(heic|heix|mif1|avif|crx )"),
    ),
    (mark("a Photoshop picture"), re.compile(rb"8BPS\0[\x01\x02]")),
    (mark("an icon"), re.compile(rb"\0\0[\x01\x02]\0[\x01-\x40]\0")),
    (
        mark("a video"),
        re.compile(
            rb"[\x00-\xff]{4}(ftyp|moov|mdat|wide|free)|RIFF[\x00-\xff]{4}AVI |\x1a\x45\xdf\xa3"
            rb"|\0\0\x01[\xb3\xba]|\x30\x26\xb2\x75\x8e\x66\xcf\x11|FLV\x01|\x47[\x00-\xff]{187}\x47[\x00-\xff]{187}\x47|\x2eRMF"
        ),
    ),
    (
        mark("a sound"),
        re.compile(
            rb"RIFF[\x00-\xff]{4}WAVE|ID3[\x02-\x04]|\xff[\xe2-\xe7\xf2-\xf7\xfa\xfb]|OggS\0|fLaC|FORM....AIF|\.snd"
        ),
    ),
    (
        mark("a NIfTI file"),
        re.compile(
            rb"(\x5c\x01\0\0|\0\0\x01\x5c)[\x00-\xff]{340}n[i+][12]\0|(\x1c\x02\0\0|\0\0\x02\x1c)n[i+]2\0"
        ),
    ),
    (mark("an Analyze header"), re.compile(rb"(\x5c\x01\0\0|\0\0\x01\x5c)[\x00-\xff]{344}")),
    (mark("an NRRD file"), re.compile(rb"NRRD000\d")),
    (mark("a MetaImage header"), re.compile(rb"(Comment|ObjectType|NDims|ID) *= ")),
    (mark("a MINC or NetCDF file"), re.compile(rb"CDF[\x01\x02\x05]")),
    (mark("an HDF5 file"), re.compile(rb"\x89HDF\r\n\x1a\n")),
    (mark("a MATLAB file"), re.compile(rb"MATLAB 5\.0 MAT-file")),
    (mark("a NumPy array"), re.compile(rb"\x93NUMPY")),
    (mark("a VTK file"), re.compile(rb"# vtk DataFile")),
    (mark("a FITS file"), re.compile(rb"SIMPLE  = ")),
    (mark("a surface or a point cloud"), re.compile(rb"ply\r?\n|solid [\x00-\xff]*facet|OFF\r?\n")),
    (mark("a PAR header (PAR/REC)"), re.compile(rb"# === DATA DESCRIPTION FILE")),
    (mark("an Interfile header"), re.compile(rb"!INTERFILE", re.IGNORECASE)),
    (mark("an ECAT file"), re.compile(rb"MATRIX\d\d")),
    (mark("a GE raw or Genesis file"), re.compile(rb"IMGF\0\0")),
    (mark("an HL7 message"), re.compile(rb"\x0b?MSH\|")),
    (OFFICE_DOCUMENT, re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")),
    (mark("an RTF document"), re.compile(rb"\{\\rtf")),
    (mark("a PostScript document"), re.compile(rb"%!PS|\x04%!PS|\xc5\xd0\xd3\xc6")),
    (mark("a Windows program"), re.compile(rb"MZ[\x00-\xff]{58}")),
    (
        mark("a program"),
        re.compile(rb"\x7fELF|\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba\xbe|#!\s*/"),
    ),
    (mark("a shortcut"), re.compile(rb"L\0\0\0\x01\x14\x02\0|\[InternetShortcut\]|\[Desktop Entry\]")),
    (mark("a database"), re.compile(rb"SQLite format 3\0|[\x00-\xff]{4}Standard (Jet|ACE) DB")),
    (
        mark("a file of the Mac's Finder"),
        re.compile(rb"\0\0\0\x01Bud1|\0\x05\x16[\x00\x07]|book\0\0\0\0mark"),
    ),
    (mark("a font"), re.compile(rb"OTTO\0|\0\x01\0\0\0|ttcf\0|wOF[F2]")),
    (mark("a certificate or key"), re.compile(rb"-----BEGIN ")),
    (
        mark("a web page"),
        re.compile(
            rb"(\xef\xbb\xbf)?\s*(<!--[\x00-\xff]*?-->\s*)*<(!doctype\s+html|html|head|body|script|meta)\b",
            re.IGNORECASE,
        ),
    ),
    (
        mark("an SVG drawing"),
        re.compile(
            rb"(\xef\xbb\xbf)?\s*(<\?xml[\x00-\xff]*?\?>\s*)?(<!--[\x00-\xff]*?-->\s*)*(<!DOCTYPE svg|<svg\b)"
        ),
    ),
    (mark("an XML file"), re.compile(rb"(\xef\xbb\xbf)?\s*<\?xml|\xff\xfe<\0\?\0|\xfe\xff\0<\0\?")),
    (mark("a JSON file"), re.compile(rb"(\xef\xbb\xbf)?\s*[\[{]\s*(\"|[\[{]|\]|\}|-?\d)")),
)
"""Kinds of files and how they begin; the first that fits is named."""

EMPTY: Final = mark("empty")
ZEROS: Final = mark("nothing but zeros, as an interrupted copy leaves them")
TEXT: Final = mark("a text file")


def packed_kind(file: BinaryIO) -> str:
    """Return the kind of an archive or packed file that can be opened.

    "tar" or a key of PACKED; else "".
    """
    file.seek(0)
    head = file.read(TAR_BLOCK)
    if is_tar_header(head):
        return "tar"
    return next((kind for kind, begins in PACKED.items() if begins.match(head)), "")


def unopened_kind(file: BinaryIO) -> str:
    """Return the common name of an unsupported archive type, else ""."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    for kind, begins in UNOPENED.items():
        if begins.match(head):
            return kind
    file.seek(ISO_PLACE)
    if file.read(5) in ISO_NAMES:
        return "ISO 9660"
    end = file.seek(0, io.SEEK_END)
    file.seek(max(0, end - TAR_BLOCK))
    return "DMG" if file.read(4) == b"koly" else ""


def is_tar_header(block: bytes) -> bool:
    """Return whether 512 bytes are the header of a tar member.

    The checksum tells.
    """
    if len(block) < TAR_BLOCK or not block[0]:
        return False
    try:
        stated = int(block[148:156].strip(b" \0") or b"x", 8)
    except ValueError:
        return False
    return stated == sum(block[:148]) + 8 * 32 + sum(block[156:TAR_BLOCK])


def described(file: BinaryIO) -> str:
    """Return the type of a file, as a text of the catalogue.

    "" where nothing tells.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not head:
        return EMPTY
    if not head.strip(b"\0") and _ends_in_zeros(file):
        return ZEROS
    for kind, begins in KINDS:
        if begins.match(head):
            return kind
    return TEXT if _is_text(head) else ""


def _ends_in_zeros(file: BinaryIO) -> bool:
    end = file.seek(0, io.SEEK_END)
    places = (end // 2, max(0, end - HEAD_BYTES))
    for place in places:
        file.seek(place)
        if file.read(HEAD_BYTES).strip(b"\0"):
            return False
    return True


def _is_text(head: bytes) -> bool:
    for codec in ("utf-8", "utf-16"):
        if codec == "utf-16" and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            text = head[: len(head) // 2 * 2].decode(codec, "strict" if len(head) < HEAD_BYTES else "ignore")
        except UnicodeDecodeError:
            continue
        return all(one.isprintable() or one in "\t\r\n\f\x1a" for one in text)
    return False


ZIPPED: Final = (
    (mark("a program in Java"), re.compile(r"META-INF/MANIFEST\.MF$|AndroidManifest\.xml$")),
    (mark("a package of Python"), re.compile(r"[^/]+\.dist-info/")),
    (mark("a model of PyTorch"), re.compile(r"[^/]+/data\.pkl$")),
    (mark("a map (KMZ)"), re.compile(r"doc\.kml$")),
)
OFFICE: Final = {
    "word": mark("a Word document"),
    "xl": mark("an Excel table"),
    "ppt": mark("a PowerPoint presentation"),
}


def zipped_kind(names: list[str]) -> str:
    """Return the type of a zipped document or program, else "".

    A text of the catalogue.
    """
    if "[Content_Types].xml" in names:
        folders = {name.partition("/")[0] for name in names}
        return next((kind for folder, kind in OFFICE.items() if folder in folders), OFFICE_DOCUMENT)
    if names[:1] == ["mimetype"]:
        return mark("an e-book or OpenDocument file")
    if names and all(name.endswith(".npy") for name in names):
        return mark("a file of NumPy arrays")
    return next((kind for kind, pattern in ZIPPED if any(map(pattern.match, names))), "")
