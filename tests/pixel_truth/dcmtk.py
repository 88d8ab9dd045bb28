"""The same frame drawn by dcmtk, where it is installed and can read it.

A third opinion.
"""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from pydicom.dataset import Dataset

from tests.pixel_truth import oracle

PROGRAMS = {"50": "dcmj2pnm", "51": "dcmj2pnm", "57": "dcmj2pnm", "70": "dcmj2pnm"} | {
    "80": "dcml2pnm",
    "81": "dcml2pnm",
}
"""By the end of the transfer syntax; dcm2pnm reads what is not compressed, deflated, and RLE."""

PLAIN_SYNTAXES = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.5")


def program_for(header: Dataset) -> str | None:
    """Return the program of dcmtk that reads a file, None without one."""
    syntax = str(header.file_meta.get("TransferSyntaxUID", PLAIN_SYNTAXES[0]))
    plain = syntax in PLAIN_SYNTAXES or syntax.startswith(("1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"))
    name = "dcm2pnm" if plain else PROGRAMS.get(syntax.removeprefix("1.2.840.10008.1.2.4."), "")
    return shutil.which(name) if name else None


def draw(path: Path, header: Dataset, frame: int, folder: Path) -> npt.NDArray[np.uint8] | None:
    """Return a frame as dcmtk draws it with the oracle's window, or None.

    It knows no LINEAR_EXACT, functional groups, padding or floating-point pixels.
    """
    window = _options(header)
    program = program_for(header)
    if window is None or program is None:
        return None
    output = folder / "drawn.pnm"
    arguments = ["-q", "-O", "+op", "+F", str(frame + 1), *window]
    ended = subprocess.run([program, *arguments, path, output], capture_output=True, timeout=60, check=False)
    if ended.returncode != 0 or not output.exists():
        return None
    with Image.open(output) as image:
        drawn = np.asarray(image)
    output.unlink()
    return drawn


BEYOND = ("PixelPaddingValue", "PerFrameFunctionalGroupsSequence", "FloatPixelData", "DoubleFloatPixelData")


def _options(header: Dataset) -> list[str] | None:
    color = header.get("SamplesPerPixel") == 3 or header.get("PhotometricInterpretation") == "PALETTE COLOR"
    if color:
        return []
    offered = oracle.alternatives(header, 0)
    if any(keyword in header for keyword in BEYOND) or not offered or not oracle.is_usable(offered[0]):
        return None
    first = offered[0]
    if first.kind == "TABLE":
        return ["+Wl", "1"]
    if first.kind == "LINEAR_EXACT":
        return None
    return ["+Wfl" if first.kind == "LINEAR" else "+Wfs", "+Wi", "1"]
