"""Large files, folders and classes are asked about."""

from pathlib import Path

from tests.architecture.sizes import questions


def test_what_has_grown_large_is_asked_about(tmp_path: Path) -> None:
    package = tmp_path / "toy"
    package.mkdir()
    methods = "".join(f"    def method_{number}(self): ...\n" for number in range(16))
    private = "".join(f"    def _method_{number}(self): ...\n" for number in range(16))
    (package / "__init__.py").write_text("")
    (package / "long.py").write_text("\n" * 401)
    (package / "busy.py").write_text(f"class Busy:\n{methods}\n\nclass Quiet:\n{private}")
    for number in range(10):
        (package / f"file_{number}.py").write_text("\n" * 400)
    assert list(questions(package)) == [
        "toy/busy.py: Busy has 16 public methods",
        "toy/long.py: 401 lines",
    ]
    (package / "one_more.py").write_text("")
    assert next(questions(package)) == "toy: 13 files"
