"""Makes the pixel gate from its recipe and bundles it.

    python packaging/release_gate.py FOLDER [--table | --attitudes]

FOLDER holds the .npz files that medviewer/training/gate/pixel-gate.toml names. Test splits are not read.
With --attitudes only how images lie is fitted anew. With --table the bundled gate is held against the router
instead, kind by kind. Needs the extra `train`.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Fit and bundle; return the exit status."""
    folders = [argument for argument in arguments if not argument.startswith("--")]
    if len(folders) != 1:
        print(__doc__)
        return 2
    sys.path.insert(0, str(ROOT))
    from medviewer.training.gate.release import release, release_attitudes
    from medviewer.training.gate.table import refusals

    if "--table" in arguments:
        for line in refusals(Path(folders[0])):
            print(line, flush=True)
        return 0
    if "--attitudes" in arguments:
        print(f"bundled: {release_attitudes(Path(folders[0]))}")
        return 0
    print(f"bundled: {release(Path(folders[0]))}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
