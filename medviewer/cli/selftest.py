"""`medviewer selftest`.

It compares rendered bundled images with stored references, and checks the bundled models and an export.
"""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import numpy as np

from medviewer.cli.studies import choose_stack, opened
from medviewer.cli.terminal import DONE, FAILED, Console
from medviewer.dicom.model import FrameReference
from medviewer.dicom.workers import Sandbox
from medviewer.errors import MedviewerError
from medviewer.export import save_png
from medviewer.imaging.display import to_display_image
from medviewer.imaging.processing import ORIGINAL
from medviewer.inference.pack import BUNDLED, bundled_folder, verify_pack
from medviewer.libraries import keep_temporary_files
from medviewer.paths import resource
from medviewer.translation import translate
from medviewer.viewer.state import PaneState

if TYPE_CHECKING:
    import numpy.typing as npt

ROUNDING: Final = 0.5
"""Gray levels: the stored expectations are whole numbers."""


@dataclass(frozen=True, slots=True)
class Check:
    """One bundled image: its feature, and its deviation from the reference."""

    name: str
    syntax: str
    tolerance: float  # gray levels of 255
    difference: float | None  # None: there is no image
    reason: str = ""

    @property
    def passed(self) -> bool:
        """Whether it looks as it should."""
        return self.difference is not None and self.difference <= self.tolerance + ROUNDING


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--json", action="store_true", help=translate("as JSON"))


def run(options: argparse.Namespace, console: Console) -> int:
    """Check bundled images, models and export; print a table."""
    keep_temporary_files()
    checks = check_images(resource("pixel_truth"))
    models = _check_models(console)
    exports = _check_export(resource("pixel_truth"), console)
    if options.json:
        rows = [{**asdict(check), "passed": check.passed} for check in checks]
        console.result_as_json({"schema": 1, "pictures": rows, "models": models, "export": exports})
    else:
        for check in checks:
            console.result(_line(check))
    failed = sum(not check.passed for check in checks)
    count, broken = len(checks), sum(not is_intact for is_intact in models.values())
    console.note(
        translate(
            "1 picture, {failed} not as it should be",
            "{count} pictures, {failed} not as they should be",
            count=count,
            failed=failed,
        )
    )
    console.note(
        translate(
            "1 model, {failed} not whole",
            "{count} models, {failed} not whole",
            count=len(models),
            failed=broken,
        )
    )
    said = translate("as it should be") if exports else translate("NOT as it should be")
    console.note(translate("export of an annotated picture: {said}", said=said))
    return FAILED if failed or broken or not exports or not checks else DONE


def _line(check: Check) -> str:
    verdict = translate("as it should be") if check.passed else translate("NOT as it should be")
    measured = "-" if check.difference is None else f"{check.difference:.0f}"
    return f"{check.name:<46} {measured:>4}  {verdict}  {check.reason}".rstrip()


def check_images(folder: Path) -> list[Check]:
    """Open the bundled files and compare first frames with references.

    Parameters
    ----------
    folder : Path
        With `cells.json`, `expected.npz` and the files that they name.
    """
    cells = json.loads((folder / "cells.json").read_text("utf-8"))
    with np.load(folder / "expected.npz", allow_pickle=False) as expected, Sandbox() as sandbox:
        return [
            _check(folder / cell["file"], cell, expected[Path(cell["file"]).stem], sandbox) for cell in cells
        ]


def _check(path: Path, cell: dict[str, str], expected: "npt.NDArray[np.uint8]", sandbox: Sandbox) -> Check:
    tolerance = float(cell["tolerance"])
    try:
        shown = to_display_image(sandbox.read_frame(FrameReference(path, "")))
    except MedviewerError as error:
        return Check(cell["name"], cell["syntax"], tolerance, None, error.for_user())
    if shown.shape != expected.shape:
        return Check(cell["name"], cell["syntax"], tolerance, None, translate("another size"))
    difference = abs(shown.astype(int) - expected).max()
    return Check(cell["name"], cell["syntax"], tolerance, float(difference))


def _check_export(folder: Path, console: Console) -> bool:
    """Return whether a bundled image can be exported and read back."""
    first = folder / json.loads((folder / "cells.json").read_text("utf-8"))[0]["file"]
    try:
        with opened([first], console) as (sandbox, library), TemporaryDirectory(prefix="medviewer-") as name:
            stack = choose_stack(library, None)
            frame = sandbox.read_frame(stack.frames[0])
            pane = PaneState(stack=stack, index=0, processing=ORIGINAL, frame=frame)
            save_png(Path(name) / "export.png", pane, settings={}, originals=library.originals)
    except MedviewerError as error:
        console.complain(error)
        return False
    return True


def _check_models(console: Console) -> dict[str, bool]:
    """Return for each bundled model whether its files are unchanged."""
    found = {}
    for name in BUNDLED:
        try:
            verify_pack(bundled_folder() / name)
        except MedviewerError as error:
            console.complain(error)
            found[name] = False
        else:
            found[name] = True
    return found
