"""Reads the test split once for a model and bundles it.

    python packaging/release_model.py FOLDER DATA... [--robustness N] [--source NAME]

The evaluation, its images and its figures go onto the card, the pack with its notice into resources/models,
and the hash of its files into inference/pack/bundled_hashes.py. What is to be chosen has to be chosen before,
by cross-validation: this is not a way to compare models. Needs the extra `train`.
"""

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Evaluate, record, bundle; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="what `medviewer train` wrote")
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument(
        "--robustness", type=int, default=0, metavar="N", help="measured on N pictures at most"
    )
    parser.add_argument(
        "--source", action="append", default=[], metavar="NAME", help="judge the pictures of these alone"
    )
    options = parser.parse_args()

    sys.path.insert(0, str(ROOT))
    from medviewer.storage import atomic_write
    from medviewer.training.evaluation.evaluate import Extras, evaluate
    from medviewer.training.release.publish import EVALUATION, bundle, record_evaluation

    extras = Extras(images=options.folder, robustness=options.robustness)
    evaluation = evaluate(options.folder, options.data, split="test", extras=extras, sources=options.source)
    atomic_write(options.folder / EVALUATION, (json.dumps(evaluation, indent=1) + "\n").encode())
    record_evaluation(options.folder, evaluation)
    print(f"bundled: {bundle(options.folder)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
