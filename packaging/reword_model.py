"""Puts the texts of recipes onto bundled cards and pins them anew.

    python packaging/reword_model.py NAME...          then: python packaging/dependencies.py bill

With --elsewhere DATA what the model does on sources that it never saw is put on the card as well.

For a change of words, of the input contract or of the ages of a population: network, calibration, thresholds
and figures stay as they are, so no split is read. Needs the extra `train`.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Reword the named models; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", metavar="NAME", nargs="+")
    parser.add_argument(
        "--elsewhere", type=Path, nargs="+", metavar="DATA", help="none of it was learnt from"
    )
    options = parser.parse_args()

    sys.path.insert(0, str(ROOT))
    from medviewer.training.release.publish import record_elsewhere, reword

    for name in options.names:
        if options.elsewhere:
            record_elsewhere(name, options.elsewhere)
        print(f"reworded: {reword(name)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
