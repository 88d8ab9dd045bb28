"""The page of keys is made from the commands, and names none that there is no more."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from medviewer.viewer.commands import commands
from medviewer.viewer.help.pages import MOUSE

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def table() -> ModuleType:
    path = ROOT / "packaging" / "key_table.py"
    specification = importlib.util.spec_from_file_location("key_table", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(table: ModuleType) -> None:
    told = "run .venv/bin/python packaging/key_table.py"
    assert (ROOT / "docs" / "keys.md").read_text("utf-8") == table.page(), told


def test_every_key_is_on_it(table: ModuleType) -> None:
    page = table.page()
    assert [one.id for one in commands() if one.shortcut and f"`{one.shortcut}`" not in page] == []


def test_others_are_told_of_commands_and_hands_that_there_are(table: ModuleType) -> None:
    assert set(table.PEERS) <= {one.id for one in commands()}
    assert set(table.PEER_MOUSE) == {hand for hand, _ in MOUSE}
    assert {len(keys) for keys in (*table.PEERS.values(), *table.PEER_MOUSE.values())} == {3}
