"""The file of the user's own hanging rules, in TOML."""

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from medviewer import limits, paths
from medviewer.errors import NotWrittenError
from medviewer.imaging.processing import ORIGINAL, PROCESSINGS
from medviewer.storage import read_kept, read_to_change, set_aside, write_private, writer_lock
from medviewer.translation import NOTHING, mark, message
from medviewer.viewer.layouts.layouts import LAYOUTS, panes_of
from medviewer.viewer.layouts.rules import HangingRule, PaneRule

FILE_NAME: Final = "hanging.toml"
MOST_RULES: Final = 200
MOST_BYTES: Final = 1 << 20
LARGEST: Final = 1e15  # of a window's numbers
SMALLEST: Final = 1e-15
PLANES: Final = ("", "Axial", "Coronal", "Sagittal", "Oblique")

DAMAGE: Final = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)

Rules = tuple[HangingRule, ...]
Change = Callable[[Rules], Rules]

HEAD: Final = """\
# Hanging rules of medviewer. The first rule that fits a study holds.
# series: the series description; * stands for any letters, | parts alternatives.
# plane: Axial, Coronal, Sagittal.
# view: the view position of a projection. window: [center, width]. automatic = false: only when asked for.
"""


class RuleFile:
    """The user's own hanging rules, the newest first.

    Other windows write the file, too, and people with an editor. What they have changed is taken by
    `refresh`, and stays when this window changes a rule. A damaged file is set aside.

    Attributes
    ----------
    rules : tuple of HangingRule
        The newest first.
    notice : Message
        To show once; nothing where all is well.
    """

    def __init__(self) -> None:
        self._file = paths.user_folder("config") / FILE_NAME
        self.rules: Rules = ()
        self.notice = NOTHING
        self._seen: bytes | None = None  # the file as this window knows it
        self._unwritten: list[Change] = []  # it refused them
        try:
            self._seen = read_kept(self._file, MOST_BYTES)
            self.rules = _rules(self._seen)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError:
            self.notice = message("The hanging rules could not be read; studies hang as usual.")
        except DAMAGE:
            self._set_aside()

    def refresh(self) -> None:
        """Take the changes of others from the file.

        One that cannot be read so, perhaps half typed in an editor, is left as it is; the rules from before
        hold, which the notice says.
        """
        try:
            found = read_kept(self._file, MOST_BYTES)
        except (OSError, ValueError):
            return  # it is met again when something is to be kept
        if found == self._seen:
            return
        self._seen = found
        try:
            self.rules = self._changed(_rules(found))
        except DAMAGE:
            self.notice = message(
                "{name} was changed and cannot be read so; the hanging rules from before hold.",
                name=FILE_NAME,
            )

    def keep(self, rule: HangingRule) -> None:
        """Put a rule first, in the place of one of its name or kind.

        Raises
        ------
        WriteError
            The file could not be written; the rule holds until the program ends.
        """
        rule = _readable(rule)
        self._change(lambda rules: _with_first(rule, rules))

    def keep_new(self, rule: HangingRule) -> HangingRule:
        """Put a rule first under its name with a free number; return it.

        Raises
        ------
        WriteError
            As `keep`.
        """
        bare = _readable(rule)
        numbered = bare

        def with_new(rules: Rules) -> Rules:
            nonlocal numbered
            taken = {one.name for one in rules}
            names = (f"{bare.name} ({number})".strip() for number in range(1, len(taken) + 2))
            numbered = replace(bare, name=next(name for name in names if name not in taken))
            return _with_first(numbered, rules)

        self._change(with_new)
        return numbered

    def remove(self, rule: HangingRule) -> None:
        """Forget a rule.

        Raises
        ------
        WriteError
            The file could not be written.
        """
        self._change(lambda rules: tuple(one for one in rules if one != rule))

    def keep_only(self, is_kept: Callable[[HangingRule], bool]) -> None:
        """Forget all other rules.

        Raises
        ------
        WriteError
            The file could not be written.
        """
        self.refresh()
        if not all(map(is_kept, self.rules)):
            self._change(lambda rules: tuple(filter(is_kept, rules)))

    def _change(self, change: Change) -> None:
        """Change the rules in the file, and those of this window.

        In the file others may stand by now.
        """
        known = self.rules
        self._unwritten.append(change)
        self.rules = change(known)
        with writer_lock(self._file.parent):
            there = self._in_file()
            # guard(self._changed(there) -> change(known)): rules that others wrote into the file stay there
            rules = change(known) if there is None else self._changed(there)
            content = (HEAD + "".join(map(rule_text, rules))).encode("utf-8")
            write_private(self._file, content)
        self.rules, self._seen = rules, content
        self._unwritten.clear()

    def _changed(self, rules: Rules) -> Rules:
        """Return rules with the changes that are not in the file yet."""
        for change in self._unwritten:
            rules = change(rules)
        return rules

    def _in_file(self) -> Rules | None:
        """Return the rules in the file; None where it has none.

        A damaged one is set aside.

        Raises
        ------
        WriteError
            The file can neither be read nor set aside.
        """
        try:
            found = read_to_change(self._file, MOST_BYTES)
            return None if found is None else _rules(found)
        except DAMAGE as error:
            # guard(test): a damaged file of rules that cannot be set aside is not written over
            if not self._set_aside():
                raise NotWrittenError(path=self._file, reason=mark("it is damaged")) from error
            return None

    def _set_aside(self) -> bool:
        kept = set_aside(self._file)
        self.notice = message(
            "The hanging rules could not be read; studies hang as usual, and the old file is kept as {name}.",
            name=FILE_NAME if kept is None else kept.name,
        )
        return kept is not None


def _with_first(rule: HangingRule, rules: Rules) -> Rules:
    others = [one for one in rules if one.name != rule.name and not _replaces(rule, one)]
    return (rule, *others)[:MOST_RULES]


def _readable(rule: HangingRule) -> HangingRule:
    """Return a rule as it can be read from the file again.

    One that cannot would cost all others with it.
    """
    panes = tuple(
        PaneRule(
            _clean(pane.series),
            _clean(pane.plane),
            _clean(pane.view),
            pane.processing,
            pane.window if pane.window is not None and _is_window(*pane.window) else None,
        )
        for pane in rule.panes
    )
    texts = _clean(rule.name), _clean(rule.modality), _clean(rule.body_part)
    return replace(rule, name=texts[0], modality=texts[1], body_part=texts[2], panes=panes)


def _clean(text: str) -> str:
    """Return a text without signs that TOML does not hold, cut at a limit."""
    held = text[: limits.TEXT_SHOWN].encode("utf-8", "replace").decode("utf-8")
    return "".join(sign if sign.isprintable() else " " for sign in held)


def _is_window(center: float, width: float) -> bool:
    return abs(center) < LARGEST and SMALLEST <= width < LARGEST


def _replaces(rule: HangingRule, other: HangingRule) -> bool:
    both_hang = rule.is_automatic and other.is_automatic
    return both_hang and (rule.modality, rule.body_part) == (other.modality, other.body_part)


def rule_text(rule: HangingRule) -> str:
    """Return a rule as TOML."""
    lines = ["", "[[rule]]", *_lines(("name", "modality", "body_part", "layout"), rule)]
    if not rule.is_automatic:
        lines.append("automatic = false")
    for pane in rule.panes:
        lines += ["", "[[rule.pane]]", *_lines(("series", "plane", "view", "processing"), pane)]
        if pane.window is not None:
            lines.append(f"window = [{pane.window[0]:.6g}, {pane.window[1]:.6g}]")
    return "\n".join(lines) + "\n"


def _lines(names: tuple[str, ...], owner: HangingRule | PaneRule) -> list[str]:
    said = {name: str(getattr(owner, name)) for name in names}
    return [f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in said.items() if text]


def _rules(content: bytes) -> tuple[HangingRule, ...]:
    return tuple(map(_rule, _tables(tomllib.loads(content.decode("utf-8")))))


def _tables(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    tables = content.get("rule", [])
    if not isinstance(tables, list) or len(tables) > MOST_RULES or set(content) - {"rule"}:
        raise ValueError("not a file of rules")
    return tables


def _rule(table: Mapping[str, Any]) -> HangingRule:
    layout, panes = table["layout"], tuple(map(_pane, table["pane"]))
    if layout not in LAYOUTS or not 0 < len(panes) <= panes_of(layout):
        raise ValueError("not a layout with these panes")
    rule = HangingRule(
        _text(table, "name"), layout, panes, _text(table, "modality"), _text(table, "body_part")
    )
    automatic = table.get("automatic", True)
    if not isinstance(automatic, bool) or not rule.name:
        raise ValueError("not a rule")
    return replace(rule, is_automatic=automatic)


def _pane(table: Mapping[str, Any]) -> PaneRule:
    window = table.get("window")
    pane = PaneRule(_text(table, "series"), _text(table, "plane"), _text(table, "view"))
    processing = _text(table, "processing") or ORIGINAL
    if processing not in PROCESSINGS or pane.plane not in PLANES:
        raise ValueError("no such processing or plane")
    if window is None:
        return replace(pane, processing=processing)
    center, width = (float(value) for value in window)
    if not _is_window(center, width):
        raise ValueError("no window")
    return replace(pane, processing=processing, window=(center, width))


def _text(table: Mapping[str, Any], name: str) -> str:
    text = table.get(name, "")
    if not isinstance(text, str):
        raise TypeError(name)
    return text
