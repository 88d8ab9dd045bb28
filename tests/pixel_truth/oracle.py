"""From a file to the image that the standard asks for.

The header is parsed by pydicom, no more.

Written from DICOM PS3.3 and PS3.5 alone: the product's imaging and decoding code was not read for it.
What the standard leaves to the application, the window of an image without one, follows the rule that
the product states: soft tissue for CT that holds some, else from the value at the 1st to the one at the 99th
percentile of what is not padding (of all of it where these are one value).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset

from tests.pixel_truth import formulas
from tests.pixel_truth.formulas import WHITE, Values

SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
ON_SCREENS = {
    "OP",
    "SM",
    "OT",
    "DOC",
    "SC",
    "US",
    "IVUS",
    "GM",
    "XC",
    "ES",
}  # what they store was on a screen
SOFT_TISSUE = (40.0, 400.0)


@dataclass(frozen=True)
class Voi:
    """One way to show modality values.

    A window, a table, or all values of a number of bits.
    """

    kind: str  # LINEAR, LINEAR_EXACT, SIGMOID, TABLE or IDENTITY
    center: float = 0
    width: float = 0
    first: int = 0
    entries: tuple[int, ...] = ()
    bits: int = 0

    def apply(self, values: Values) -> Values:
        """Return gray levels of 0 to 255."""
        if self.kind == "TABLE":
            return formulas.look_up(values, self.first, self.entries) / ((1 << self.bits) - 1) * WHITE
        if self.kind == "IDENTITY":
            return formulas.full_range(values, self.bits)
        function = {"LINEAR": formulas.linear, "LINEAR_EXACT": formulas.linear_exact}
        return function.get(self.kind, formulas.sigmoid)(values, self.center, self.width)


def image(
    header: Dataset,
    stored: npt.NDArray[Any],
    frame: int,
    choice: int | None = None,
    windowed_with: Mapping[int, npt.NDArray[Any]] | None = None,
) -> Values:
    """Return a frame as gray levels or RGB of 0 to 255, not rounded.

    Parameters
    ----------
    stored : (rows, columns) or (rows, columns, 3)
        Stored values; color as YBR or RGB, as the photometric interpretation says.
    frame : int
        From 0, for the functional groups.
    choice : int, optional
        Which of the file's VOI alternatives, from 0; None: the first usable, or an automatic one.
    windowed_with : mapping of frame to stored values, optional
        The frames that have the automatic window in common, this one among them or not.
    """
    if stored.ndim == 3:
        return color(header, stored)
    if header.get("PhotometricInterpretation") == "PALETTE COLOR":
        return palette(header, stored)
    values = modality_values(header, stored, frame)
    padding = is_padding(header, stored)
    offered = alternatives(header, frame)
    usable = [voi for voi in offered if is_usable(voi)]
    if choice is not None:
        voi = offered[choice]
    else:
        voi = usable[0] if usable else automatic(header, _tissues(header, windowed_with or {frame: stored}))
    gray = voi.apply(values)
    if is_inverted(header):
        gray = formulas.inverse(gray)
    gray = np.where(padding, 0.0, gray)
    return with_supplement(header, stored, gray)


def group(header: Dataset, frame: int, name: str) -> Dataset:
    """Return the functional group that holds for a frame.

    Its own over the shared one (PS3.3 C.7.6.16).
    """
    for where, index in (("PerFrameFunctionalGroupsSequence", frame), ("SharedFunctionalGroupsSequence", 0)):
        groups = header.get(where) or []
        if len(groups) > index and groups[index].get(name):
            found: Dataset = groups[index][name].value[0]
            return found
    return header


def modality_values(header: Dataset, stored: npt.NDArray[Any], frame: int) -> Values:
    """Apply the modality table, or slope and intercept (PS3.3 C.11.1)."""
    if header.get("ModalityLUTSequence"):
        first, entries, _ = table_of(header.ModalityLUTSequence[0], signed=header.PixelRepresentation == 1)
        return formulas.look_up(stored, first, entries)
    source = group(header, frame, "PixelValueTransformationSequence")
    slope, intercept = source.get("RescaleSlope"), source.get("RescaleIntercept")
    return formulas.rescale(stored, 1 if slope is None else slope, 0 if intercept is None else intercept)


def table_of(item: Dataset, *, signed: bool) -> tuple[int, tuple[int, ...], int]:
    """Return the first value mapped, entries and bits (PS3.3 C.11.1.1.1)."""
    count, first, bits = (int(number) for number in item.LUTDescriptor)
    count = count % 65536 or 65536
    if signed and first >= 32768:
        first -= 65536
    data = item.LUTData
    entries = np.frombuffer(data, "<u2").tolist() if isinstance(data, bytes) else list(np.atleast_1d(data))
    if bits <= 8 and len(entries) < count:  # two 8-bit entries in a word
        entries = np.asarray(entries, "<u2").view(np.uint8).tolist()
    return first, tuple(int(entry) & 0xFFFF for entry in entries[:count]), bits


def alternatives(header: Dataset, frame: int) -> list[Voi]:
    """Return the tables and windows that the file offers.

    Its tables, then its windows (PS3.3 C.11.2.1).
    """
    signed = header.get("PixelRepresentation") == 1 or float(header.get("RescaleIntercept") or 0) < 0
    offered = []
    for item in header.get("VOILUTSequence") or []:
        first, entries, bits = table_of(item, signed=signed)
        offered.append(Voi("TABLE", first=first, entries=entries, bits=bits))
    source = group(header, frame, "FrameVOILUTSequence")
    centers = np.atleast_1d(source.get("WindowCenter", [])).astype(float)
    widths = np.atleast_1d(source.get("WindowWidth", [])).astype(float)
    kind = source.get("VOILUTFunction") or "LINEAR"
    pairs = zip(centers, widths, strict=False)
    return [*(Voi(kind, float(center), float(width)) for center, width in pairs), *offered]


def is_usable(voi: Voi) -> bool:
    """Return whether a window has a width that its function allows.

    LINEAR needs at least 1, the others more than 0 (PS3.3 C.11.2.1.2.1, C.11.2.1.3).
    """
    return voi.kind == "TABLE" or (voi.width >= 1 if voi.kind == "LINEAR" else voi.width > 0)


def _tissues(header: Dataset, frames: Mapping[int, npt.NDArray[Any]]) -> list[Values]:
    return [
        modality_values(header, stored, frame)[~is_padding(header, stored)]
        for frame, stored in frames.items()
    ]


def automatic(header: Dataset, tissues: list[Values]) -> Voi:
    """Return the display without a VOI.

    P-values as they are, CT by soft tissue, all else by percentiles.

    Of several frames the window runs from the lowest end to the highest.
    """
    bits, signed = int(header.get("BitsStored", 0)), header.get("PixelRepresentation") == 1
    on_screen = header.get("Modality") in ON_SCREENS and bits <= 8 and bits > 0
    captured = header.get("SOPClassUID") == SECONDARY_CAPTURE and not signed  # P-values have no sign
    if captured or on_screen:
        if header.get("ModalityLUTSequence"):  # its entries are the P-values then
            return Voi("IDENTITY", bits=int(header.ModalityLUTSequence[0].LUTDescriptor[2]))
        return Voi("IDENTITY", bits=bits)
    ranges = []
    for tissue in tissues:
        low, high = np.percentile(tissue, [1, 99], method="nearest")
        ranges.append((tissue.min(), tissue.max()) if high <= low else (low, high))
    wide = [(low, high) for low, high in ranges if high > low] or ranges[:1]
    low, high = min(low for low, _ in wide), max(high for _, high in wide)
    center, width = SOFT_TISSUE
    if header.get("Modality") == "CT" and high > center - width / 2 and low < center + width / 2:
        return Voi("LINEAR", center, width)
    if high <= low:
        return Voi("LINEAR_EXACT", float(low), 1)
    return Voi("LINEAR_EXACT", float(low + high) / 2, float(high - low))


def is_inverted(header: Dataset) -> bool:
    """Return whether values are inverted, by one attribute alone.

    Presentation LUT Shape says it where it is there, else the photometric interpretation.
    """
    shape = header.get("PresentationLUTShape")
    if shape in ("IDENTITY", "INVERSE"):
        return bool(shape == "INVERSE")
    return bool(header.get("PhotometricInterpretation") == "MONOCHROME1")


def is_padding(header: Dataset, stored: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Pixel Padding Value, with its Range Limit if there is one.

    Stored values (PS3.3 C.7.5.1.1.2).
    """
    value = header.get("PixelPaddingValue", header.get("FloatPixelPaddingValue"))
    if value is None:
        return ~np.isfinite(stored)
    limit = header.get("PixelPaddingRangeLimit", value)
    low, high = sorted((value, limit))
    padding: npt.NDArray[np.bool_] = (stored >= low) & (stored <= high)
    return padding


def color(header: Dataset, stored: npt.NDArray[Any]) -> Values:
    """Return RGB of 0 to 255 (PS3.3 C.7.6.3.1.2)."""
    meaning = header.PhotometricInterpretation
    if header.file_meta.TransferSyntaxUID.startswith("1.2.840.10008.1.2.4."):
        meaning = "RGB"  # the decoders give it, whatever the code stream holds
    bits = int(header.BitsStored)
    if meaning == "YBR_PARTIAL_422":
        return formulas.ybr_partial_to_rgb(stored)
    rgb = formulas.ybr_full_to_rgb(stored, bits) if meaning.startswith("YBR") else stored
    return rgb.astype(np.float64) / ((1 << bits) - 1) * WHITE


def palette(header: Dataset, stored: npt.NDArray[Any]) -> Values:
    """Look each color up (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6)."""
    signed = header.PixelRepresentation == 1
    return np.stack([_channel(header, name, stored, signed=signed) for name in ("Red", "Green", "Blue")], -1)


def _channel(header: Dataset, name: str, stored: npt.NDArray[Any], *, signed: bool) -> Values:
    descriptor = header[f"{name}PaletteColorLookupTableDescriptor"].value
    count, first, bits = (int(number) for number in descriptor)
    count = count % 65536 or 65536
    if signed and first >= 32768:
        first -= 65536
    segmented = header.get(f"Segmented{name}PaletteColorLookupTableData")
    if segmented is not None:
        entries = formulas.expand_segments(np.frombuffer(segmented, "<u2").tolist())
    else:
        content = header[f"{name}PaletteColorLookupTableData"].value
        entries = np.frombuffer(content, "<u2" if len(content) >= 2 * count else "u1").tolist()
    return formulas.look_up(stored, first, entries[:count]) / ((1 << bits) - 1) * WHITE


def with_supplement(header: Dataset, stored: npt.NDArray[Any], gray: Values) -> Values:
    """Color the values of a supplemental palette (PS3.3 C.7.6.19).

    It holds from its first entry on.
    """
    if (
        header.get("PixelPresentation") not in ("COLOR", "MIXED")
        or "RedPaletteColorLookupTableDescriptor" not in header
    ):
        return gray
    first = int(header.RedPaletteColorLookupTableDescriptor[1])
    plain = np.repeat(gray[..., None], 3, axis=-1)
    return np.where((stored >= first)[..., None], palette(header, stored), plain)
