"""Tests reach nothing that is private, and would be seen to."""

from pathlib import Path

import pytest

from tests.architecture.private_members import private_members

TESTS = Path(__file__).resolve().parents[1]


def test_no_private_member_is_reached() -> None:
    reached = {
        f"{path.relative_to(TESTS)}: {name}"
        for path in TESTS.rglob("*.py")
        for name in private_members(path.read_text("utf-8"))
    }
    assert not reached


@pytest.mark.parametrize(
    "source",
    [
        "assert pane.view._image",
        "module._function()",
        "self.session._display.loader",
        "monkeypatch.setattr(module, '_function', other)",
        "monkeypatch.setattr('package.module._function', other)",
        "getattr(thing, '_hidden')",
    ],
)
def test_what_is_private_is_seen(source: str) -> None:
    assert len(list(private_members(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "self._own = cls._made",
        "point._replace(x=1)._asdict()",
        "os._exit(0)",
        "'numpy._core' in sys.modules",
        "module.__file__",
        "monkeypatch.setattr(module, 'function', other)",
    ],
)
def test_what_is_public_or_the_tests_own_is_not(source: str) -> None:
    assert not list(private_members(source))
