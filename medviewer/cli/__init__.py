"""The command line, on the same core as the window.

Results go to standard output, messages to standard error. Exit status: 0 all done (a classifier's refusal
is a result), 1 something could not be read, written or done, 2 wrong usage, 130 interrupted.
"""

import argparse
import importlib
import locale
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Final, NamedTuple

from medviewer import __version__, translation
from medviewer.cli.terminal import DONE, FAILED, INTERRUPTED, Console, Parser, drop_output, named_path
from medviewer.errors import MedviewerError, OutputError
from medviewer.plain_text import printable
from medviewer.process import end_loading, forbid_core_dumps
from medviewer.settings import Settings
from medviewer.translation import LANGUAGES, mark, translate


class Command(NamedTuple):
    """A command, with its module in this package and its purpose."""

    module: str
    """With `add_arguments(parser)` and `run(options, console)`; loaded when the command is asked for."""
    summary: str


COMMANDS: Final = {
    "info": Command(
        "studies.info",
        mark("what is there: studies, series, stacks, order, geometry, warnings, refused files"),
    ),
    "render": Command("images.render", mark("write a slice as a plain PNG, without any text on it")),
    "classify": Command("models.classify", mark("classify slices")),
    "merge": Command("models.merge", mark("put the parts of a large batch together")),
    "export": Command("images.export", mark("write annotated pictures")),
    "models": Command("models.models", mark("list, show, verify, add, sign and encrypt models")),
    "verdicts": Command(
        "models.verdicts",
        mark("say how often you agree with models; export, calibrate from and delete verdicts"),
    ),
    "verify": Command("models.verify", mark("look for changes in the log of model runs")),
    "train": Command("training.train", mark("train a model from a recipe")),
    "evaluate": Command("training.evaluate", mark("measure a model on labelled data")),
    "compare": Command(
        "training.compare", mark("hold a model against classic methods and a recurrent network")
    ),
    "selftest": Command(
        "selftest", mark("prove that this installation decodes and shows pictures as it should")
    ),
}
"""By name."""

RESEARCH_ONLY: Final = mark("Research use only, not for diagnosis.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with command line arguments; return the exit status."""
    forbid_core_dumps()
    given = list(sys.argv[1:] if arguments is None else arguments)
    console = Console()
    leading, command, rest = split(given)
    language = _wanted_language(given)
    translation.use_language(language or _default_language())
    if command is None:
        return _open_window(given, language)
    parser = Parser(
        prog=f"medviewer {command}",
        description=f"{translate(COMMANDS[command].summary)}. {translate(RESEARCH_ONLY)}",
    )
    _add_language(parser)
    module = load(command)
    module.add_arguments(parser)
    end_loading()
    options = parser.parse_args([*leading, *rest])
    try:
        status: int = module.run(options, console)
        console.finish()
    except MedviewerError as error:
        console.complain(error)
        status = FAILED
        if isinstance(error, OutputError):
            drop_output()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone: so do we
        drop_output()
        return FAILED
    except Exception as error:
        from medviewer import diagnostics  # here, because most runs end without it

        console.note(translate("Something went wrong inside medviewer, at these places:"))
        console.note(diagnostics.describe(error))  # a message might quote what a file holds
        return FAILED
    return max(status, console.status)


def load(command: str) -> ModuleType:
    """Load the module of a command."""
    return importlib.import_module(f"medviewer.cli.{COMMANDS[command].module}")


def split(given: Sequence[str]) -> tuple[list[str], str | None, list[str]]:
    """Split the arguments into those before the command, it, and the rest.

    Without a command the window is meant; `--` ends the options, so that a folder may be called `info`.
    """
    index = 0
    while index < len(given) and given[index].startswith("--language"):
        index += 1 if "=" in given[index] else 2
    if index < len(given) and given[index] in COMMANDS:
        return list(given[:index]), given[index], list(given[index + 1 :])
    return list(given), None, []


def _open_window(given: Sequence[str], language: str) -> int:
    commands = "\n".join(f"  {name:<10} {translate(row.summary)}" for name, row in COMMANDS.items())
    parser = Parser(
        prog="medviewer",
        usage="medviewer [PATH ...] [--demo] [--language en|zh_CN]\n       medviewer COMMAND ...",
        description=f"{translate('Opens the window.')} {translate(RESEARCH_ONLY)}",
        epilog=f"{translate('commands')}:\n{commands}\n\n"
        + translate("`medviewer COMMAND --help` says more; `--` ends the options."),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", type=named_path, help=translate("files and folders to open")
    )
    parser.add_argument("--demo", action="store_true", help=translate("open the demonstration study"))
    parser.add_argument("--offscreen-tour", metavar="FOLDER", type=named_path, help=argparse.SUPPRESS)
    parser.add_argument("--version", action="version", version=f"medviewer {__version__}")
    _add_language(parser)
    options = parser.parse_args(given)
    from medviewer import app  # the only way to Qt

    if options.offscreen_tour is None:
        return app.main(options.paths, demo=options.demo, language=language)
    try:
        written = app.offscreen_tour(options.offscreen_tour, language=language)
    except MedviewerError as error:
        Console().complain(error)
        return FAILED
    for path in written:
        Console().result(printable(str(path)))
    return DONE


def _add_language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--language", choices=tuple(LANGUAGES), help=translate("the language of all messages")
    )


def _wanted_language(given: Sequence[str]) -> str:
    """Find the language before the parser, whose own texts need it."""
    early = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    early.add_argument("--language", choices=tuple(LANGUAGES), default="")
    before_the_end = given[: given.index("--")] if "--" in given else given
    try:
        return str(early.parse_known_args(before_the_end)[0].language)
    except argparse.ArgumentError:  # the real parser says what is wrong
        return ""


def _default_language() -> str:
    chosen = Settings().text("language")
    if chosen in LANGUAGES:
        return chosen
    return "zh_CN" if (locale.getlocale()[0] or "").startswith("zh") else "en"
