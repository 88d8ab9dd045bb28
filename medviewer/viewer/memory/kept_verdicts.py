"""The reader's verdicts that are kept, counted before they are deleted."""

from medviewer.errors import MemoryAccessError
from medviewer.inference import verdicts


def count_verdicts() -> int:
    """Count the verdicts that hold; a table that cannot be read counts as one."""
    try:
        return len(verdicts.last_verdicts(verdicts.read_verdicts()))
    except MemoryAccessError:
        return 1
