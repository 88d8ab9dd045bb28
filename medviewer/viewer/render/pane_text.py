"""Arrangement of texts in a pane, by priority."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from medviewer.imaging.display import AS_STORED, ViewTransform
from medviewer.imaging.frame import Frame, FrameGeometry
from medviewer.imaging.identity import Identity
from medviewer.imaging.processing import ORIGINAL
from medviewer.imaging.source import ImageSource
from medviewer.plain_text import side_by_side
from medviewer.translation import kept_by_language, translate
from medviewer.viewer.render.text_layout import Line, PaneText
from medviewer.viewer.state import PaneState, Token
from medviewer.viewer.texts import (
    aspect_text,
    corner_texts,
    date_text,
    image_marks,
    number_text,
    outcome_text,
    outcome_without_texts,
    processed_without_texts,
    series_title,
    short_aspect_text,
    short_number_text,
    slice_text,
    view_texts,
    without_texts,
)

if TYPE_CHECKING:
    from medviewer.imaging.processing import Processed

PATIENT_COLORS: Final = ("#1f6fa5", "#8a4fa8", "#2c7a4b", "#a3455f")
"""Grounds of the identity bars when several patients are on the screen; white text reads on each."""

LETTERS_KEPT: Final = 16
SHORT_DESCRIPTION: Final = 12  # characters of a study's description that stay beside its date


@dataclass(frozen=True, slots=True)
class Showing:
    """Choice of visible texts, and the patient among several."""

    identity: bool = True
    text: bool = True
    patient: int | None = None  # from 0; None: there is only one
    result: bool = True  # not where another pane of the same image says it


def compose_pane_text(
    state: PaneState,
    processed: "Processed | None",
    *,
    complete: bool,
    showing: Showing,
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
    bar, color = _identity_bar(state.identity, showing)
    said = state if showing.identity else without_texts(state)  # what people typed may name a person, too
    if processed is not None and not showing.identity:
        processed = processed_without_texts(processed)
    letters = ("", "", "", "") if state.failure else _letters(state)
    if not showing.text:
        return PaneText(
            top_left=() if state.failure else tuple(_marks(said)),
            letters=letters,
            middle=state.failure.for_user() or middle,
            identity_bar=bar,
            identity_color=color,
        )
    corners = corner_texts(said, not showing.identity, processed, repeat_window=False)
    frame = said.frame if complete and not state.failure else None
    return PaneText(
        top_left=_who(said, corners["top_left"], showing),
        top_right=_where(
            said.stack,
            said.index,
            tuple(corners["top_right"]),
            waiting=frame is None and not state.failure,
        ),
        bottom_left=_how(frame, corners["bottom_left"], processed, level) if frame is not None else (),
        strip=_result(state, showing) if frame is not None and showing.result else (),
        letters=letters,
        middle=state.failure.for_user() or middle,
        identity_bar=bar,
        identity_color=color,
        says_zoom=frame is not None,
    )


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


def spoken_text(state: PaneState) -> str:
    """Return the text of a pane for screen readers.

    No identity, which others may hear.
    """
    said = [series_title(state.stack, hidden=True), slice_text(state), state.failure.for_user()]
    if _about_this_frame(state) and state.outcome is not None:
        text = outcome_text(state.outcome)
        said.append(f"{text.headline} · {translate('not valid')}" if text.is_struck else text.headline)
    return ", ".join(part for part in said if part)


def _who(state: PaneState, lines: list[str], showing: Showing) -> tuple[Line, ...]:
    if showing.identity:
        *first, last = lines
        names = (Line(text, rank=2, wraps=True) for text in first)
        who = [*names, Line(last, rank=0, essential=True, wraps=True)]
    else:
        who = [Line(translate("Identity hidden"), "quiet", rank=4)]
        if state.frame is not None and state.frame.attributes.may_show_identity:
            text = translate("The pixels themselves may name the patient.")
            who.append(Line(text, "attention", rank=0, essential=True))
    who += _marks(state)
    if state.frame is not None:
        who += [Line(text, "quiet", rank=1, essential=True) for text in view_texts(state)]
    if state.frame is not None and state.processing == ORIGINAL:
        marked = None if state.frame.damage is None else state.frame.damage.note()
        warnings = [said for said in (state.seen or state.frame).warnings if said != marked]
        who += [Line(warning.for_user(), "attention", rank=6, wraps=True) for warning in warnings]
    return tuple(who)


def _marks(state: PaneState) -> list[Line]:
    """Return the marks that are shown as long as the image is."""
    is_turned = state.seen_orientation != AS_STORED
    lines = [Line(text, "attention", 0, short=short, is_mark=True) for text, short in image_marks(state)]
    if state.processing != ORIGINAL:  # three of four panes have this one
        lines[-1 - is_turned] = replace(lines[-1 - is_turned], role="quiet")
    return [*_aspect(state), *lines]


def _aspect(state: PaneState) -> list[Line]:
    """Return side and view, which distinguish the images of a pair."""
    aspect = state.header.attributes.aspect
    text, role = aspect_text(aspect), "attention" if aspect.is_contradicted else "text"
    return [Line(text, role, 0, short=short_aspect_text(aspect), is_mark=True)] if text else []


@kept_by_language
def _where(stack: ImageSource, index: int, lines: tuple[str, ...], *, waiting: bool) -> tuple[Line, ...]:
    *upper, place = lines
    who = stack.identity
    series, modality = who.series_description, who.modality
    if series and series not in upper:
        upper.append(series)
    number, shortest = number_text(stack, index), short_number_text(stack, index)
    if upper and upper[0].split(" ")[0] == modality:  # it need not be said twice
        upper = [upper[0], *(text for text in upper[1:] if text != modality)]
    if waiting:
        place, number, shortest = f"… {place}", f"… {number}", f"… {shortest}"
    ranked = []
    for rank, text in enumerate(upper, start=3):
        short, least = _around_date(text, who)
        ranked.append(Line(text, rank=rank, short=short, shortest=least))
    return (*ranked, Line(place, rank=0, essential=True, short=number, shortest=shortest))


def _around_date(text: str, who: Identity) -> tuple[str, str]:
    """Return the short form of a text that ends with the study date.

    The date is never cut.
    """
    date = date_text(who.study_date)
    if not date or not text.endswith(f" {date}"):
        return "", ""
    short = side_by_side((f"{text[:SHORT_DESCRIPTION].strip()}…", date), " ")
    return short, date


def _how(frame: Frame, lines: list[str], processed: "Processed | None", level: int) -> tuple[Line, ...]:
    *window, fidelity = lines
    if level:
        fidelity = f"{fidelity} → {translate('{scale}× reduced', scale=f'{0.5**level:g}')}"
    measured = [found.for_user() for found in processed.measured] if processed is not None else []
    return (
        *(Line(text, rank=1) for text in [", ".join(measured)] if text),
        *(Line(text, rank=0, essential=True) for text in window),
        Line(fidelity, "quiet", rank=2, essential=frame.is_color),
    )


def _about_this_frame(state: PaneState) -> bool:
    outcome = state.outcome
    # guard(-> outcome is not None): words of a result stand on its own frame only
    return outcome is not None and state.token.key is not None and outcome.key == state.token.key


def _result(state: PaneState, showing: Showing) -> tuple[Line, ...]:
    """Return the strip's lines.

    None unless the outcome is about this very frame.
    """
    if state.outcome is None or not _about_this_frame(state):
        return ()
    text = outcome_text(state.outcome if showing.identity else outcome_without_texts(state.outcome))
    headline, role = text.headline, "text"
    if text.is_struck:
        headline = f"{headline} · {translate('classified anyway, not valid')}"
        role = "attention"
    said = " · ".join((headline, *(() if text.is_struck else text.details[:1])))  # said already
    first = Line(said, role, rank=0, essential=True, short=headline, wraps=True)
    warning = translate("research use only, not for diagnosis")
    return (
        first,
        *(Line(caution, "attention", rank=2, essential=True, wraps=True) for caution in text.cautions),
        Line(text.source, "quiet", rank=1, essential=True, short=warning),
    )


def _letters(state: PaneState) -> tuple[str, str, str, str]:
    return _edge_letters(state.view, shown_geometry(state))


@lru_cache(LETTERS_KEPT)
def _edge_letters(view: ViewTransform, known: FrameGeometry) -> tuple[str, str, str, str]:
    return view.edge_letters(known)


def _identity_bar(who: Identity, showing: Showing) -> tuple[str, str]:
    if showing.patient is None:
        return "", ""
    said = translate("Patient {letter}", letter=chr(ord("A") + showing.patient % 26))
    if showing.identity:
        said = side_by_side((said, who.shown_name, who.patient_id))
    return said, PATIENT_COLORS[showing.patient % len(PATIENT_COLORS)]
