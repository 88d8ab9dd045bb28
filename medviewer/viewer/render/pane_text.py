"""Arrangement of texts in a pane, by priority."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from medviewer.imaging.display import AS_STORED, ViewTransform
from medviewer.imaging.frame import FrameGeometry
from medviewer.imaging.identity import Identity
from medviewer.imaging.processing import ORIGINAL
from medviewer.plain_text import side_by_side
from medviewer.translation import listed, translate
from medviewer.viewer.render.text_layout import LARGE_PX, MIDDLE_PX, SMALL_PX, Line, PaneText, ResultChip
from medviewer.viewer.render.text_level import TextLevel
from medviewer.viewer.state import PaneState, Token
from medviewer.viewer.texts import (
    acquisition_lines,
    aspect_text,
    exposure_text,
    heat_lines,
    heat_of,
    image_marks,
    is_processed,
    map_unit_text,
    name_doubt,
    no_scale_text,
    number_text,
    numbers_text,
    orientation_mark,
    patient_lines,
    pixel_words,
    plane_text,
    position_text,
    processed_without_texts,
    processing_tag,
    result_text,
    result_without_texts,
    series_title,
    short_aspect_text,
    short_number_text,
    sides_text,
    slice_text,
    spacing_text,
    study_moment_text,
    view_texts,
    view_title,
    withheld_text,
    without_texts,
)

if TYPE_CHECKING:
    from medviewer.imaging.processing import Processed

PATIENT_COLORS: Final = ("#1f6fa5", "#8a4fa8", "#2c7a4b", "#a3455f")
"""Grounds of the identity bars when several patients are on the screen; white text reads on each."""

LETTERS_KEPT: Final = 16


@dataclass(frozen=True, slots=True)
class TextOptions:
    """Choice of visible texts, and the patient among several.

    Parameters
    ----------
    identity : bool
        Whether patients may be named.
    level : TextLevel
        How much is written.
    names : bool
        It is the pane that names the patient for all, or one of several patients.
    patient : int or None
        From 0; None: there is only one.
    result : bool
        It says the result, which other panes of the same image leave out.
    plane : bool
        The title strip says the plane, as several are on the screen.
    beside : bool
        It is one of several equal panes, whose title strips say whose image each is.
    dated : bool
        Several studies are beside each other, whose dates the title strips say.
    apart : str
        How long before the latest study on the screen its study was, "20 months before".
    in_film : bool
        It is small, and says in its title strip that it is processed.
    drawn : str
        What a segmentation was drawn upon, "Segmentation of Se 2 · PET WB".
    loading : bool
        Slices are still being found, so that a gap between those found says nothing of the series.
    """

    identity: bool = True
    level: TextLevel = TextLevel.ALL
    names: bool = True
    patient: int | None = None
    result: bool = True
    plane: bool = False
    beside: bool = False
    dated: bool = True
    apart: str = ""
    in_film: bool = False
    drawn: str = ""
    loading: bool = False


def compose_pane_text(
    state: PaneState,
    processed: "Processed | None",
    *,
    complete: bool,
    options: TextOptions,
    level: int = 0,
    middle: str = "",
) -> PaneText:
    """Return all texts of a pane.

    Parameters
    ----------
    complete : bool
        The image on the screen is the state's own. Otherwise nothing is said that belongs to an image:
        no window, no result.
    level : int
        How often the image on the screen was halved.
    middle : str
        What is said in the middle of the pane, where nothing is said of a failure.
    """
    bar, color = _identity_bar(state.identity, options)
    said = state if options.identity else without_texts(state)  # what people typed may name a person, too
    if processed is not None and not options.identity:
        processed = processed_without_texts(processed)
    frame = said.frame if complete and not state.failure else None
    is_brief = options.level is TextLevel.LETTERS
    withheld = (
        "" if frame is None or options.in_film else withheld_text(state)
    )  # a small pane's caption says it
    text = PaneText(
        top_left=tuple(_marks(said, options)) if is_brief and not state.failure else (),
        letters=("", "", "", "") if state.failure else _letters(state),
        result=_result(state, options) if frame is not None and options.result else None,
        middle=state.failure.for_user() or withheld or middle,
        identity_bar=bar,
        identity_color=color,
    )
    if is_brief:
        return text
    text = replace(
        text,
        top_left=_top_left(said, options),
        top_right=_top_right(said, options, waiting=frame is None and not state.failure),
        bottom_left=_bottom_left(said, processed, level, options.level) if frame is not None else (),
        bottom_right=_bottom_right(state) if frame is not None else (),
        says_zoom=frame is not None,
    )
    return _few(text) if options.level is TextLevel.FEW else text


def _few(text: PaneText) -> PaneText:
    """Leave out the texts of large panes."""

    def kept(lines: tuple[Line, ...]) -> tuple[Line, ...]:
        return tuple(line.at(MIDDLE_PX) for line in lines if line.is_mark or line.from_px <= MIDDLE_PX)

    return replace(
        text,
        top_left=kept(text.top_left),
        top_right=kept(text.top_right),
        bottom_left=kept(text.bottom_left),
        bottom_right=(),
        says_zoom=False,
    )


def caption_text(state: PaneState, processed: "Processed | None") -> tuple[str, str]:
    """Return in a few words how an image was made, and in a line all of it."""
    heat = [line.for_user() for line in heat_lines(state)]
    if heat:
        found = heat_of(state)
        return heat[0] if found is None else found.caption.for_user(), "\n".join(heat)
    if processed is None:
        return "", ""
    made = [said.for_user() for said in (*processed.steps, *processed.rendering_steps)]
    brief = [said.for_user() for said in processed.brief] or made
    tag = [processing_tag(state)[1]] if state.processing != ORIGINAL else []  # its strip may have an icon
    return " · ".join(brief), "\n".join(line for line in (" · ".join(made), *tag) if line)


def says_result(panes: Mapping[int, PaneState], focus: int) -> set[int]:
    """Return the panes that say a result.

    Of those with one image the focused one, else the first. The other panes of that image would say the
    same and cover their image with it.
    """
    speakers: dict[Token, int] = {}
    for number in sorted(panes, key=lambda number: (number != focus, number)):
        speakers.setdefault(panes[number].token, number)
    return set(speakers.values())


def shown_geometry(state: PaneState) -> FrameGeometry:
    """Return the geometry of the pane's frame, decoded or not."""
    return state.header.geometry if state.frame is None else state.frame.geometry


def spoken_text(state: PaneState, number: int) -> str:
    """Return the text of a pane for screen readers.

    Its number, counted from 0, comes first. No identity, which others may hear.
    """
    said = [
        translate("Pane {number}", number=number + 1),
        view_title(state),
        series_title(state.stack, hidden=True),
        slice_text(state),
        orientation_mark(state),
        state.failure.for_user(),
    ]
    if _about_this_frame(state) and state.result is not None:
        text = result_text(state.result)
        said.append(f"{text.headline} · {translate('not valid')}" if text.is_struck else text.headline)
    return listed(part for part in said if part)


def _top_left(state: PaneState, options: TextOptions) -> tuple[Line, ...]:
    """Return the lines of the upper left corner: patient, marks, warnings."""
    who: list[Line] = []
    if options.identity and (options.names or options.patient is not None):
        attributes = state.header.attributes if state.frame is None else state.frame.attributes
        first, *lines = patient_lines(state.identity, attributes)
        doubt = name_doubt(state.stack)
        name = Line(first, "attention" if doubt else "strong", rank=2, wraps=True, reason=doubt)
        who = [name, *(Line(text, rank=3) for text in lines)]
        told = -1 if state.identity.id_beside_name else 0  # by the ID, else by the name
        who[told] = replace(who[told], rank=0, from_px=MIDDLE_PX, wraps=True)
    elif not options.identity:
        who = [Line(translate("Identity hidden"), "quiet", rank=4)] if options.names else []
        if state.frame is not None and state.frame.attributes.may_show_identity:
            text = translate("The pixels themselves may name the patient.")
            who.append(Line(text, "attention", rank=0, from_px=SMALL_PX, wraps=True))
    who += _marks(state, options)
    if options.drawn:
        who.append(Line(options.drawn, "strong", rank=1, from_px=MIDDLE_PX, wraps=True))
    if state.frame is not None:
        who += [Line(text, "quiet", rank=1, from_px=MIDDLE_PX) for text in view_texts(state)]
    if state.frame is not None and state.processing == ORIGINAL:
        marked = None if state.frame.damage is None else state.frame.damage.note()
        warnings = [said for said in (state.seen or state.frame).warnings if said != marked]
        who += [
            Line(warning.for_user(), "attention", rank=6, wraps=True, from_px=MIDDLE_PX)
            for warning in warnings
        ]
    return tuple(who)


def _marks(state: PaneState, options: TextOptions) -> list[Line]:
    """Return the marks that are shown as long as the image is."""
    is_turned = state.seen_orientation != AS_STORED
    lines = [Line(text, "attention", 0, short=short, is_mark=True) for text, short in image_marks(state)]
    if state.processing != ORIGINAL:  # three of four panes have this one
        lines[-1 - is_turned] = replace(lines[-1 - is_turned], role="quiet")
        if options.in_film and is_processed(state):  # its title strip says so
            lines.pop(-1 - is_turned)
    return [*_aspect(state), *lines]


def _aspect(state: PaneState) -> list[Line]:
    """Return the lines of side and view, stated or not.

    They distinguish the images of a pair.
    """
    aspect = state.header.attributes.aspect
    text, role = aspect_text(aspect), "attention" if aspect.is_contradicted else "text"
    said = [Line(text, role, 0, short=short_aspect_text(aspect), is_mark=True)] if text else []
    unsaid = sides_text(state.header)
    return [*said, Line(unsaid, "attention", 0, is_mark=True)] if unsaid else said


def _top_right(state: PaneState, options: TextOptions, *, waiting: bool) -> tuple[Line, ...]:
    """Return the lines of the upper right corner: study, series, slice."""
    who, is_hidden = state.identity, not options.identity
    described = "" if is_hidden else who.study_description  # what people typed may name a person
    title, *rest = plane_text(state, hidden=is_hidden).split(" · ")
    first = described or who.modality
    plane = " · ".join(rest if title == first else (title, *rest))  # it need not be said twice
    upper = [
        Line(first, rank=5, trims_middle=False),
        Line(side_by_side(("" if is_hidden else study_moment_text(who), options.apart)), rank=4),
        Line(plane, rank=3, short=plane.split(" · ")[0], from_px=MIDDLE_PX),
        Line(position_text(state.stack, state.index), rank=4),
    ]
    waits = "… " if waiting else ""
    stack, index = state.stack, state.index
    numbers = Line(
        waits + number_text(stack, index),
        "strong",
        rank=0,
        short=waits + numbers_text(stack, index),
        shortest=waits + short_number_text(stack, index),
        from_px=SMALL_PX,
        by_size=True,
    )
    return tuple(line for line in (*upper, numbers) if line.text)


def _bottom_left(
    state: PaneState, processed: "Processed | None", level: int, amount: TextLevel
) -> tuple[Line, ...]:
    """Return the lines of the lower left corner: window, processing."""
    words, frame = pixel_words(state, processed, repeat_window=False), state.frame
    if words is None or frame is None:
        return ()
    steps = words.steps
    if level:
        steps = f"{steps} → {translate('{scale}× reduced', scale=f'{0.5**level:g}')}"
    measured = [found.for_user() for found in processed.measured] if processed is not None else []
    told = acquisition_lines(state) if amount is TextLevel.ACQUISITION else [exposure_text(state)]
    lines = (
        Line(listed(measured), rank=1),
        Line(words.window, "strong", 0, short=words.numbers, from_px=SMALL_PX, by_size=True),
        Line(map_unit_text(state), rank=2, from_px=MIDDLE_PX),
        *(Line(text, rank=3) for text in told),
        Line(steps, "quiet", rank=2, from_px=MIDDLE_PX if frame.is_color else LARGE_PX),
    )
    return tuple(line for line in lines if line.text)


def _bottom_right(state: PaneState) -> tuple[Line, ...]:
    return (Line(spacing_text(state) or no_scale_text(state), "quiet", trims_middle=False),)


def _about_this_frame(state: PaneState) -> bool:
    result = state.result
    # guard(-> result is not None): words of a result stand on its own frame only
    return result is not None and state.token.key is not None and result.key == state.token.key


def _result(state: PaneState, options: TextOptions) -> ResultChip | None:
    """Return the result for the title strip.

    None unless the result is about this very frame.
    """
    if state.result is None or not _about_this_frame(state):
        return None
    text = result_text(state.result if options.identity else result_without_texts(state.result))
    headline = text.headline
    if text.is_struck:
        headline = f"{headline} · {translate('classified anyway, not valid')}"
    # guard(-> text.brief): on an image no class is named that is not valid
    said = translate("not valid") if text.is_struck else text.brief
    return ResultChip(
        translate("AI · {result}", result=said),
        tuple(line for line in (headline, *text.details, *text.cautions, text.source) if line),
        kind=text.kind,
    )


def _letters(state: PaneState) -> tuple[str, str, str, str]:
    return _edge_letters(state.view, shown_geometry(state))


@lru_cache(LETTERS_KEPT)
def _edge_letters(view: ViewTransform, known: FrameGeometry) -> tuple[str, str, str, str]:
    return view.edge_letters(known)


def _identity_bar(who: Identity, options: TextOptions) -> tuple[str, str]:
    if options.patient is None:
        return "", ""
    said = translate("Patient {letter}", letter=chr(ord("A") + options.patient % 26))
    if options.identity:
        said = side_by_side((said, who.shown_name, who.id_beside_name))
    return said, PATIENT_COLORS[options.patient % len(PATIENT_COLORS)]
