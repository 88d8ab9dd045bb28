"""One thing that was opened: paths, or samples."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Opening:
    """One thing that was opened.

    Parameters
    ----------
    paths : tuple of Path
        Files and folders; () for samples.
    sample : str
        "demo" or "samples"; "" for what has paths.
    """

    paths: tuple[Path, ...] = ()
    sample: str = ""
