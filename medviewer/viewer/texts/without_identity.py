"""A pane without any text that people typed into its files.

What an export that names nobody is made from. Whatever is a text from a file goes through the list of known
words, whichever field it stands in: one that is added later is left out by itself.
"""

import math
import re
from collections.abc import Generator
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import WeakKeyDictionary

from medviewer.imaging.frame import Aspect, CineTiming, Frame, PresentationTable
from medviewer.imaging.identity import Identity
from medviewer.imaging.presentation_state import Annotation, PresentationState, TextNote
from medviewer.imaging.source import ImageSource, ReadStored, SliceFacts, SliceHeader
from medviewer.inference.result import Gate, ModelResult
from medviewer.translation import Message, mark, translate
from medviewer.viewer.state import PaneState
from medviewer.viewer.texts.known_words import known_text

if TYPE_CHECKING:
    from medviewer.imaging.annotation import Annotation as Drawing
    from medviewer.imaging.processing import Processed

UNSAID: Final = "…"
OWN_NUMBERS: Final = frozenset({"b-value", "echo", "time", "phase", "trigger", "acquisition"})
KEPT: Final = frozenset({"sop_class_uid", "photometric_interpretation", "burned_in_annotation"})
"""Texts by which the program decides, and that it never writes into a picture."""
EMPTY_IF_UNSTATED: Final = frozenset({"unit_of_map"})
"""Texts of which "" says that the file states none, which a text that is left out does not mean."""

WHOLE: Final = frozenset({"unit", "units"})
"""Texts of which a part means something else: "HU" of "HU times ten"."""
MAY_TELL_WHO: Final = re.compile(r"[+-]?\d{6}")
"""A date of birth or an ID, where it stands instead of a measure."""

FILE_FACTS: Final = frozenset(
    {"modality", "unit", "type", "intent", "view", "part", "position", "word", "agent", "text"}
)
"""Facts of gates that a file has said; the others are the program's and the model's own."""

LEFT_OUT: Final = mark("(text left out)")

T = TypeVar("T")

_known_frames: WeakKeyDictionary[Frame, Frame] = WeakKeyDictionary()


def without_texts(pane: PaneState) -> PaneState:
    """Return a pane with all texts reduced to known words.

    Images, numbers and places are the same.
    """
    frame, state = pane.frame, pane.presentation
    return replace(
        pane,
        stack=_WithoutTexts(pane.stack, pane.index),
        frame=None if frame is None else _frame(frame),
        voi=None if pane.voi is None else _with_known(pane.voi),
        voi_subtracted=None if pane.voi_subtracted is None else _with_known(pane.voi_subtracted),
        presentation=None if state is None else _presentation(state),
        before_presentation=(None, pane.before_presentation[1]),
        annotations=tuple(map(_drawn, pane.annotations)),
        key_image=None if pane.key_image is None else _drawn(pane.key_image),
    )


def _drawn(one: "Drawing") -> "Drawing":
    return replace(one, text=note_without_identity(one.text))


def note_without_identity(text: str) -> str:
    """Return a typed text, each line whole or said to be left out."""
    lines: list[str] = []
    for line in text.splitlines():
        # guard((translate(LEFT_OUT) if line.strip() else '') -> ''): no note is left out silently
        shown = _line(line) or (translate(LEFT_OUT) if line.strip() else "")
        if not lines or lines[-1] != shown:
            lines.append(shown)
    return "\n".join(lines)


def result_without_texts(result: ModelResult) -> ModelResult:
    """Return a model's result without texts of its file."""
    refusal = None if result.refusal is None else _gate(result.refusal)
    reason = result.reason if refusal is None else refusal.message
    if reason is not None and refusal is None:
        reason = Message(reason.text, tuple((name, _known_fact(name, said)) for name, said in reason.facts))
    return replace(result, gates=tuple(map(_gate, result.gates)), reason=reason, refusal=refusal)


def processed_without_texts(processed: "Processed") -> "Processed":
    """Return a processed frame without texts of its file."""
    voi = None if processed.voi is None else _with_known(processed.voi)
    return replace(processed, frame=_frame(processed.frame), voi=voi)


def message_without_texts(message: Message) -> Message:
    """Return a sentence with the known words of the texts that it quotes."""
    return Message(message.text, tuple((name, _shown(value)) for name, value in message.facts))


def _shown(value: object) -> object:
    if isinstance(value, Message):
        return message_without_texts(value)
    return known_or_unsaid(value) if isinstance(value, str) else value


def known_or_unsaid(text: str) -> str:
    """Return the known words of a text, a number as it is.

    Where nothing is known, an ellipsis.
    """
    try:
        is_number = math.isfinite(float(text.replace(",", ".", 1)))  # Nan is a name
    except ValueError:
        is_number = False
    if is_number:
        return text if len(text) <= 12 and not MAY_TELL_WHO.match(text.strip()) else UNSAID
    return known_text(text) or UNSAID


class _WithoutTexts(ImageSource):
    """A source of which only known words are told.

    Only its shown slice is ever asked for.
    """

    key = ""

    def __init__(self, source: ImageSource, index: int) -> None:
        self._source = source
        self._headers = tuple(
            _header(one) if place == index else one for place, one in enumerate(source.headers)
        )

    @property
    def identity(self) -> Identity:
        return _identity(self._source.identity)

    @property
    def rows(self) -> int:
        return self._source.rows

    @property
    def columns(self) -> int:
        return self._source.columns

    @property
    def headers(self) -> tuple[SliceHeader, ...]:
        return self._headers

    @property
    def plane(self) -> str:
        return self._source.plane

    @property
    def warnings(self) -> tuple[Message, ...]:
        return tuple(map(message_without_texts, self._source.warnings))

    @property
    def of_files(self) -> frozenset[Message]:
        return frozenset(map(message_without_texts, self._source.of_files))

    @property
    def cine(self) -> CineTiming | None:
        return self._source.cine

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        return self._source.aspects

    @property
    def part(self) -> tuple[tuple[str, str], ...]:
        return known_part(self._source)

    def read(self, index: int, read_stored: ReadStored) -> Generator[None, None, Frame]:
        return self._source.read(index, read_stored)


def known_part(stack: ImageSource) -> tuple[tuple[str, str], ...]:
    """Return a stack's distinguishing attributes without texts of its files."""
    return tuple(
        (name, value if name in OWN_NUMBERS else known_or_unsaid(value)) for name, value in stack.part
    )


def _identity(who: Identity) -> Identity:
    number = who.series_number if who.series_number.isdecimal() and len(who.series_number) <= 5 else ""
    return Identity(modality=known_text(who.modality), series_number=number)


def _header(header: SliceHeader) -> SliceHeader:
    return SliceFacts(
        header.key,
        header.geometry,
        _with_known(header.attributes),
        header.instance_number,
        header.image_number,
        header.position_mm,
        tuple(map(message_without_texts, header.notes)),
    )


def _frame(frame: Frame) -> Frame:
    """Return the same frame for the same frame.

    What was found out about its pixels is kept with it.
    """
    if frame not in _known_frames:
        _known_frames[frame] = _frame_anew(frame)
    return _known_frames[frame]


def _frame_anew(frame: Frame) -> Frame:
    return replace(
        frame,
        attributes=_with_known(frame.attributes),
        modality=_with_known(frame.modality),
        voi=tuple(map(_with_known, frame.voi)),
        presentation_table=_table(frame.presentation_table),
        warnings=tuple(map(message_without_texts, frame.warnings)),
        overlays=tuple(map(_with_known, frame.overlays)),
    )


def _table(table: PresentationTable | None) -> PresentationTable | None:
    return None if table is None else _with_known(table)


def _presentation(state: PresentationState) -> PresentationState:
    return replace(
        state,
        label=known_text(state.label),
        description="",
        creator="",
        creation_date="",
        modality=None if state.modality is None else _with_known(state.modality),
        vois=tuple(replace(part, content=tuple(map(_with_known, part.content))) for part in state.vois),
        presentation_table=_table(state.presentation_table),
        annotations=tuple(replace(part, content=_annotation(part.content)) for part in state.annotations),
        overlays=tuple(map(_with_known, state.overlays)),
        warnings=tuple(map(message_without_texts, state.warnings)),
    )


def _annotation(drawn: Annotation) -> Annotation:
    texts = [replace(note, lines=_lines(note)) for note in drawn.texts]
    return replace(drawn, texts=tuple(note for note in texts if any(note.lines)))


def _lines(note: TextNote) -> tuple[str, ...]:
    return tuple(map(_line, note.lines))


def _line(line: str) -> str:
    """Return a typed line of known words only; "" for any other.

    A part of a line may say the contrary.
    """
    if _is_a_number(line):
        return line
    known = known_text(line)
    # guard(_letters(known) == _letters(line) -> True): no word of a note is left out of it
    return known if _letters(known) == _letters(line) else ""


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _is_a_number(line: str) -> bool:
    bare = line.replace(".", "", 1).replace("-", "", 1).strip()
    return len(line) <= 12 and bare.isdecimal() and not MAY_TELL_WHO.match(line.strip())


def _with_known(value: T) -> T:
    """Return a value with its texts reduced to known words.

    Enumerations and numbers stay.
    """
    assert is_dataclass(value)
    changed: dict[str, Any] = {}
    for field in fields(value):
        found = getattr(value, field.name)
        if field.name in KEPT:
            continue
        if type(found) is str:
            known = known_text(found)
            if field.name in WHOLE and known != found:
                known = ""
            changed[field.name] = None if field.name in EMPTY_IF_UNSTATED and found and not known else known
        elif isinstance(found, tuple) and found and all(type(one) is str for one in found):
            changed[field.name] = tuple(filter(None, map(known_text, found)))
    return replace(value, **changed) if changed else value  # type: ignore[type-var]  # it is one


def _gate(gate: Gate) -> Gate:
    return replace(gate, facts=_facts(gate.facts))


def _facts(facts: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, known_or_unsaid(value) if name in FILE_FACTS else value) for name, value in facts)


def _known_fact(name: str, value: object) -> object:
    return Message(known_or_unsaid(str(value))) if name in FILE_FACTS else value
