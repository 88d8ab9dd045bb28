"""Sizes and weights of text; all figures are of one width.

Sizes are logical pixels, so that the screen's scale alone enlarges them.
"""

from enum import Enum, IntEnum
from typing import Final

from PySide6.QtGui import QFont

from medviewer.translation import language

FAMILIES: Final = (
    "Inter",
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Microsoft YaHei UI",
    "PingFang SC",
    "Noto Sans Thai",
    "Leelawadee UI",
    "Thonburi",
    "Loma",
    "Noto Sans",
    "DejaVu Sans",
)
"""What is wanted, first to last; Qt takes the system's own font where none of them is installed.

Only Inter and Noto Sans SC are bundled. Thai is written in what the system has: that of Noto, Windows, macOS
or Debian, else another one that Qt finds.
"""

SMALLEST_CHINESE_PX: Final = 12  # smaller characters run together


class Type(Enum):
    """One step of the scale: size and height of a line, in logical pixels."""

    TAG = (11, 16)  # labels of the tool bar, tags, axes
    SMALL = (12, 17)  # on images, second lines
    BODY = (13, 18)
    TITLE = (15, 20)  # patient, section, slice number
    LARGE = (20, 26)  # the word of a result, titles of dialogs

    @property
    def size_px(self) -> int:
        """Size in the present language."""
        smallest = SMALLEST_CHINESE_PX if language().startswith("zh") else 0
        return max(int(self.value[0]), smallest)

    @property
    def line_px(self) -> int:
        """Height of a line in the present language."""
        return int(self.value[1]) + self.size_px - int(self.value[0])


class Weight(IntEnum):
    """The weights that are bundled."""

    REGULAR = 400
    NAME = 500  # names of patients, series, tools
    STRONG = 600  # what is chosen, values


def font(step: Type = Type.BODY, weight: Weight = Weight.REGULAR) -> QFont:
    """Return the font of a step of the scale, its figures of one width."""
    made = QFont()
    made.setFamilies(list(FAMILIES))
    made.setPixelSize(step.size_px)
    made.setWeight(QFont.Weight(weight))
    made.setFeature(QFont.Tag("tnum"), 1)
    return made
