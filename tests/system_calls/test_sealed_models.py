"""An encrypted model is decrypted in memory only, seen system call by system call."""

import sys
from pathlib import Path

from medviewer.dicom.demo.phantom import demo_folder, written_demo_study
from medviewer.inference.pack.packs import GRAPH, WEIGHTS
from tests.made_packs import PHRASE, USER, own_pack, sealed
from tests.system_calls.watching import own_folders, watch

CLASSIFY = """
import io, sys
sys.stdin = io.StringIO({typed!r})
from medviewer.cli import main
sys.exit(main(["classify", {study!r}, "--frame", "20", "--json", "--model", {model!r}]))
"""
EXPECTED = {"run-log", "runs.jsonl", "head.json", "salt", ".lock", "trusted-keys.json"}


def test_no_file_ever_holds_a_decrypted_model(home: Path, tmp_path: Path) -> None:
    list(written_demo_study())
    plain = own_pack(tmp_path / "plain")
    model = sealed(plain, tmp_path / "sealed")
    watched = tmp_path / "watched"
    watched.mkdir()
    code = CLASSIFY.format(typed=f"{USER}\n{PHRASE}\n", study=str(demo_folder()), model=str(model))
    seen = watch([sys.executable, "-c", code], watched)
    assert seen.status == 0, seen.errors
    assert '"status": "classified"' in seen.output
    assert seen.network == ()
    folders = own_folders(watched)
    assert seen.outside(*folders) == set()
    made = {path for path in seen.changed if any(path.is_relative_to(folder) for folder in folders)}
    strange = {path for path in made if path.name not in EXPECTED and not path.name.startswith(".medviewer-")}
    assert strange <= set(folders), "only the log of runs was written"
    pieces = [(plain / name).read_bytes()[4096 : 4096 + 256] for name in (WEIGHTS, GRAPH)]
    for path in (path for place in ("user", "temporary", "runtime") for path in (watched / place).rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            assert not any(piece in content for piece in pieces), path
            assert len(content) < 16_384, "nothing as large as a model is there"
