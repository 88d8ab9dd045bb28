"""Print the benchmark table: `python tests/benchmarks/run.py [ROW ...]`.

Every row measures the product beside its yardstick in the same run; read the ratios, not the
milliseconds. Rows that need the real sample data or dcmtk say so and count as not reached without.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # what tests and benchmarks share
sys.path.insert(0, str(Path(__file__).resolve().parent))

import decoding_rows
import display_rows
import inference_rows
import reading_rows
import window_rows

ROWS = (*reading_rows.ROWS, *decoding_rows.ROWS, *display_rows.ROWS, *inference_rows.ROWS, *window_rows.ROWS)


def main() -> int:
    """Print the wanted rows, or all."""
    wanted = set(sys.argv[1:])
    missed = 0
    for row in ROWS:
        if not wanted or row.name in wanted:
            line = row.line()
            missed += "NOT REACHED" in line
            print(line, flush=True)
    print(f"{missed} rows not reached")
    return 0


if __name__ == "__main__":
    sys.exit(main())
