"""Reading Grayscale and Color Softcopy Presentation States.

See PS3.3 A.33.1, A.33.2.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from medviewer import limits
from medviewer.dicom.attributes import (
    BAD_WINDOW,
    EMPTY_WINDOW,
    WINDOWS_LEFT_OUT,
    FileFunctionalGroups,
    stated_rescale,
)
from medviewer.dicom.header import OVERLAY_GROUPS, Header
from medviewer.dicom.objects.graphic_annotations import annotations
from medviewer.dicom.objects.shutters import bitmap_group, color_of, read_shutter
from medviewer.dicom.pixels import grayscale, overlay_planes
from medviewer.imaging.frame import (
    Color,
    ModalityTable,
    ModalityTransform,
    PresentationTable,
    Rescale,
    Voi,
    VoiTable,
    has_whole_values,
    known_unit,
)
from medviewer.imaging.presentation_state import (
    DisplayedArea,
    ForImages,
    GraphicLayer,
    ImageReference,
    PresentationState,
    PresentationStateListing,
    SizeMode,
)
from medviewer.translation import Message, message

T = TypeVar("T")

COLOR_CLASS: Final = "1.2.840.10008.5.1.4.1.1.11.2"

SAID_ANYWAY: Final = (BAD_WINDOW, EMPTY_WINDOW.text)  # by BAD_VOI, of the state
ASSUMED_BITS: Final = 16  # of the images that a state is about

FARTHEST: Final = 8 * limits.FRAME_SIDE  # of the corners of a displayed area, in pixels
LONGEST: Final = 100  # a pixel's longer side in relation to the other

BAD_VOI: Final = message("The presentation state holds a window that makes no sense; it was left out.")
BAD_AREA: Final = message(
    "The presentation state's displayed area makes no sense; all of the image is shown."
)
BAD_ROTATION: Final = message("The presentation state's rotation makes no sense; the image is not turned.")
MASK_NOT_APPLIED: Final = message(
    "The presentation state asks for a mask to be subtracted; this is not done."
)


LISTED: Final = PresentationStateListing
CONTENT: Final = PresentationState


def list_object(dataset: Header) -> PresentationStateListing:
    """Return the label of a presentation state and the images it references.

    See PS3.3 C.11.10, C.11.11.
    """
    found = [
        reference
        for series in dataset.items("ReferencedSeriesSequence")
        for reference in image_references(series)
    ]
    return PresentationStateListing(
        label=dataset.free_text("ContentLabel"),
        description=dataset.free_text("ContentDescription"),
        creator=dataset.name("ContentCreatorName"),
        creation_date=dataset.text("PresentationCreationDate"),
        references=tuple(found),
    )


def image_references(item: Header) -> tuple[ImageReference, ...]:
    """Return the images that an item references, all or some of their frames."""
    return tuple(
        ImageReference(
            one.text("ReferencedSOPInstanceUID"),
            tuple(int(number) for number in one.numbers("ReferencedFrameNumber")) or None,
        )
        for one in item.items("ReferencedImageSequence")
    )


def read_object(dataset: Header) -> PresentationState:
    """Return a presentation state.

    Parts that make no sense are left out, with warnings.

    References
    ----------
    DICOM PS3.3 C.10.4 (displayed area), C.10.6 (spatial transformation), C.10.7 (layers), C.11.1 (modality),
    C.11.6 (presentation table), C.11.7 (overlay activation), C.11.8 (VOI).
    """
    who = list_object(dataset)
    is_color = dataset.text("SOPClassUID") == COLOR_CLASS
    hidden_in = bitmap_group(dataset)
    overlays, overlay_warnings = overlay_planes(dataset)
    covering, shutter_warnings = read_shutter(dataset, overlays)
    modality = None if is_color else _modality(dataset)
    vois, voi_warnings = _for_images(
        dataset, "SoftcopyVOILUTSequence", lambda item: _vois(item, modality), BAD_VOI
    )
    if isinstance(modality, Rescale) and not modality.is_known and vois:
        vois, voi_warnings = (), [WINDOWS_LEFT_OUT]
    notes = [note for note in dataset.take_number_notes() if note.text not in SAID_ANYWAY]
    areas, area_warnings = _for_images(dataset, "DisplayedAreaSelectionSequence", _area, BAD_AREA)
    drawn, drawing_warnings = annotations(dataset, image_references)
    turns, is_flipped, turn_warnings = _spatial(dataset)
    is_subtraction = "MaskSubtractionSequence" in dataset
    return PresentationState(
        sop_instance_uid=dataset.text("SOPInstanceUID"),
        references=who.references,
        is_color=is_color,
        label=who.label,
        description=who.description,
        creator=who.creator,
        creation_date=who.creation_date,
        modality=modality,
        vois=() if is_color else vois,
        inverted=not is_color and dataset.text("PresentationLUTShape").upper() == "INVERSE",
        presentation_table=None if is_color else _presentation_table(dataset),
        quarter_turns=turns,
        flipped=is_flipped,
        areas=areas,
        layers=tuple(_layer(item) for item in dataset.items("GraphicLayerSequence")),
        annotations=drawn,
        overlays=tuple(overlay for overlay in overlays if overlay.group != hidden_in),
        activations=tuple(pair for pair in _activations(dataset) if pair[0] != hidden_in),
        shutter=covering,
        is_subtraction=is_subtraction,
        warnings=(
            *overlay_warnings,
            *shutter_warnings,
            *voi_warnings,
            *area_warnings,
            *drawing_warnings,
            *turn_warnings,
            *((MASK_NOT_APPLIED,) if is_subtraction else ()),
            *notes,
        ),
    )


def _for_images(
    dataset: Header, keyword: str, content: Callable[[Header], T | None], warning: Message
) -> tuple[tuple[ForImages[T], ...], list[Message]]:
    found, warnings = [], []
    for item in dataset.items(keyword):
        read_content = content(item)
        if read_content:
            found.append(ForImages(read_content, image_references(item)))
        else:
            warnings = [warning]
    return tuple(found), warnings


def _modality(dataset: Header) -> ModalityTransform | None:
    item = dataset.item("ModalityLUTSequence")
    table = grayscale.lookup_table(item, is_signed=_states_sign(item)) if item is not None else None
    if item is not None and table is not None:
        unit = item.text("ModalityLUTType")
        return ModalityTable(table[0], table[1].astype("float32"), known_unit(unit))
    if "RescaleSlope" not in dataset and "RescaleIntercept" not in dataset:
        return None
    stated = stated_rescale(FileFunctionalGroups(dataset, 1)[0], ASSUMED_BITS)
    unit = known_unit(dataset.text("RescaleType")) if stated.has_unit else ""
    return Rescale(stated.slope, stated.intercept, unit, stated.is_known)


def _states_sign(item: Header) -> bool:
    """Return whether a table descriptor has a negative first value."""
    numbers = item.numbers("LUTDescriptor")
    return len(numbers) == 3 and numbers[1] < 0


def _vois(item: Header, modality: ModalityTransform | None) -> tuple[Voi, ...] | None:
    is_signed = isinstance(modality, Rescale) and modality.intercept < 0
    found: list[Voi] = []
    for one in item.items("VOILUTSequence"):
        table = grayscale.lookup_table(one, is_signed=is_signed or _states_sign(one))
        if table is not None:
            found.append(VoiTable(table[0], table[1], table[2], one.free_text("LUTExplanation")))
    has_fractions = modality is not None and not has_whole_values(modality)
    return (*found, *grayscale.windows(item, has_fractions=has_fractions)) or None


def _presentation_table(dataset: Header) -> PresentationTable | None:
    item = dataset.item("PresentationLUTSequence")
    table = grayscale.lookup_table(item, is_signed=False) if item is not None else None
    if item is None or table is None:
        return None
    return PresentationTable(table[1], table[2], item.free_text("LUTExplanation"))


def _spatial(dataset: Header) -> tuple[int, bool, list[Message]]:
    """Return quarter turns after the flip, the flip, and warnings.

    The standard turns first and flips then (C.10.6); mirrored first, the turn goes the other way.
    """
    is_flipped = dataset.text("ImageHorizontalFlip").upper() == "Y"
    degrees = dataset.integer("ImageRotation") or 0
    if degrees % 90:
        return 0, is_flipped, [BAD_ROTATION]
    turns = degrees // 90 % 4
    return (-turns % 4 if is_flipped else turns), is_flipped, []


def _area(item: Header) -> DisplayedArea | None:
    corners = (
        item.numbers("DisplayedAreaTopLeftHandCorner"),
        item.numbers("DisplayedAreaBottomRightHandCorner"),
    )
    if any(len(pair) != 2 or max(map(abs, pair)) > FARTHEST for pair in corners):
        return None
    (left, right), (top, bottom) = (
        sorted(int(number) - 1 for number in pair) for pair in zip(*corners, strict=True)
    )
    spacing = _positive_pair(item.numbers("PresentationPixelSpacing"))
    ratio = spacing or _positive_pair(item.numbers("PresentationPixelAspectRatio"))
    magnification = item.number("PresentationPixelMagnificationRatio")
    stated = item.text("PresentationSizeMode").upper()
    return DisplayedArea(
        left=left,
        top=top,
        right=right,
        bottom=bottom,
        mode=SizeMode(stated) if stated in set(SizeMode) else SizeMode.SCALE_TO_FIT,
        spacing_mm=spacing,
        magnification=magnification if magnification and magnification > 0 else None,
        pixel_aspect=ratio[0] / ratio[1] if ratio and 1 / LONGEST < ratio[0] / ratio[1] < LONGEST else None,
    )


def _positive_pair(numbers: tuple[float, ...]) -> tuple[float, float] | None:
    if len(numbers) != 2 or not all(1e-6 < number < 1e6 for number in numbers):
        return None
    return numbers[0], numbers[1]


def _layer(item: Header) -> GraphicLayer:
    return GraphicLayer(
        name=item.text("GraphicLayer"),
        order=item.integer("GraphicLayerOrder") or 0,
        color=_layer_color(item),
        description=item.text("GraphicLayerDescription"),
    )


def _layer_color(item: Header) -> Color | None:
    """Return the layer's color: recommended, else retired RGB, else gray.

    RGB values have 16 bits each.
    """
    color = color_of(item, "GraphicLayerRecommendedDisplayCIELabValue")
    if color is not None:
        return color
    rgb = item.words("GraphicLayerRecommendedDisplayRGBValue")
    if len(rgb) == 3:
        return round(rgb[0] / 257), round(rgb[1] / 257), round(rgb[2] / 257)
    value = item.words("GraphicLayerRecommendedDisplayGrayscaleValue")
    return (round(value[0] / 257),) * 3 if value else None


def _activations(dataset: Header) -> list[tuple[int, str]]:
    layers = ((group, dataset.text(f"OverlayActivationLayer{group:04X}")) for group in OVERLAY_GROUPS)
    return [(group, layer) for group, layer in layers if layer]
