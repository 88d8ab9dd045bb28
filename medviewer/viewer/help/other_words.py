"""Names of commands in other viewers, for the search of the palette.

Who comes from another viewer types the word of that one. They are searched and never shown, so that they are
not translated.
"""

from collections.abc import Mapping
from typing import Final

OTHER_WORDS: Final[Mapping[str, str]] = {
    "annotation.color": "color",
    "annotation.copy_value": "clipboard",
    "annotation.next": "annotation measurement",
    "annotation.previous": "annotation measurement",
    "annotation.quality": "ROI SNR CNR uniformity homogeneity",
    "annotation.remove": "delete erase clear annotation measurement",
    "annotation.rename": "label annotation",
    "annotation.values": "line profile plot curve distribution",
    "export.copy": "screenshot snapshot capture clipboard",
    "export.copy_layout": "screenshot snapshot capture clipboard",
    "export.picture": "save as JPEG PNG TIFF GIF MP4 CSV movie video contact sheet measurements volume table",
    "export.print": "paper printer",
    "file.earlier_studies": "prior previous history",
    "image.difference": "subtraction compare",
    "image.invert": "negative inverse white black",
    "image.key_image": "bookmark flag star tag",
    "image.play": "movie loop animate",
    "image.tags": "header metadata attributes dump",
    "tools.angle": "protractor goniometer annotation",
    "tools.arrow": "pointer annotate annotation",
    "tools.cobb": "scoliosis spine",
    "tools.ellipse": "ROI oval circle annotation",
    "tools.freehand": "ROI lasso contour draw annotation",
    "tools.length": "ruler distance caliper line measure annotation",
    "tools.locate": "crosshair cursor triangulate localizer sync",
    "tools.point": "probe HU Hounsfield value pixel",
    "tools.polygon": "ROI contour annotation",
    "tools.range_region": "segment wand threshold grow ROI",
    "tools.range_volume": "segment wand threshold grow haematoma hematoma bleeding ABC/2 tumor tumour",
    "tools.rectangle": "ROI box square annotation",
    "tools.text": "annotate annotation label note",
    "tools.window": "contrast brightness WW WL",
    "view.full_screen_window": "fullscreen",
    "view.hide_identity": "anonymize anonymise deidentify name privacy",
    "view.layout": "tile grid split side by side",
    "view.link": "synchronize synchronise sync scroll together",
    "view.link_here": "synchronize synchronise register align",
    "view.magnifier": "magnifying glass loupe lens",
    "view.measure_screen": "calibrate calibration",
    "view.mirror": "flip horizontal",
    "view.prior": "prior previous compare history",
    "view.reference_lines": "localizer scout cross-reference",
    "view.smooth": "interpolation",
    "view.swap": "exchange",
    "view.test_pattern": "calibrate calibration SMPTE TG18",
    "view.upside_down": "flip vertical",
}
"""By the id of a command, or what the ids of several have before their last part."""


def other_words(name: str) -> str:
    """Return the names of a command in other viewers; "" for most."""
    return OTHER_WORDS.get(name) or OTHER_WORDS.get(name.rpartition("_")[0], "")
