"""Makes the mean chest film for the check of polarity.

It prints how well inverted images of each kind are told from right ones.

    python packaging/mean_film.py chest_xray=FILE[,FILE...] [head_ct=FILE...] [brain_mri=...] [--write]

Each FILE is an .npz of labeled images. The mean is of the first chest file's images with the split
"train", each domain of it counted alike; the figures are of the split "val" of every file, as it is and
inverted. A test split is never read. With --write the mean goes into inference/gates/mean_film.py. Needs the
extra `train`.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from medviewer.inference.gates import mean_film, polarity
from medviewer.storage import atomic_write
from medviewer.training.data.datasets import LabeledImages, load


def main() -> int:
    """Make the mean, print the figures; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("kinds", nargs="+", metavar="KIND=FILE[,FILE...]")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    files = {kind: names.split(",") for kind, _, names in (one.partition("=") for one in options.kinds)}
    packed = mean(load([Path(files["chest_xray"][0])]))
    polarity.MEAN_FILM[:] = polarity.unpacked(packed)
    for kind, names in files.items():
        for name in names:
            data = load([Path(name)])
            for domain in np.unique(data.domain):
                report(kind, data.chosen((data.split == "val") & (data.domain == domain)), str(domain))
    if options.write:
        atomic_write(Path(mean_film.__file__), module_text(packed).encode())
    return 0


def mean(data: LabeledImages) -> tuple[str, ...]:
    """Return the mean of a training split, packed."""
    rows = data.split == "train"
    parts = [
        [polarity.small_film(data.images[index]) for index in np.flatnonzero(rows & (data.domain == domain))]
        for domain in np.unique(data.domain[rows])
    ]
    whole = np.mean([np.mean(part, axis=0) for part in parts], axis=0)
    return tuple("".join(f"{round(value * 99):02d}" for value in row) for row in whole.tolist())


def report(kind: str, data: LabeledImages, domain: str) -> None:
    """Print how many images would be refused, upright and inverted."""
    if not len(data):
        return
    scores = [polarity.score(kind, image) for image in data.images]
    inverted = [polarity.score(kind, 255 - image) for image in data.images]
    refused, found = (np.mean([value < polarity.INVERTED for value in some]) for some in (scores, inverted))
    lowest = ", ".join(f"{value:.2f}" for value in sorted(scores)[:3])
    print(f"{kind} {data.name} {domain}: n {len(data)}, refused {refused:.2%}, ", end="")
    print(f"inverted ones found {found:.2%}; lowest scores {lowest}")


def module_text(packed: tuple[str, ...]) -> str:
    """Return the source of `inference/gates/mean_film.py`."""
    lines = [f'"""{mean_film.__doc__}"""', "", "from typing import Final", ""]
    lines += ["MEAN_FILM: Final[tuple[str, ...]] = (", *(f'    "{row}",' for row in packed), ")"]
    return "\n".join([*lines, '"""Rows of shares of white, two digits for each pixel."""', ""])


if __name__ == "__main__":
    sys.exit(main())
