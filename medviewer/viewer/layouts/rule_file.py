"""The file of the user's own hanging rules, in TOML."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from medviewer import limits, paths
from medviewer.imaging.processing import ORIGINAL, PROCESSINGS
from medviewer.storage import read_kept, set_aside, write_private
from medviewer.translation import NOTHING, message
from medviewer.viewer.layouts.layouts import LAYOUTS, panes_of
from medviewer.viewer.layouts.rules import HangingRule, PaneRule

FILE_NAME: Final = "hanging.toml"
MOST_RULES: Final = 200
MOST_BYTES: Final = 1 << 20
LARGEST: Final = 1e15  # of a window's numbers
SMALLEST: Final = 1e-15
PLANES: Final = ("", "Axial", "Coronal", "Sagittal", "Oblique")

HEAD: Final = """\
# Hanging rules of medviewer. The first rule that fits a study holds.
# series: the series description; * stands for any letters, | parts alternatives.
# plane: Axial, Coronal, Sagittal.
# view: the view position of a projection. window: [center, width]. automatic = false: only when asked for.
"""


class RuleFile:
    """The user's own hanging rules, the newest first.

    A damaged file is set aside and named in `notice`.
    """

    def __init__(self) -> None:
        self._file = paths.user_folder("config") / FILE_NAME
        self.rules: tuple[HangingRule, ...] = ()
        self.notice = NOTHING  # to show once; nothing where all is well
        try:
            self.rules = _rules(read_kept(self._file, MOST_BYTES))
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError:
            self.notice = message("The hanging rules could not be read; studies hang as usual.")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
            kept = set_aside(self._file)
            self.notice = message(
                "The hanging rules could not be read; studies hang as usual, and the old file is kept "
                "as {name}.",
                name=FILE_NAME if kept is None else kept.name,
            )

    def keep(self, rule: HangingRule) -> None:
        """Put a rule first, in the place of one of its name or kind.

        Raises
        ------
        WriteError
            The file could not be written; the rule holds until the program ends.
        """
        rule = _readable(rule)
        others = [one for one in self.rules if one.name != rule.name and not _replaces(rule, one)]
        self.rules = (rule, *others)[:MOST_RULES]
        self._write()

    def remove(self, rule: HangingRule) -> None:
        """Forget a rule.

        Raises
        ------
        WriteError
            The file could not be written.
        """
        self.rules = tuple(one for one in self.rules if one != rule)
        self._write()

    def keep_only(self, rules: Iterable[HangingRule]) -> None:
        """Forget all other rules.

        Raises
        ------
        WriteError
            The file could not be written.
        """
        kept = tuple(rules)
        if kept != self.rules:
            self.rules = kept
            self._write()

    def _write(self) -> None:
        content = HEAD + "".join(map(rule_text, self.rules))
        write_private(self._file, content.encode("utf-8"))


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
