"""Answers of every bundled model to a hundred images that anybody may have, kept to compare with.

    python -m tests.inference.golden_outputs   writes them anew, after a model or its preprocessing changed

The images are slices of three phantoms and the files in pydicom's wheel. Most of them are nothing that a
model was made for: what is compared is the software, from the file to the probability.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from medviewer.dicom.demo.phantom import written_phantom
from medviewer.dicom.demo.samples import sample_files
from medviewer.dicom.library.index import scan
from medviewer.dicom.model import FrameReference
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.imaging.frame.frame import Frame
from medviewer.inference.classification.classifier import load_classifier
from medviewer.inference.pack.bundled_hashes import BUNDLED
from medviewer.inference.tasks.classification import Classification
from tests.inference.ungated import ungated

GOLDEN = Path(__file__).parent / "golden"
SEEDS = (1, 2, 3)
PHANTOM_SLICES = 30
FRAMES_OF_A_FILE = 2
DECIMALS = 6

Answers = dict[str, dict[str, float] | str]


def images() -> Iterator[tuple[str, Frame]]:
    """Yield a name and a frame, decoded as the program decodes it."""
    with TemporaryDirectory() as folder, Sandbox() as sandbox:
        for seed in SEEDS:
            paths = list(written_phantom(Path(folder) / str(seed), seed=seed, slices=PHANTOM_SLICES))
            for number, frame in enumerate(_frames(sandbox, paths, PHANTOM_SLICES)):
                yield f"phantom {seed}, slice {number + 1}", frame
        for path in sample_files():
            for frame in _frames(sandbox, [path], FRAMES_OF_A_FILE):
                yield f"{path.name}, frame {frame.frame_number}", frame


def _frames(sandbox: Sandbox, paths: list[Path], most: int) -> Iterator[Frame]:
    *_, last = scan(paths, sandbox)
    for stack in last.library.stacks:
        for reference in sorted(stack.frames, key=_from_the_feet)[:most]:
            yield sandbox.read_frame(reference)


def _from_the_feet(reference: FrameReference) -> tuple[float, int]:
    """Return a place that no change of the order of display moves."""
    position = reference.geometry.position_mm
    return 0.0 if position is None else position[2], reference.frame_number


def answers(model: str, frames: list[tuple[str, Frame]]) -> Answers:
    """Return a model's answers to images that its gates mostly refuse."""
    classifier = load_classifier(model, "cpu")
    said: Answers = {}
    for name, frame in frames:
        result = ungated(classifier, frame)
        if isinstance(result.content, Classification):
            probabilities = result.content.probabilities
            said[name] = {label: round(value, DECIMALS) for label, value in probabilities}
        else:
            assert result.reason is not None
            assert result.refusal is None
            said[name] = result.reason.text
    return said


def golden(model: str) -> Answers:
    """Return the answers that are kept of a model."""
    kept: Answers = json.loads((GOLDEN / f"{model}.json").read_text("utf-8"))
    return kept


def main() -> None:
    """Write the answers of all bundled models."""
    frames = list(images())
    for model in sorted(BUNDLED):
        text = json.dumps(answers(model, frames), indent=1, ensure_ascii=False)
        (GOLDEN / f"{model}.json").write_text(text + "\n", "utf-8")
        print(f"{model}: {len(frames)} pictures")


if __name__ == "__main__":
    main()
