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
    built_in : str
        "demo" or "samples"; "" for what has paths.
    """

    paths: tuple[Path, ...] = ()
    built_in: str = ""
