"""Makes the Chinese fonts in resources/fonts from Noto Sans CJK.

    python packaging/subset_fonts.py NotoSansCJK-Regular.ttc NotoSansCJK-Bold.ttc Unihan_OtherMappings.txt

The collections are those of Debian's fonts-noto-cjk, the table is that of its unicode-data. Kept are the
characters of GB 2312, those of the table of standard characters of 2013 (8,105, made for names too), and the
signs of Chinese texts. Needs fontTools.
"""

import re
import sys
from pathlib import Path
from typing import Final

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

FOLDER: Final = Path(__file__).resolve().parent.parent / "resources" / "fonts"
FAMILY: Final = "Noto Sans SC"
SIGNS: Final = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *range(0x2010, 0x2060),
    *range(0x3000, 0x3020),
    *range(0xFF00, 0xFF61),
)
NAMES: Final = {1: FAMILY, 4: FAMILY, 6: FAMILY.replace(" ", ""), 16: FAMILY}
"""Record of the name table -> its start; the weight follows in 4 and 6."""


def characters(unihan: Path) -> set[int]:
    """Return the code points that are kept."""
    table = re.findall(r"^U\+([0-9A-F]+)\tkTGH\t", unihan.read_text("utf-8"), re.MULTILINE)
    codes = (bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    simplified = {ord(sign) for code in codes for sign in code.decode("gb2312", "ignore")}
    return simplified | {int(code, 16) for code in table} | set(SIGNS)


def simplified_chinese(collection: Path) -> TTFont:
    """Return the font of Simplified Chinese in a collection."""
    fonts = TTCollection(str(collection), lazy=True).fonts
    return next(font for font in fonts if font["name"].getDebugName(1).startswith("Noto Sans CJK SC"))


def subset(font: TTFont, kept: set[int], weight: str) -> None:
    """Take away all other characters, and rename the font.

    It is not the whole one.
    """
    options = Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp"]
    options.name_IDs = ["*"]
    options.hinting = True
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=kept)
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in NAMES:
            joint = {4: f" {weight}", 6: f"-{weight}"}.get(record.nameID, "")
            record.string = NAMES[record.nameID] + joint
    top = font["CFF "].cff
    top.fontNames[0] = f"{NAMES[6]}-{weight}"


def main(arguments: list[str]) -> int:
    """Write both weights; return the exit status."""
    if len(arguments) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    kept = characters(Path(arguments[2]))
    for collection, weight in zip(arguments[:2], ("Regular", "Bold"), strict=True):
        font = simplified_chinese(Path(collection))
        subset(font, kept, weight)
        target = FOLDER / f"NotoSansSC-{weight}.otf"
        font.save(target)
        print(f"{target.name}: {len(kept)} characters, {target.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
