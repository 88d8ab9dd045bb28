"""The marks of guards fit the statements below them.

To take each guard away is a slow run.
"""

import ast
import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEAST_GUARDS = 100  # a guard that is given up takes its mark and one of these with it, and says why


def load(name: str) -> ModuleType:
    path = ROOT / "packaging" / f"{name}.py"
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module  # as the script finds what stands beside it
    specification.loader.exec_module(module)
    return module


MARKS, CHECK = load("guard_marks"), load("guard_check")
GUARDS = MARKS.guards_in(ROOT / "medviewer")
TESTS = CHECK.tests_of_guards()


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_each_guard_can_be_taken_away(guard) -> None:
    source = guard.path.read_text("utf-8")
    changed = ast.parse(MARKS.without(guard, source))
    compile(changed, guard.path, "exec")
    assert ast.dump(changed) != syntax_of(source)


@cache
def syntax_of(source: str) -> str:
    return ast.dump(ast.parse(source))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the tree with all guards in place."""
    folder = tmp_path_factory.mktemp("guards")
    CHECK.copy_tree(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_each_guard_is_missed_by_a_test_when_it_is_taken_away(guard, copy) -> None:
    assert CHECK.is_missed(guard, copy, TESTS[guard.name])


@pytest.mark.parametrize(
    ("whole", "without", "missed"),
    [
        (0, 1, True),
        (0, None, True),  # it hangs
        (0, 0, False),
        (0, 2, False),  # the test could not be read: no guard's removal fails so
        (0, 5, False),  # there is no such test
        (1, 1, False),
        (None, None, False),
    ],
)
def test_only_a_test_that_passes_with_the_guard_can_miss_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, whole: int | None, without: int | None, missed: bool
) -> None:
    path, source = _copied(GUARDS[0], tmp_path)
    given = {source: whole}
    monkeypatch.setattr(CHECK, "run_tests", lambda *_: given.get(path.read_text("utf-8"), without))
    assert CHECK.is_missed(GUARDS[0], tmp_path, "tests/oracle") is missed
    assert path.read_text("utf-8") == source


def test_a_test_that_takes_long_on_a_busy_machine_gets_longer(monkeypatch, tmp_path) -> None:
    _copied(GUARDS[0], tmp_path)
    needed = 2 * CHECK.SECONDS
    clock = iter(range(0, 100 * needed, needed))
    monkeypatch.setattr(CHECK.time, "monotonic", lambda: next(clock))
    given: list[float | None] = []
    monkeypatch.setattr(CHECK, "run_tests", lambda _folder, _tests, seconds=None: given.append(seconds) or 0)
    CHECK.is_missed(GUARDS[0], tmp_path, "tests/oracle")
    assert given == [None, CHECK.TIMES * needed]


def _copied(guard, folder: Path) -> tuple[Path, str]:
    path = folder / guard.path.relative_to(ROOT)
    path.parent.mkdir(parents=True)
    path.write_bytes(guard.path.read_bytes())
    return path, path.read_text("utf-8")


def test_no_guard_is_lost_and_none_is_called_like_another() -> None:
    names = [guard.name for guard in GUARDS]
    assert len(set(names)) == len(names) >= LEAST_GUARDS


def test_each_guard_has_its_test_in_the_table_and_it_is_there() -> None:
    assert set(TESTS) == {guard.name for guard in GUARDS}
    assert [test for test in TESTS.values() if not _is_there(*test.split("::"))] == []


def _is_there(path: str, name: str) -> bool:
    return (ROOT / path).is_file() and name in functions_of(ROOT / path)


@cache
def functions_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def taken_away(tmp_path: Path, *lines: str) -> str:
    """Take away the only guard of a made source.

    Return the source without it and without its mark.
    """
    path = tmp_path / "made.py"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    [guard] = MARKS.guards_of(path)
    return ast.unparse(ast.parse(MARKS.without(guard, path.read_text("utf-8"))))


@pytest.mark.parametrize(
    ("what", "there", "left"),
    [
        ("statement", "send(result)", "pass"),
        ("test", "if a:\n    b()", "if False:\n    b()"),
        ("test", "while a in b:\n    c()", "while False:\n    c()"),
        ("-> True", "if a is b:\n    c()", "if True:\n    c()"),
        ("-> b", "a = copied(b)", "a = b"),
        ("-> b", "a: int = copied(b)", "a: int = b"),
        ("key=", "a = made(b, key=c, other=d)", "a = made(b, other=d)"),
        ("key=''", "a = made(b, key=c)", "a = made(b, key='')"),
        ("b.key == key", "if a and b . key==key:\n    c()", "if a:\n    c()"),
        ("b.key == key", "a = [b for b in c if (\n    d and\n    b.key == key\n    and e\n)]", None),
        ("b", "a = b, c", "a = (c,)"),
        ("b", "a = {b, c}", "a = {c}"),
        ("b -> lambda: a.b", "a.connect(b)", "a.connect(lambda: a.b)"),
        ("b", "ä = 'ö', b, c  # columns count bytes", "ä = ('ö', c)"),
        ("a", "for b in a or c:\n    d = a or e", "for b in c:\n    d = a or e"),
    ],
)
def test_a_mark_takes_away_what_it_names_however_it_is_written(tmp_path, what, there, left) -> None:
    left = left or "a = [b for b in c if d and e]"
    assert taken_away(tmp_path, f"# guard({what}): made", there) == left


def test_a_mark_may_stand_among_comments_and_above_an_elif(tmp_path) -> None:
    lines = ("if a:", "    b()", "# guard(test):", "#     a long name", "# why", "elif c:", "    d()")
    assert taken_away(tmp_path, *lines) == "if a:\n    b()\nelif False:\n    d()"


@pytest.mark.parametrize(
    "lines",
    [
        ("# guard(b): made", "a = c and d"),
        ("# guard(b): made", "a = (b and c, b and d)"),
        ("# guard(key=): made", "a = c(d)"),
        ("# guard(test): made", "a = c(d)"),
        ("# guard(statement): made",),
        ("# guard: made", "a = b"),
        ("# guard(statement)", "a = b"),
    ],
)
def test_a_mark_that_fits_nothing_is_an_error(tmp_path, lines) -> None:
    with pytest.raises(MARKS.MarkError):
        taken_away(tmp_path, *lines)
