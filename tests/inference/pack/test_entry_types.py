"""An entry of another type than it has to be switches the model off, and no page of a card ever fails."""

import json
import math
import tomllib
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from medviewer.errors import DamagedModelError
from medviewer.inference.pack.packs import CARD, bundled_folder, load_card
from medviewer.viewer.texts.model_card import card_sections

WRONG: tuple[Any, ...] = (
    *("", "x" * 999, "\x1b[31m", "a\x00b", 0, -1, 10**30, 1e308, math.nan, math.inf, True),
    *([], [[]], ["a", "b"], [1, 2], [math.nan], {}, {"a": 1}, [{}]),
)


def as_toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(as_toml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)} = {as_toml(one)}' for key, one in value.items())}}}"
    return json.dumps(value) if isinstance(value, str | bool) else str(value)


def write(facts: dict[str, Any], folder: Path) -> Path:
    lines = [f"{json.dumps(key)} = {as_toml(value)}\n" for key, value in facts.items()]
    (folder / CARD).write_text("".join(lines), encoding="utf-8")
    return folder


def places(table: dict[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in table.items():
        yield (*before, key)
        if isinstance(value, dict) and len(before) < 2:
            yield from places(value, (*before, key))


def changed(facts: dict[str, Any], place: tuple[str, ...], value: Any) -> dict[str, Any]:
    found = deepcopy(facts)
    table = found
    for key in place[:-1]:
        table = table[key]
    table[place[-1]] = value
    return found


def facts_of(name: str) -> dict[str, Any]:
    return tomllib.loads((bundled_folder() / name / CARD).read_text(encoding="utf-8"))


@pytest.mark.parametrize("share", [6, pytest.param(1, marks=pytest.mark.slow)])
def test_whatever_an_entry_says_the_card_is_refused_or_its_page_can_be_read(
    tmp_path: Path, share: int
) -> None:
    facts, refused, tried = facts_of("head-ct-haemorrhage"), 0, 0
    for number, place in enumerate(places(facts)):
        for value in WRONG[number % share :: share]:  # each value at a part of the places
            tried += 1
            write(changed(facts, place, value), tmp_path)
            try:
                card = load_card(tmp_path)
            except DamagedModelError:
                refused += 1
            else:
                assert card_sections(card)
    assert refused > tried / 3


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("operating_point", "sensitivity"), "high"),
        (("operating_point", "specificity"), [0.9]),
        (("series", "false_positive_rate"), True),
        (("preprocessing", "center"), "40"),
        (("preprocessing", "mean"), math.nan),
        (("input", "max_angle_degrees"), "30"),
        (("input", "unit"), ["HU"]),
        (("labels",), "ab"),
        (("limits",), "One hospital."),
        (("readings",), ["2026"]),
        (("licence",), 1),
        (("intended_use",), ["heads"]),
        (("data_statement",), {}),
    ],
)
def test_an_entry_of_another_type_switches_the_model_off(
    place: tuple[str, ...], value: Any, tmp_path: Path
) -> None:
    facts = facts_of("head-ct-haemorrhage")
    load_card(write(facts, tmp_path))
    with pytest.raises(DamagedModelError, match="its card makes no sense"):
        load_card(write(changed(facts, place, value), tmp_path))


def test_figures_that_make_no_sense_are_said_to(tmp_path: Path) -> None:
    card = load_card(write(changed(facts_of("head-ct-haemorrhage"), ("figures", "test"), [1]), tmp_path))
    lines = [line for section in card_sections(card) for line in section.lines]
    assert "The figures that the card states here make no sense." in lines


def test_a_date_of_toml_is_taken(make_pack: Callable[..., Path]) -> None:
    folder = make_pack(change=lambda text: text.replace('"2026-01-01"', "2026-01-01"))
    assert load_card(folder).date == "2026-01-01"
