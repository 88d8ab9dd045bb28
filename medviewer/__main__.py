"""`python -m medviewer`, and the console script of the same name."""

import sys

from medviewer.cli import main

if __name__ == "__main__":
    sys.exit(main())
