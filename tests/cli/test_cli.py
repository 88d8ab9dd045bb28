"""The command line: which command is meant, what it answers to wrong usage, and how it ends."""

import argparse
import contextlib
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from pydicom.dataset import Dataset

from medviewer import app, cli, translation
from medviewer.cli import COMMANDS, main, split
from medviewer.cli.images.render import parse_settings
from medviewer.cli.terminal.text_page import columns
from medviewer.errors import NotFoundError
from medviewer.export.result_table import results_csv
from medviewer.inference.pack.bundled_hashes import BUNDLED
from medviewer.inference.pack.packs import bundled_folder, verify_pack
from medviewer.plain_text import printable
from medviewer.viewer.texts.model_card import pack_sections
from tests import factories
from tests.dicom.coded import ENCODINGS
from tests.some_cases import some_of


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Collect the paths that would have been opened."""
    opened: list[tuple[object, ...]] = []

    def open_window(paths: list[Path], *, demo: bool, language: str) -> int:
        opened.append((paths, demo, language))
        return 0

    monkeypatch.setattr(app, "main", open_window)
    return opened


@pytest.mark.parametrize(
    ("given", "command"),
    [
        ([], None),
        (["study"], None),
        (["info", "study"], "info"),
        (["--language", "zh_CN", "info", "study"], "info"),
        (["--language=en", "info", "study"], "info"),
        (["--", "info"], None),
        (["--demo", "info"], None),
        (["study", "info"], None),
    ],
)
def test_a_command_is_one_only_in_the_first_place(given: list[str], command: str | None) -> None:
    assert split(given)[1] == command


def test_paths_open_the_window(window: list[tuple[object, ...]]) -> None:
    assert main(["a", "b", "--demo"]) == 0
    assert window == [([Path("a"), Path("b")], True, "")]


def test_a_folder_may_have_the_name_of_a_command(window: list[tuple[object, ...]]) -> None:
    main(["--language", "zh_CN", "--", "info"])
    assert window == [([Path("info")], False, "zh_CN")]


@pytest.mark.parametrize(
    "wrong",
    [
        ["info"],
        ["info", "a", "b"],
        ["--bogus"],
        ["--language", "xx", "info", "a"],
        ["render", "a"],
        ["render", "a", "-o", "b.png", "--window", "40"],
        ["render", "a", "-o", "b.png", "--window", "40,0"],
        ["render", "a", "-o", "b.png", "--window", "nan,1"],
        ["render", "a", "-o", "b.png", "--window", "40,80", "--voi", "1"],
        ["render", "a", "-o", "b.png", "--frame", "0"],
        ["classify"],
        ["export", "a", "-o", "b", "--format", "docx"],
        ["models"],
        ["train", "recipe"],
        ["evaluate", "model"],
        ["evaluate", "model", "--data", "d.npz", "--prevalence", "1"],
        ["evaluate", "model", "--data", "d.npz", "--prevalence", "nan"],
        ["evaluate", "model", "--data", "d.npz", "--robustness-pictures", "0"],
        ["compare"],
        ["compare", "--data", "d.npz", "--split", "train"],
        ["compare", "--data", "d.npz", "--steps", "recipe", "--plot", "plot.png"],
    ],
)
def test_wrong_usage_is_status_2(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(wrong)
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert "usage: medviewer" in said.err
    assert said.out == ""


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help_says_that_it_is_for_research(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0
    assert "not for diagnosis" in " ".join(capsys.readouterr().out.split())


def test_the_help_of_the_program_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    assert all(f"\n  {name} " in said for name in COMMANDS)
    assert "tour" not in said


@pytest.mark.parametrize("command", ["info", "classify", "render", "export"])
def test_a_path_that_is_not_there_is_status_1_and_named(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medviewer.cli.models.classify.load", lambda *_: None)
    options = {"render": ["-o", "a.png"], "export": ["-o", "a", "--format", "png"]}.get(command, [])
    assert main([command, str(tmp_path / "nowhere"), *options]) == 1
    said = capsys.readouterr()
    assert "nowhere" in said.err
    assert said.out == ""


def only_an_icon(folder: Path) -> Path:
    made = factories.dataset(PixelData=None)
    icon = factories.dataset(factories.gradient(8, 8, "uint8"))
    made.IconImageSequence = [Dataset()]
    for keyword in ("Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"):
        setattr(made.IconImageSequence[0], keyword, icon[keyword].value)
    made.IconImageSequence[0].SamplesPerPixel = 1
    made.IconImageSequence[0].PhotometricInterpretation = "MONOCHROME2"
    made.IconImageSequence[0].PixelData = icon.PixelData
    return factories.write(made, folder / "icon.dcm")


def a_report(folder: Path) -> Path:
    report = factories.dataset(
        PixelData=None, SOPClassUID="1.2.840.10008.5.1.4.1.1.88.22", Modality="SR", Rows=None, Columns=None
    )
    return factories.write(report, folder / "report.dcm")


def a_web_page(folder: Path) -> Path:
    path = folder / "page.dcm"
    path.write_bytes(b"<!DOCTYPE html><html><body>Please log in</body></html>")
    return path


def an_empty_folder(folder: Path) -> Path:
    path = folder / "nothing"
    path.mkdir()
    return path


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize(
    ("made", "found"),
    [
        (only_an_icon, {"en": "an icon only", "zh_CN": "缩略图标"}),
        (a_report, {"en": "report", "zh_CN": "报告"}),
        (a_web_page, {"en": "a web page", "zh_CN": "网页"}),
        (an_empty_folder, {"en": "nothing", "zh_CN": "nothing"}),
    ],
)
@pytest.mark.parametrize("command", ["classify", "render", "export"])
def test_where_there_is_no_image_the_file_and_what_it_is_are_named(
    command: str,
    made: Callable[[Path], Path],
    found: dict[str, str],
    language: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("medviewer.cli.models.classify.load", lambda *_: None)
    path = made(tmp_path)
    options = {"render": ["-o", f"{tmp_path}/a.png"], "export": ["-o", f"{tmp_path}/a", "--format", "png"]}
    assert main([command, "--language", language, str(path), *options.get(command, [])]) == 1
    said = capsys.readouterr().err
    sentence = {"en": f"There is no picture to show in {path}.", "zh_CN": f"{path} 中没有可显示的图像。"}
    assert sentence[language] in said
    assert found[language] in said
    assert "`medviewer info`" in said


def test_an_unknown_model_is_status_1_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", "no-such-model"]) == 1
    assert "no-such-model" in capsys.readouterr().err


def test_a_bundled_model_whose_folder_is_gone_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("medviewer.inference.pack.BUNDLED", {"gone-model": {}})
    assert main(["models", "verify"]) == 1
    assert "gone-model" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["train", "r", "-o", "folder"], ["evaluate", "m"], ["compare"]])
def test_a_missing_extra_is_named(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def without(name: str, package: str | None = None) -> object:
        if name.startswith("medviewer.training"):
            raise ModuleNotFoundError(name="lightning_fabric")
        return importer(name, package)

    importer = cli.importlib.import_module
    monkeypatch.setattr("importlib.import_module", without)
    assert main([*command, "--data", "d.npz"]) == 1
    said = capsys.readouterr().err
    assert "lightning_fabric" in said
    assert "medviewer[train]" in said


@pytest.mark.parametrize("option", ["--pictures", "--gallery"])
def test_images_without_what_draws_them_are_refused_before_anything_is_read(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def without(name: str, package: str | None = None) -> object:
        if name == "medviewer.training.evaluation.plots":
            raise ModuleNotFoundError(name="matplotlib")
        return importer(name, package)

    importer = cli.importlib.import_module
    monkeypatch.setattr("importlib.import_module", without)
    monkeypatch.setattr(
        "medviewer.training.evaluation.evaluate.evaluate", lambda *_, **__: pytest.fail("it was read")
    )
    assert main(["evaluate", "m", "--data", "d.npz", option, str(tmp_path / "folder")]) == 1
    said = capsys.readouterr().err
    assert "matplotlib" in said
    assert "medviewer[train]" in said
    assert not (tmp_path / "folder").exists()


def test_an_evaluation_shows_each_figure_with_its_interval_and_warns_of_patients_images(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: dict[str, object] = {}

    def evaluated(
        model: str, data: list[Path], split: str, extras: object, sources: object, processes: object
    ) -> dict[str, object]:
        asked["extras"] = extras
        inner = {"auc": {"spot": 0.5}, "intervals": {"auc.spot": [0.25, 0.75]}}
        outer = {"auc.spot": [0.625, 0.875], "n": None}
        return {"n": 7, "auc": {"spot": 0.75}, "intervals": outer, "subgroups": {"a": inner}}

    monkeypatch.setattr("medviewer.training.evaluation.evaluate.evaluate", evaluated)
    given = ["evaluate", "m", "--data", "d.npz", "--prevalence", "0.1", "--gallery", "private"]
    assert main([*given, "--robustness", "--robustness-pictures", "9"]) == 0
    said = capsys.readouterr()
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert lines == [
        "n 7",
        "auc",
        "spot 0.750 (0.625 – 0.875)",
        "subgroups",
        "a",
        "auc",
        "spot 0.500 (0.250 – 0.750)",
    ]
    assert "private holds patients' pictures" in said.err
    from medviewer.training.evaluation.evaluate import Extras

    assert asked["extras"] == Extras(prevalence=0.1, gallery=Path("private"), robustness=9)


COMPARED = {
    "name": "thumbnail-logistic",
    "title": "Logistic regression, 8 × 8 thumbnail",
    "accuracy": 0.75,
    "balanced_accuracy": 0.7,
    "auc_macro": None,
    "recall": {"plain": 0.9, "spot": 0.5},
    "intervals": {"accuracy": [0.6, 0.85], "auc_macro": None, "recall.spot": [0.25, 0.8125]},
    "size_bytes": 1544,
    "milliseconds": 0.284,
}
COMPARISON = {
    "data": "toy.npz",
    "split": "test",
    "n": 48,
    "groups": 8,
    "left_out": 3,
    "patient_wise": False,
    "classes": ["plain", "spot"],
    "fitted_on": {"splits": ["train", "val"], "n": 120, "groups": 20},
    "test_readings": 2,
    "notes": [],
    "methods": [{**COMPARED, "name": "toy", "title": "The network of the model"}, COMPARED],
}


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Put in a comparison that takes no time, and record its arguments."""
    asked: list[dict[str, object]] = []

    def compare(data: object, model: object, **options: object) -> object:
        asked.append({"data": data, "model": model, "split": options["split"]})
        return COMPARISON

    functions = {"compare": compare, "plot_comparison": lambda comparison: b"a picture"}
    monkeypatch.setattr("medviewer.cli.training.compare.from_training", lambda _, name: functions[name])
    return asked


def test_a_comparison_is_one_table_with_intervals(
    compared: list[dict[str, object]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", "--data", "toy.npz", "--model", "toy"]) == 0
    assert compared == [{"data": [Path("toy.npz")], "model": "toy", "split": "test"}]
    lines = capsys.readouterr().out.splitlines()
    assert any("48" in line and "8 groups" in line and "3 left out" in line for line in lines)
    assert any("Not patient-wise" in line for line in lines)
    table = {
        line.split()[0]: line.split() for line in lines if line.startswith(("acc", "auc", "rec", "size"))
    }
    assert table["accuracy"] == ["accuracy", "0.750", "(0.600–0.850)", "0.750", "(0.600–0.850)"]
    assert table["auc_macro"] == ["auc_macro", "–", "–"]
    assert table["recall.spot"][1:3] == ["0.500", "(0.250–0.812)"]
    assert table["size_bytes"] == ["size_bytes", "1,544", "1,544"]
    assert "Logistic regression" in lines[-1]


def test_a_comparison_as_json_is_all_that_was_found(
    compared: list[dict[str, object]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", "--data", "toy.npz", "--split", "val", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == COMPARISON
    assert compared[0]["split"] == "val"


def test_a_plot_that_is_there_is_left_alone_before_the_work_is_done(
    compared: list[dict[str, object]], tmp_path: Path
) -> None:
    plot = tmp_path / "plot.png"
    asked = ["compare", "--data", "toy.npz", "--plot", str(plot)]
    assert main(asked) == 0
    assert plot.read_bytes() == b"a picture"
    plot.write_bytes(b"mine")
    assert main(asked) == 1
    assert plot.read_bytes() == b"mine"
    assert len(compared) == 1
    assert main([*asked, "--force"]) == 0
    assert plot.read_bytes() == b"a picture"


@pytest.fixture
def failing_command(monkeypatch: pytest.MonkeyPatch) -> Iterator[type]:
    """Put a command in that fails with a message that quotes a patient."""

    class Failing:
        error: BaseException = ValueError("Doe^Jane")

        @staticmethod
        def add_arguments(parser: argparse.ArgumentParser) -> None:
            parser.add_argument("path")

        @classmethod
        def run(cls, *_: object) -> int:
            raise cls.error

    monkeypatch.setattr(cli.importlib, "import_module", lambda _: Failing)
    return Failing


def test_a_mistake_of_the_program_is_reported_without_what_the_file_held(
    failing_command: type, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", "x"]) == 1
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "test_cli.py" in said
    assert "Doe" not in said


def test_an_interrupt_ends_quietly(
    failing_command: type, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(failing_command, "error", KeyboardInterrupt())
    assert main(["info", "x"]) == 130
    assert capsys.readouterr().err == ""


def test_parameters_are_read_by_their_kind() -> None:
    from medviewer.imaging.processing import PROCESSINGS

    for row in PROCESSINGS.values():
        for parameter in row.parameters:
            text = str(parameter.default)
            read = parse_settings([f"{row.name}.{parameter.name}={text}"])
            assert read == {row.name: {parameter.name: parameter.default}}


@pytest.mark.parametrize(
    "wrong", ["nothing.x=1", "edges.nothing=1", "edges=1", "edges.input=nonsense", "thresholded.input"]
)
def test_a_parameter_that_does_not_exist_is_named(wrong: str) -> None:
    with pytest.raises(NotFoundError):
        parse_settings([wrong])


def test_a_cell_that_would_be_a_formula_is_text() -> None:
    row = {"reason": "=HYPERLINK(1)", "status": "refused", "probabilities": {}, "operating_point": None}
    table = results_csv([row | {"prediction_set": None}]).decode("utf-8-sig")
    assert "'=HYPERLINK" in table


def test_json_is_plain_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    cli.Console().result_as_json({"patient_name": "王^小东 \udcff"})
    said = capsys.readouterr().out
    assert said.isascii()
    assert json.loads(said) == {"patient_name": r"王^小东 \xff"}
    said.encode().decode("utf-8")
    assert not re.search(r"\\ud[c-f]", said.replace(r"\\", "")), (
        "no lone surrogate, which other readers refuse"
    )


def test_json_keeps_characters_beyond_the_first_65536(capsys: pytest.CaptureFixture[str]) -> None:
    cli.Console().result_as_json({"name": "𠮷\udc80𠮷"})
    assert json.loads(capsys.readouterr().out) == {"name": r"𠮷\x80𠮷"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\nb\r\tc", r"a\x0ab\x0d\x09c"),
        ("a\x9b2Jb", r"a\x9b2Jb"),
        ("a\u202eb\u2066c\u200f", r"a\u202eb\u2066c\u200f"),
        ("a\u2028b", r"a\u2028b"),
        ("a\udcffb", r"a\xffb"),
        ("a\ud800b", r"a\ud800b"),
        ("\U000e0041", r"\U000e0041"),
        ("王 é\u00a0\u3000x", "王 é\u00a0\u3000x"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_control_characters_are_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


HOSTILE = "IM\x1b[31m\n\u202eevil\x9b2J\udcff"


def harmless(*streams: str) -> bool:
    """Return whether a terminal shows all of it as text, each line of our own."""
    return all(character == "\n" or character.isprintable() for stream in streams for character in stream)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize(
    "command",
    [
        ["info", "FOLDER"],
        ["info", "FOLDER", "--json"],
        ["info", "FILE"],
        ["info", "GONE"],
        ["render", "GONE", "-o", "OUT.png"],
        ["render", "DICOM", "-o", "OUT.png", "--processing", HOSTILE],
        ["render", "DICOM", "-o", "NOWHERE"],
        ["export", "DICOM", "--format", "png", "-o", "OUT"],
        ["export", "DICOM", "--format", "png", "-o", "FILE"],
        ["classify", "FILE"],
        ["classify", "DICOM", "--series", HOSTILE],
        ["classify", "DICOM", "--model", HOSTILE],
        ["models", "show", HOSTILE],
        ["info", "DICOM", f"--{HOSTILE}"],
        ["info", "DICOM", "--text-encoding", HOSTILE],
        ["render", "DICOM", "--frame", HOSTILE, "-o", "OUT.png"],
        ["models", HOSTILE],
        [f"--language={HOSTILE}", "info", "DICOM"],
    ],
    ids=str,
)
def test_no_name_and_no_text_reaches_the_terminal_as_a_command(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    file = folder / HOSTILE
    file.write_bytes(b"nothing")
    made = factories.dataset(SeriesDescription="a\x1b[31mb", PatientName="Doe\x1b[2J^Jane")
    places = {
        "FOLDER": folder,
        "FILE": file,
        "GONE": tmp_path / f"gone{HOSTILE}",
        "OUT": tmp_path / f"out{HOSTILE}",
        "OUT.png": tmp_path / f"out{HOSTILE}.png",
        "NOWHERE": tmp_path / f"nowhere{HOSTILE}" / "a.png",
        "DICOM": factories.write(made, folder / f"{HOSTILE}.dcm"),
    }
    with contextlib.suppress(SystemExit):
        main([str(places.get(word, word)) for word in command])
    said = capsys.readouterr()
    assert harmless(said.out, said.err)
    assert "IM\x1b" not in said.out + said.err
    if command[-1] == "--json":
        json.loads(said.out)
    elif "NOWHERE" not in command:  # of which the last part is said only
        assert re.search(r"\\x1b\[31m(\\x0a|\\n)", said.out + said.err)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("name", sorted(BUNDLED))
def test_a_models_page_can_be_read_and_holds_what_its_card_says(
    name: str, language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["--language", language, "models", "show", name]) == 0
    text = capsys.readouterr().out
    pack = verify_pack(bundled_folder() / name)
    titles = [section.title for section in pack_sections(pack)]
    assert [line for line in text.splitlines() if line in titles] == titles
    assert all(columns(line) <= 80 for line in text.splitlines())
    plain = "".join(text.split())
    assert pack.model_sha256 in plain
    assert pack.sha256 in plain
    low, high = pack.card.figures["test"]["intervals"]["auc_macro"]
    assert f"({low:.2f}–{high:.2f})" in text
    assert pack.card.readings[-1]["data"] in plain
    assert "[figures" not in text
    assert "".join(translation.translate(pack.card.limits[0]).split()) in plain


def test_the_card_as_it_is_written_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", "router", "--toml"]) == 0
    written = capsys.readouterr().out
    assert written.rstrip() == (bundled_folder() / "router" / "card.toml").read_text("utf-8").rstrip()
    assert tomllib.loads(written)["name"] == "router"


def cut_file(folder: Path, name: str, share: float = 0.6, frames: int = 1) -> Path:
    """Write a file whose last frame was cut, its fragment with it."""
    coded = ENCODINGS[name]
    pixels = coded.image(96)
    content = coded.encode(pixels)
    parts = [content] * (frames - 1) + [content[: int(len(content) * share)]]
    return factories.write(coded.dataset(pixels, parts), folder / "a.dcm")


CUT = "JPEG", "JPEG lossless", "JPEG-LS", "JPEG 2000", "HTJ2K", "RLE 16 bits", "native 16 bits"


@pytest.mark.parametrize("name", some_of(CUT, 4))
def test_what_is_missing_of_an_image_is_said_by_every_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = cut_file(tmp_path, name)
    assert main(["info", "--json", str(path)]) == 0
    [series] = json.loads(capsys.readouterr().out)["studies"][0]["series"]
    [said] = [warning for warning in series["stacks"][0]["warnings"] if "damaged" in warning]
    assert "% of it is missing" in said
    assert main(["render", str(path), "-o", str(tmp_path / "a.png")]) == 0
    assert said in capsys.readouterr().err
    assert main(["classify", "--json", str(path)]) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert (row["status"], row["gate"]) == ("refused", "damage")
    assert row["reason"] == said
    assert main(["export", str(path), "-o", str(tmp_path / "b"), "--format", "png"]) == 0
    with Image.open(capsys.readouterr().out.strip()) as image:
        made = " ".join(map(str, image.info.values()))
    assert all(part in made for part in (said, '"missing"'))


def test_info_names_the_frame_that_is_damaged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(cut_file(tmp_path, "JPEG-LS", frames=3))]) == 0
    assert "Frame 3: The picture is damaged: about" in capsys.readouterr().out


def test_info_says_nothing_of_damage_where_all_is_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", str(cut_file(tmp_path, "JPEG 2000", share=1, frames=2))]) == 0
    assert "damaged" not in capsys.readouterr().out
