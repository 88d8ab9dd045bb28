"""Cells of real files.

Those of pydicom's wheel, and the sample collection where it is there.
"""

import re
import shutil
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pydicom.data
from pydicom import dcmread
from pydicom.errors import InvalidDicomError

from tests.pixel_truth import making, stored
from tests.pixel_truth.cells import EXACT, Cell
from tests.pixel_truth.matrix import Given

WHEEL = [
    "CT_small.dcm",
    "ExplVR_BigEnd.dcm",
    "JPEG-lossy.dcm",
    "JPEGLSNearLossless_08.dcm",
    "JPEGLSNearLossless_16.dcm",
    "MR_small.dcm",
    "MR_small_RLE.dcm",
    "MR_small_expb.dcm",
    "MR_small_implicit.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "MR_small_padded.dcm",
    "SC_rgb_dcmtk_+eb+cr.dcm",
    "SC_rgb_dcmtk_+eb+cy+n1.dcm",
    "SC_rgb_dcmtk_+eb+cy+np.dcm",
    "SC_rgb_dcmtk_+eb+cy+s4.dcm",
    "SC_rgb_gdcm_KY.dcm",
    "SC_rgb_jls_lossy_line.dcm",
    "SC_rgb_jls_lossy_sample.dcm",
    "SC_rgb_jpeg_app14_dcmd.dcm",
    "SC_rgb_jpeg_dcmd.dcm",
    "SC_rgb_jpeg_gdcm.dcm",
    "SC_rgb_rle.dcm",
    "SC_rgb_rle_16bit_2frame.dcm",
    "SC_rgb_rle_32bit.dcm",
    "SC_rgb_rle_2frame.dcm",
    "SC_rgb_small_odd.dcm",
    "SC_rgb_small_odd_big_endian.dcm",
    "SC_rgb_small_odd_jpeg.dcm",
    "SC_ybr_full_422_uncompressed.dcm",
    "examples_jpeg2k.dcm",
    "examples_overlay.dcm",
    "examples_palette.dcm",
    "examples_rgb_color.dcm",
    "image_dfl.dcm",
    "liver_1frame.dcm",
    "liver_expb_1frame.dcm",
    "rtdose_1frame.dcm",
    "rtdose_expb_1frame.dcm",
    "rtdose_rle_1frame.dcm",
]
SAMPLES = [
    "08-cr-dx-mg/CR_chest_MONOCHROME1_15bit_J2K.dcm",
    "08-cr-dx-mg/DX_small_MONOCHROME1_8bit.dcm",
    "08-cr-dx-mg/DX_veterinary_YBR422_JPEGbaseline.dcm",
    "09-us-xa-cine/US_still_PALETTE.dcm",
    "09-us-xa-cine/US_still_PALETTE_16bit.dcm",
    "09-us-xa-cine/US_still_RGB.dcm",
    "09-us-xa-cine/US_cine_10f_PALETTE_RLE.dcm",
    "05-mr-brain-dwi-maps-enhanced/DWI_dir80_AP_ADC.dcm",
    "05-mr-brain-dwi-maps-enhanced/DWI_dir80_AP_ColFA.dcm",
    "13-odd-geometry-and-display/SC_VOI_LUT_sequence.dcm",
    "13-odd-geometry-and-display/SC_Modality_LUT_signed.dcm",
    "13-odd-geometry-and-display/MR_overlay_60xx_multiwindow.dcm",
    "13-odd-geometry-and-display/OT_palette_no_preamble.dcm",
    "13-odd-geometry-and-display/CT_enhanced_supplemental_palette_2f.dcm",
    "13-odd-geometry-and-display/parametric_map_float.dcm",
    "13-odd-geometry-and-display/parametric_map_double_float.dcm",
    "11-transfer-syntaxes/other/HTJ2KLossless_08_RGB.dcm",
    "11-transfer-syntaxes/other/JLSL_16_15_1_1F.dcm",
    "11-transfer-syntaxes/other/JLSL_RGB_ILV0.dcm",
    "11-transfer-syntaxes/other/JLSL_RGB_ILV1.dcm",
    "11-transfer-syntaxes/other/JLSL_RGB_ILV2.dcm",
    "11-transfer-syntaxes/other/JPGExtended.dcm",
    "11-transfer-syntaxes/other/SC_ybr_full_uncompressed.dcm",
    "11-transfer-syntaxes/other/emri_small.dcm",
    "11-transfer-syntaxes/other/emri_small_RLE.dcm",
    "11-transfer-syntaxes/wg04/MR4_JLSL",
    "11-transfer-syntaxes/wg04/MR4_JPLL",
    "11-transfer-syntaxes/wg04/MR4_RLE",
    "11-transfer-syntaxes/wg04/VL1_RLE",
]
DECODER_ERROR = 2.0
"""Gray levels by which two right decoders of a lossy code stream may differ, without color conversion."""

COLOR_DECODER_ERROR = 6.0
"""The same with chroma that each decoder spreads over the pixels in its own way."""


ENCODED_ERROR = 4.0
"""Gray levels by which a lossy encoding of the one CT may differ from the uncompressed file."""

EXPLAINED = {
    "DWI_dir80_AP_ColFA.dcm": "The product applies the ICC profile, the oracle leaves it out.",
    "parametric_map_float.dcm": "LINEAR with width 1 is a step by the letter; the product reads it as exact.",
    "parametric_map_double_float.dcm": "LINEAR with width 1 is a step by the letter; read as exact.",
}
"""Why it is right that product and oracle differ, by file."""


def wheel_files() -> list[Path]:
    """Return the files of pydicom's wheel that stand in the matrix."""
    folder = Path(pydicom.data.__file__).parent / "test_files"
    return [folder / name for name in WHEEL]


def sample_files(folder: Path) -> list[Path]:
    """Return the files of the sample collection that stand in the matrix."""
    return [folder / name for name in SAMPLES]


def one_ct_in_every_syntax(folder: Path) -> list[Given]:
    """Return the encodings of one CT.

    Each is compared with the pixels of the uncompressed one.
    """
    same = folder / "11-transfer-syntaxes" / "same-ct-every-syntax"
    plain = same / "CTImage.dcm"
    truth = stored.stored_values(plain, dcmread(plain), 0)[None]
    changed = re.compile("Process(1|2_4|6_8|10_12)T")  # their writer rescaled the values before it encoded
    cells = given(sorted(same.iterdir()))
    return [one if changed.search(one.path.name) else _against(one, truth) for one in cells]


def given(paths: list[Path]) -> Iterator[Given]:
    """Yield the cells of real files.

    Those that only dcmtk decodes are left out where it is not installed.
    """
    names = {uid: name for name, uid in making.SYNTAXES.items()}
    for path in paths:
        with warnings.catch_warnings(action="ignore"):
            header = dcmread(path, force=True)
        syntax = str(header.file_meta.get("TransferSyntaxUID", "1.2.840.10008.1.2"))
        program = stored.DCMTK.get(syntax.removeprefix("1.2.840.10008.1.2.4."))
        if program is not None and shutil.which(program) is None:
            continue
        label = names.get(syntax, syntax)
        color = header.SamplesPerPixel == 3
        lossy = label in making.LOSSY
        tolerance = (COLOR_DECODER_ERROR if color else DECODER_ERROR) if lossy else EXACT
        voi = "colour" if color else str(header.get("VOILUTFunction") or "of the file")
        frames = "multi-frame" if stored.frame_count(header) > 1 else "single"
        labels = (f"file {path.name}", str(header.PhotometricInterpretation), label, voi, frames)
        reason = EXPLAINED.get(path.name, "")
        yield Given(Cell(*labels, make=_not_made, tolerance=tolerance, explained=reason), path, None)


def _against(one: Given, truth: making.StoredImage) -> Given:
    tolerance = EXACT if one.cell.tolerance == EXACT else ENCODED_ERROR
    return replace(one, cell=replace(one.cell, tolerance=tolerance), truth=truth)


def _not_made() -> making.Made:
    raise InvalidDicomError("a real file is not made")
