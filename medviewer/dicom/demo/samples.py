"""The real sample files that come inside pydicom's wheel.

Nothing is downloaded.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

SAMPLE_NAMES: Final = (
    "CT_small.dcm",
    "MR_small.dcm",
    "examples_jpeg2k.dcm",
    "examples_palette.dcm",
    "examples_rgb_color.dcm",
    "examples_ybr_color.dcm",
    "examples_overlay.dcm",
    "US1_J2KR.dcm",
    "emri_small.dcm",
    "eCT_Supplemental.dcm",
    "JPEG-LL.dcm",
    "JPEG2000.dcm",
    "JPGExtended.dcm",
    "rtdose.dcm",
    "SC_rgb_rle.dcm",
    "liver_1frame.dcm",
    "693_J2KI.dcm",
    "MR_small_RLE.dcm",
)


def sample_files() -> list[Path]:
    """Return the existing displayable samples of pydicom's wheel."""
    found = find_spec("pydicom")  # finds the folder without importing the package
    if found is None or found.origin is None:
        return []
    folder = Path(found.origin).parent / "data" / "test_files"
    return [path for name in SAMPLE_NAMES if (path := folder / name).is_file()]
