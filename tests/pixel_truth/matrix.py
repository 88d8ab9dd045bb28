"""Each cell through the product and through the oracle, and how far apart the two images are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom import dcmread
from pydicom.dataset import Dataset

from medviewer.dicom.library.index import scan
from medviewer.dicom.model import FrameReference, Library
from medviewer.dicom.reading.file_window import frames_looked_at
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.errors import UnreadableFile
from medviewer.imaging.display.pipeline import to_display_image
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.voi import IdentityVoi
from tests.pixel_truth import dcmtk, oracle
from tests.pixel_truth.cells import Cell
from tests.pixel_truth.making import LOSSY, StoredImage
from tests.pixel_truth.stored import frame_count, stored_values

REFUSED = 999.0
"""The difference of a cell that the product refuses, or whose picture has another shape."""


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    name: str
    photometric: str
    syntax: str
    voi: str
    frames: str
    tolerance: float
    difference: float  # the most gray levels of 255 by which a pixel differs, over all frames and VOIs
    images: int  # how many were compared
    reason: str = ""  # why there is no image
    explained: str = ""
    dcmtk: float | None = None  # the same against dcmtk's image of the first frame, where it draws one

    @property
    def agrees(self) -> bool:
        """Whether each pixel of each image lies within the cell's tolerance."""
        return self.difference <= self.tolerance

    @property
    def verdict(self) -> str:
        """One word for the table."""
        if self.agrees:
            return "lossy" if self.lossy else "agrees"
        return "explained" if self.explained and not self.reason else "differs"

    @property
    def lossy(self) -> bool:
        """Whether the pixels themselves are only near to the encoded ones."""
        return self.syntax in LOSSY


@dataclass(frozen=True)
class Given:
    """A file, and its pixels where only a decoder could tell."""

    cell: Cell
    path: Path
    truth: StoredImage | None


def write_cells(cells: Iterable[Cell], folder: Path) -> list[Given]:
    """Write the file of each made cell."""
    given = []
    for number, cell in enumerate(cells):
        made = cell.make()
        given.append(Given(cell, made.write(folder / f"{number:04}.dcm"), made.truth))
    return given


def measure(given: Sequence[Given], *folders: Path, with_dcmtk: bool = False) -> list[Row]:
    """Open a folder and compare each frame at each VOI with the oracle."""
    with Sandbox() as sandbox:
        library = Library()
        for progress in scan(folders, sandbox):
            library = progress.library
        found: dict[Path, list[FrameReference]] = {}
        for stack in library.stacks:
            for reference in stack.frames:
                found.setdefault(reference.path, []).append(reference)
        reasons = {left.path: str(left.reason) for left in (*library.refused, *library.ignored)}
        rows = []
        for one in given:
            row = _row(one, found.get(one.path, []), reasons.get(one.path, ""), sandbox)
            if with_dcmtk and not row.reason:
                row = replace(row, dcmtk=_against_dcmtk(one.path, found[one.path][0], sandbox))
            rows.append(row)
        return rows


def _row(given: Given, references: list[FrameReference], reason: str, sandbox: Sandbox) -> Row:
    header = dcmread(given.path, force=True)
    worst = [REFUSED] if len(references) != frame_count(header) else []
    together: dict[int, npt.NDArray[Any]] | None = None
    for reference in references:
        try:
            frame = sandbox.read_frame(reference)
        except UnreadableFile as error:
            worst, reason = [REFUSED], error.for_user()
            break
        if frame.automatic is not None and together is None:
            syntax, count = header.file_meta.TransferSyntaxUID, frame_count(header)
            looked_at = frames_looked_at(syntax, frame.rows, frame.columns, count)
            together = {number - 1: _stored(given, header, number - 1) for number in looked_at}
        number = reference.frame_number - 1
        worst.extend(differences(frame, header, _stored(given, header, number), number, together))
    cell = given.cell
    return Row(
        *(cell.name, cell.photometric, cell.syntax, cell.voi, cell.frames, cell.tolerance),
        difference=round(max(worst), 2),
        images=len(worst),
        reason=reason,
        explained=cell.explained,
    )


def _stored(given: Given, header: Dataset, number: int) -> npt.NDArray[Any]:
    return given.truth[number] if given.truth is not None else stored_values(given.path, header, number)


def _against_dcmtk(path: Path, reference: FrameReference, sandbox: Sandbox) -> float | None:
    with TemporaryDirectory() as folder:
        header = dcmread(path, force=True)
        drawn = dcmtk.draw(path, header, reference.frame_number - 1, Path(folder))
    shown = to_display_image(sandbox.read_frame(reference))
    if drawn is None or drawn.shape != shown.shape:  # it leaves a supplemental palette out
        return None
    return round(_largest(shown, drawn.astype(np.float64)), 2)


def differences(
    frame: Frame,
    header: Dataset,
    stored: npt.NDArray[Any],
    number: int,
    together: dict[int, npt.NDArray[Any]] | None = None,
) -> list[float]:
    """Return the largest differences at the default and each usable VOI.

    Parameters
    ----------
    together : dict of frame to stored values, optional
        The frames that have an automatic window in common.
    """
    expected = oracle.image(header, stored, number, windowed_with=together)
    found = [_largest(to_display_image(frame), expected)]
    if expected.ndim == 3 and not frame.voi:
        return found
    offered = oracle.alternatives(header, number)
    usable = [choice for choice, voi in enumerate(offered) if oracle.is_usable(voi)]
    own = [voi for voi in frame.voi if not isinstance(voi, IdentityVoi)]
    if len(own) != len(usable):
        return [REFUSED]
    for ours, choice in zip(own, usable, strict=True):
        found.append(_largest(to_display_image(frame, ours), oracle.image(header, stored, number, choice)))
    return found


def _largest(shown: npt.NDArray[np.uint8], expected: npt.NDArray[np.float64]) -> float:
    if shown.shape != expected.shape:
        return REFUSED
    return float(np.abs(shown.astype(np.float64) - expected).max())
