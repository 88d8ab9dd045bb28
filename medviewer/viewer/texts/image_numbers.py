"""Image numbers: in series and stack, with laterality and view.

Plain text, translated; one source for the window, the list, the exports and the command line.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from medviewer.dicom.attributes import KNOWN_VIEWS, MAMMOGRAPHIC, MODIFIERS
from medviewer.dicom.library import PART_WORDS, SPACING_WORDS
from medviewer.imaging.code_words import code_words
from medviewer.imaging.frame import Aspect, direction_letters, to_patient
from medviewer.imaging.source import ImageSource, SliceHeader
from medviewer.translation import kept_by_language, listed, mark, translate

SIDES: Final = {"R": mark("Right"), "L": mark("Left"), "B": mark("Both sides")}
KNOWN_MODIFIERS: Final = frozenset(MODIFIERS.values())
ANGLES: Final = re.compile(r"((LAO|RAO|CRA|CAU) \d+°( |$))+|0°")
LONGEST_NUMBER: Final = 12  # digits of an integer string
USUAL_TYPES: Final = frozenset({"ORIGINAL", "PRIMARY", "NONE"})
SEEN_THROUGH: Final = frozenset({"NM", "CR", "DX"})
"""Modalities of projections, where nothing in the picture tells right from left for sure."""

LONGEST_IN_NAME: Final = 5  # digits of a series number
SEVERAL: Final = 3  # views that a list names
PLANE_AXES: Final = {"Sagittal": 0, "Coronal": 1, "Axial": 2}
PATIENT_SIDES: Final = ("LR", "PA", "HF")
"""Letters of the sides to which x, y and z of a patient grow, and of the others."""


@kept_by_language
def number_text(stack: ImageSource, index: int) -> str:
    """Return series and image number, and the place in the stack.

    "Se 3  Im 27  (107/133)". The numbers are those of the file. Where the image number is missing or stands
    twice in the stack, the place stands alone. An only image has no place: "Se 3  Im 27".
    """
    image, series = _image_number(stack, index), stack.identity.series_number
    if len(stack) == 1:
        return numbers_text(stack, index)
    if image is None or not series:
        return image_text(stack, index)
    return translate(
        "Se {series}  Im {image}  {place}", series=series, image=image, place=_place(stack, index)
    )


def numbers_text(stack: ImageSource, index: int) -> str:
    """Return series and image number without the place, "Se 3  Im 27".

    The place alone where the image has no number of its own, the series alone where it is the only one, too.
    """
    image, series = _image_number(stack, index), stack.identity.series_number
    if image is None or not series:
        return short_number_text(stack, index) or series_number_text(stack)
    return translate("Se {series}  Im {image}", series=series, image=image)


def number_in_name(stack: ImageSource, index: int) -> str:
    """Return series and image number for names of files: "se3-im27".

    As a pane says them. Where several images of the stack have one number, or none, with their place:
    "se3-im2-5of30", "se3-5of30". A series number that is none, or a long one, may name somebody.
    """
    series, image = stack.identity.series_number, _image_number(stack, index)
    is_number = series.isdecimal() and series.isascii() and len(series) <= LONGEST_IN_NAME
    shared = sum(header.image_number == image for header in stack.headers) > 1
    parts = (
        f"se{int(series)}" if is_number else "",
        "" if image is None else f"im{image}",
        f"{index + 1}of{len(stack)}" if (image is None or shared) and len(stack) > 1 else "",
    )
    return "-".join(part for part in parts if part)


def image_text(stack: ImageSource, index: int) -> str:
    """Return image number and place in the stack, "Im 27  (107/133)".

    Or the one of the two that there is: an only image has no place.
    """
    image, place = _image_number(stack, index), _place(stack, index)
    if image is None or not place:
        return short_number_text(stack, index)
    return translate("Im {image}  {place}", image=image, place=place)


def is_numbered_in_order(stack: ImageSource) -> bool:
    """Return whether image numbers are places: 1, 2, 3 to the last."""
    return all(header.image_number == place for place, header in enumerate(stack.headers, 1))


def place_text(stack: ImageSource, index: int, *, in_order: bool) -> str:
    """Return the place of an image beside the slider, "Im 10 of 33".

    Parameters
    ----------
    in_order : bool
        As `is_numbered_in_order`. Where not, as `image_text`: a number beside the count would be taken for
        the place.
    """
    if not in_order or len(stack) == 1:
        return image_text(stack, index)
    return translate("Im {image} of {count}", image=index + 1, count=len(stack))


def place_details(stack: ImageSource, index: int) -> str:
    """Return a sentence on the two numbers of an image; "" for one alone."""
    image = _image_number(stack, index)
    if image is None or len(stack) == 1:
        return ""
    return translate(
        "Im {image} is the number in the file, ({place}/{count}) the place among the slices as they are "
        "scrolled.",
        image=image,
        place=index + 1,
        count=len(stack),
    )


@kept_by_language
def short_number_text(stack: ImageSource, index: int) -> str:
    """Return the image number for narrow places, "Im 27".

    The place in the stack where there is none, "" where the image is the only one.
    """
    image = _image_number(stack, index)
    return _place(stack, index) if image is None else translate("Im {image}", image=image)


def _image_number(stack: ImageSource, index: int) -> int | None:
    return stack.headers[index].image_number if 0 <= index < len(stack) else None


def _place(stack: ImageSource, index: int) -> str:
    return f"({index + 1}/{len(stack)})" if len(stack) > 1 else ""


def place_record(stack: ImageSource, index: int, *, known_only: bool = True) -> dict[str, Any]:
    """Return number, place and view of a slice, for programs.

    Parameters
    ----------
    known_only : bool
        As in `aspect_text`; a series number that is none is left out, too.
    """
    header, series = stack.headers[index], stack.identity.series_number
    aspect = header.attributes.aspect
    is_number = series.isdecimal() and len(series) <= LONGEST_NUMBER
    return {
        "series_number": series if is_number or not known_only else "",
        "instance_number": header.instance_number,
        "image_number": header.image_number,
        "slice": index + 1,
        "slices": len(stack),
        "side": aspect.side or None,
        "view": view_text(aspect, known_only=known_only) or None,
    }


def series_number_text(stack: ImageSource) -> str:
    """Return the number of the series, "Se 3"; "" where it has none."""
    number = stack.identity.series_number
    return translate("Se {series}", series=number) if number else ""


def only_image_text(stack: ImageSource) -> str:
    """Return the number of the one image or loop that a stack is, "Im 2".

    "" where it is of several.
    """
    numbers = {header.image_number for header in stack.headers}
    return images_text(stack) if len(numbers) == 1 else ""


def images_text(stack: ImageSource) -> str:
    """Return a stack's first and last image number, "Im 1–133", or ""."""
    numbers = [header.image_number for header in stack.headers]
    first, last = numbers[0], numbers[-1]
    if first is None or last is None:
        return ""
    return translate("Im {image}", image=first if first == last else f"{first}–{last}")


def aspect_text(aspect: Aspect, *, known_only: bool = False) -> str:
    """Return side and view as the clinic writes them.

    "RMLO", "Left · PA", "ANT", "LAO 30° CRA 20°".

    Parameters
    ----------
    known_only : bool
        Leave out what the file says in words of its own, which may name a person.
    """
    if not (aspect.side or aspect.view or aspect.modifiers):  # most images
        return ""
    view = aspect.view if _is_known(aspect.view) or not known_only else ""
    if aspect.side in ("R", "L") and aspect.view in MAMMOGRAPHIC:
        side, view = "", f"{aspect.side}{'?' if aspect.is_contradicted else ''}{view}"
    else:
        side = translate(SIDES[aspect.side]) if aspect.side in SIDES else ""
        side = f"{side}?" if side and aspect.is_contradicted else side
    modifiers = _modifiers(aspect, known_only)
    return " · ".join(part for part in (side, view, listed(map(translate, modifiers))) if part)


def sides_text(header: SliceHeader) -> str:
    """Return that side or view of a projection are not stated.

    "" where they are, and where every image says it by its place in space.
    """
    attributes = header.attributes
    if attributes.modality not in SEEN_THROUGH or any(direction_letters(header.geometry)):
        return ""
    has_side, has_view = bool(attributes.aspect.side), bool(attributes.aspect.view)
    if attributes.modality == "NM" and not has_view:
        return translate("view not stated") if has_side else translate("view and sides not stated")
    return "" if has_side else translate("sides not stated")


def view_text(aspect: Aspect, *, known_only: bool = False) -> str:
    """Return the view for programs, "MLO, magnification".

    It is in English, or in words of the file's own.
    """
    view = aspect.view if _is_known(aspect.view) or not known_only else ""
    return ", ".join(part for part in (view, *_modifiers(aspect, known_only)) if part)


def _is_known(view: str) -> bool:
    return view in KNOWN_VIEWS or ANGLES.fullmatch(view) is not None


def _modifiers(aspect: Aspect, known_only: bool) -> list[str]:
    return [text for text in aspect.modifiers if text in KNOWN_MODIFIERS or not known_only]


def short_aspect_text(aspect: Aspect) -> str:
    """Return side and view where there is little room: "RMLO", "Left PA"."""
    return aspect_text(aspect._replace(modifiers=())).replace(" · ", " ")


def stack_aspect_text(stack: ImageSource, *, known_only: bool = False) -> str:
    """Return the sides and views of a stack's images: "RMLO", "ANT, POST"."""
    said = [aspect_text(aspect, known_only=known_only) for aspect in stack.aspects[: SEVERAL + 1]]
    texts = list(dict.fromkeys(text for text in said if text))
    return listed(texts[:SEVERAL]) + (" …" if len(texts) > SEVERAL else "")


def part_text(part: Sequence[tuple[str, str]]) -> str:
    """Return the text that distinguishes a stack within its series.

    "b 1000 s/mm² · phase 3".
    """
    said = [
        translate(PART_WORDS[name], value=_type_words(value) if name == "type" else value)
        for name, value in part
        if value
    ]
    return " · ".join(said)


def _type_words(image_type: str) -> str:
    """Return an Image Type in words, without the usual ones."""
    codes = [code for code in image_type.split("\\") if code]
    telling = [code for code in codes if code not in USUAL_TYPES] or codes
    return listed(dict.fromkeys(code_words(code).for_user() for code in telling))


def spacing_notes(stack: ImageSource) -> tuple[str, str]:
    """Return tilt, gaps and distances of slices, in short and in full.

    "tilt 18.5° · uneven slices", and a sentence for each; "" where it has none.
    """
    notes = [note for note in stack.warnings if note.text in SPACING_WORDS]
    words = (translate(SPACING_WORDS[note.text], **dict(note.facts)) for note in notes)
    return " · ".join(dict.fromkeys(words)), "\n".join(note.for_user() for note in notes)


@kept_by_language
def position_text(stack: ImageSource, index: int) -> str:
    """Return the position of a slice, as "H 45.0 mm", or "".

    It is that of its middle, along the axis nearest to its normal, with the letter of the side (PS3.3
    C.7.6.2.1.1).
    """
    axis = PLANE_AXES.get(stack.plane)
    middle = (stack.rows - 1) / 2, (stack.columns - 1) / 2
    place = to_patient(stack.geometry(index), *middle) if axis is not None and len(stack) else None
    if axis is None or place is None:
        return ""
    return f"{PATIENT_SIDES[axis][place[axis] < 0]} {abs(place[axis]):.1f} mm"
