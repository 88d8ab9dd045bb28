"""What is written as TOML reads back as it was."""

import tomllib

import pytest

from medviewer.training.release.toml_writer import toml_text


def test_facts_read_back_as_they_were() -> None:
    facts = {
        "name": 'a "quoted" \\ name,\nin two lines: 出血 \x7f',
        "threshold": 0.1234567890123,
        "exact": 1e-7,
        "count": 3,
        "on": True,
        "interval": [0.1, 0.2],
        "empty": [],
        "table": {"inner": {"with space": "x", "list": ["a", "b"]}, "plain": 1},
        "log": [{"date": "2026-11-21", "more": {"n": 1}}, {"date": "2026-11-22"}],
    }
    assert tomllib.loads(toml_text(facts)) == facts


def test_what_is_not_known_is_left_out() -> None:
    assert tomllib.loads(toml_text({"a": None, "b": {"c": None}})) == {"b": {}}


def test_an_object_is_refused() -> None:
    with pytest.raises(TypeError):
        toml_text({"a": object()})
