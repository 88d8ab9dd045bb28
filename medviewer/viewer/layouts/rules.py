"""Rules by which the series of a study hang in the panes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from medviewer.imaging.processing import ORIGINAL
from medviewer.imaging.source import ImageSource

Stack = TypeVar("Stack", bound=ImageSource)


@dataclass(frozen=True, slots=True)
class PaneRule:
    """Choice of series, processing and window of one pane.

    Parameters
    ----------
    series : str
        The Series Description; "*" stands for any letters, "|" parts alternatives; "" for any.
    plane : str
        "Axial", "Coronal" or "Sagittal"; "" for any.
    view : str
        View Position (0018,5101), with alternatives: "PA|AP"; "" for any.
    processing : str
        A row of the PROCESSINGS table.
    window : (center, width) or None
        None: as the file says.
    """

    series: str = ""
    plane: str = ""
    view: str = ""
    processing: str = ORIGINAL
    window: tuple[float, float] | None = None

    def fits(self, stack: ImageSource) -> bool:
        """Return whether the pane may show a stack."""
        attributes = stack.headers[0].attributes
        views = {attributes.view_position, attributes.aspect.view, *attributes.view_codes}
        return (
            _matches(self.series, (stack.identity.series_description,))
            and self.plane in ("", stack.plane)
            and _matches(self.view, views)
        )


@dataclass(frozen=True, slots=True)
class HangingRule:
    """Arrangement of the panes for studies of one kind.

    Parameters
    ----------
    modality, body_part : str
        (0008,0060) and (0018,0015), with alternatives; "" for any.
    layout : str
        A key of LAYOUTS.
    panes : tuple of PaneRule
        From the upper left one on.
    is_automatic : bool
        Studies of this kind hang so when they are opened; else only when it is asked for.
    """

    name: str
    layout: str
    panes: tuple[PaneRule, ...]
    modality: str = ""
    body_part: str = ""
    is_automatic: bool = True

    def is_for(self, stack: ImageSource) -> bool:
        """Return whether the rule is about studies with a stack."""
        attributes = stack.headers[0].attributes
        parts = (attributes.body_part, attributes.anatomic_region)
        return _matches(self.modality, (stack.identity.modality,)) and _matches(self.body_part, parts)

    def hang(self, stacks: Sequence[Stack]) -> dict[int, Stack]:
        """Return the stack of each pane; nothing if one would stay empty.

        A stack hangs in several panes only where no other one fits.
        """
        mine = [stack for stack in stacks if len(stack) and self.is_for(stack)]
        hung: dict[int, Stack] = {}
        for number, pane in enumerate(self.panes):
            fitting = [stack for stack in mine if pane.fits(stack)]
            if not fitting:
                return {}
            hung[number] = next((one for one in fitting if one not in hung.values()), fitting[0])
        return hung


def _matches(pattern: str, texts: Iterable[str]) -> bool:
    """Return whether one of the texts is as a pattern says, in any case."""
    if not pattern:
        return True
    found = [text.strip().casefold() for text in texts]
    for alternative in pattern.split("|"):
        parts = [part.strip().casefold() for part in alternative.split("*")]
        if any(_holds(text, parts) for text in found):
            return True
    return False


def _holds(text: str, parts: Sequence[str]) -> bool:
    """Return whether a text consists of parts with anything between them."""
    first, *others = parts
    if not others:
        return text == first
    last, at = others.pop(), len(first)
    if not text.startswith(first):
        return False
    for part in others:  # the first place of each leaves most room to those behind it
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - at >= len(last) and text.endswith(last)


_NATIVE: Final = PaneRule("*native*|*unenhanced*|*without*|*plain*|*non*contrast*|*平扫*", "Axial")
_ARTERIAL: Final = PaneRule("*arter*|*动脉*", "Axial")
_VENOUS: Final = PaneRule("*venous*|*portal*|*静脉*|*门脉*", "Axial")
_DELAYED: Final = PaneRule("*delay*|*late phase*|*equilib*|*延迟*", "Axial")

BUILT_IN: Final = (
    HangingRule(
        "chest with lateral",
        "1x2",
        (PaneRule(view="PA|AP"), PaneRule(view="LL|RL|LAT|LATERAL|LLO|RLO")),
        modality="CR|DX|RF",
        body_part="*CHEST*|*THORAX*",
    ),
    *(
        HangingRule(f"{len(panes)} phases", layout, panes, modality="CT|MR")
        for layout, panes in (
            ("2x2", (_NATIVE, _ARTERIAL, _VENOUS, _DELAYED)),
            ("1x3", (_NATIVE, _ARTERIAL, _VENOUS)),
            ("1x3", (_ARTERIAL, _VENOUS, _DELAYED)),
            ("1x2", (_ARTERIAL, _VENOUS)),
            ("1x2", (_NATIVE, _VENOUS)),
        )
    ),
)
"""Rules of the program, after those of the user; the first one that fits holds."""


def first_that_hangs(
    rules: Iterable[HangingRule], stacks: Sequence[Stack]
) -> tuple[HangingRule, dict[int, Stack]] | None:
    """Return the first automatic rule that fills its panes, and how."""
    for rule in rules:
        hung = rule.hang(stacks) if rule.is_automatic else {}
        if hung and (rule not in BUILT_IN or len({stack.key for stack in hung.values()}) == len(hung)):
            return rule, hung
    return None
