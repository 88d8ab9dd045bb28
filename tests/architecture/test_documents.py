"""What the documents say is there.

Each link leads somewhere, each command can be typed.
"""

import argparse
import importlib.metadata
import importlib.util
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from medviewer import __version__, cli
from medviewer.cli.terminal.console import Parser
from tests.architecture.documents import DOCUMENTS, ROOT, broken_links, commands, links, places

MARKERS = {
    marker.partition(":")[0]
    for marker in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"][
        "ini_options"
    ]["markers"]
}
DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
PLANTED = """
# A title, with signs

[good](README.md), [there](#a-title-with-signs), [elsewhere](https://example.org), [bad](no-such.md) and
![bad, too](no/such.png), [no heading](#nothing), [none there](README.md#nothing)
"""


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_link_leads_somewhere(document: Path) -> None:
    assert broken_links(document, document.read_text("utf-8")) == []


def test_links_that_lead_nowhere_are_found() -> None:
    bad = ["no-such.md", "no/such.png", "#nothing", "README.md#nothing"]
    assert broken_links(ROOT / "PLANTED.md", PLANTED) == bad


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_place_is_there(document: Path) -> None:
    named = places(document.read_text("utf-8"))
    assert [place for place in named if not (ROOT / place).exists()] == []


def test_each_table_is_where_the_page_says() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    tables = re.findall(r"^\| `([A-Z_]+)` \| `(.+?)` \|", text, re.MULTILINE)
    assert len(tables) == 6
    for table, place in tables:
        files = (ROOT / place).rglob("*.py") if (ROOT / place).is_dir() else [ROOT / place]
        assert any(re.search(rf"^{table}\b.* = ", file.read_text("utf-8"), re.MULTILINE) for file in files)


def test_places_that_are_not_there_are_found() -> None:
    text = "`medviewer/gone.py`, `medviewer/NAME.py`\n```sh\nrun tests/gone::test_a  # medviewer/cli\n```\n"
    assert places(text) == {"medviewer/gone.py", "tests/gone", "medviewer/cli"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_command_can_be_typed(document: Path) -> None:
    for command in commands(document.read_text("utf-8")):
        _check(command)


@pytest.mark.parametrize(
    "command",
    [
        "python3 packaging/no_such.py run",
        "python3 packaging/bootstrap.py fly",
        ".venv/bin/python -m no_such_module",
        ".venv/bin/python -m pytest tests/no_such_folder",
        ".venv/bin/python -m pytest -m no_such_marker",
        ".venv/bin/python packaging/translations.py --no-such-option",
        ".venv/bin/no-such-program",
        "medviewer render study",
        "medviewer render study -o a.png --no-such-option",
        ".venv/bin/medviewer --no-such-option",
        "medviewer models fly",
    ],
)
def test_a_command_that_cannot_be_typed_is_found(command: str) -> None:
    with pytest.raises((AssertionError, SystemExit)):
        _check(command.split())


def test_the_page_of_the_command_line_names_every_command() -> None:
    text = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    rows = set(re.findall(r"^\| `medviewer (\w+)", text, re.MULTILINE))
    assert rows == set(cli.COMMANDS)


def test_each_decision_has_its_row_and_its_parts() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text("utf-8")
    assert [link for link in links(index) if link[0].isdigit()] == [path.name for path in DECISIONS]
    for number, path in enumerate(DECISIONS, start=1):
        text = path.read_text("utf-8")
        title = index.partition(f"({path.name}) | ")[2].partition(" |")[0]
        assert path.name.startswith(f"{number:04d}-")
        assert text.startswith(f"# {number}. {title}")
        assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_the_changelog_invents_no_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    first, *released = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    assert first == "Unreleased"
    assert all(_number(version) <= _number(__version__) for version in released)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _check(command: list[str]) -> None:
    """Check that the files and options of a command line exist.

    Nothing is run.
    """
    words = [word for word in command if not re.match(r"[A-Z_]+=", word)]
    program, *rest = words
    if program == "medviewer" or program.endswith("/medviewer"):
        _check_medviewer(rest)
    elif program == "python3" or program.endswith("/python"):
        _check_python(rest)
    else:
        scripts = {script.name for script in importlib.metadata.entry_points(group="console_scripts")}
        assert Path(program).name in scripts


def _check_python(words: list[str]) -> None:
    markers = [expression for flag, expression in pairwise(words) if flag == "-m"]
    assert all(name in MARKERS for name in markers[words[0] == "-m" :])
    if words[0] == "-m":
        assert importlib.util.find_spec(words[1]) is not None
        assert all((ROOT / word.partition("::")[0]).exists() for word in words[2:] if "/" in word)
        return
    script = ROOT / words[0]
    if script.is_dir():
        script /= "__main__.py"
    source = script.read_text("utf-8") if script.is_file() else ""
    assert source, f"{words[0]} is not there"
    options = [word for word in words[1:] if word.startswith("--")]
    if words[1:] and words[1].isalpha():
        assert f"{script.name} {words[1]}" in source
    elif options:
        assert all(option in source for option in options)


def _check_medviewer(words: list[str]) -> None:
    leading, command, rest = cli.split(words)
    if command is None:
        assert {word for word in leading if word.startswith("--")} <= {"--demo", "--language", "--version"}
        return
    parser = Parser(prog=f"medviewer {command}", exit_on_error=False)
    cli.load(command).add_arguments(parser)
    try:
        parser.parse_args(rest)
    except argparse.ArgumentError as error:
        raise AssertionError(f"{words}: {error}") from error
