"""Puts the texts of recipes onto bundled cards and pins them anew.

    python packaging/reword_model.py NAME...          then: python packaging/dependencies.py bill

With --elsewhere DATA what the model does on sources that it never saw is put on the card as well. With
--further FACTS.toml the tables [figures] and [[readings]] of that file are added: figures of a recorded run,
and readings of a test split beside the evaluation, each with date, pictures and purpose. With --comparison
what the card says of left-out sources is drawn.

For a change of words, of the input contract or of the ages of a population: network, calibration, thresholds
and figures stay as they are, so no split is read. Needs the extra `train`.
"""

import argparse
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Reword the named models; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", metavar="NAME", nargs="+")
    parser.add_argument(
        "--elsewhere", type=Path, nargs="+", metavar="DATA", help="none of it was learnt from"
    )
    parser.add_argument("--further", type=Path, metavar="FACTS.toml", help="figures and readings to add")
    parser.add_argument("--comparison", action="store_true", help="draw it, from the figures of the card")
    options = parser.parse_args()

    sys.path.insert(0, str(ROOT))
    from medviewer.training.release.further import add_to_card, draw_comparison
    from medviewer.training.release.publish import record_elsewhere, reword

    for name in options.names:
        if options.elsewhere:
            record_elsewhere(name, options.elsewhere)
        if options.further:
            add_to_card(name, tomllib.loads(options.further.read_text("utf-8")))
        print(f"reworded: {reword(name)}")
        if options.comparison:
            print(f"drawn: {draw_comparison(name)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
