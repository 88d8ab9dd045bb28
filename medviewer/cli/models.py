"""`medviewer models`: which models are installed, what their cards say, and whether their files are whole."""

import argparse

from medviewer.cli.console import DONE, Console
from medviewer.errors import MedviewerError
from medviewer.translation import translate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="list | show NAME | verify")
    actions.add_parser("list", help=translate("name the installed models"))
    show = actions.add_parser("show", help=translate("print the card of a model"))
    show.add_argument("name", metavar="NAME")
    actions.add_parser("verify", help=translate("compare every file with its recorded hash"))


def run(options: argparse.Namespace, console: Console) -> int:
    """List, show or verify."""
    if options.action == "list":
        _list(console)
    elif options.action == "show":
        _show(options.name, console)
    else:
        _verify(console)
    return DONE


def _list(console: Console) -> None:
    from medviewer.inference.model_card import installed_packs, is_bundled, load_card

    packs = installed_packs()
    if not packs:
        console.note(translate("No models are installed."))
    for folder in packs:
        try:
            card = load_card(folder)
        except MedviewerError as error:
            console.complain(error)
        else:
            own = "" if is_bundled(folder) else translate("your own model in {folder}", folder=folder)
            console.result("  ".join(filter(None, (card.name, card.version, card.title, own))))


def _show(name: str, console: Console) -> None:
    from medviewer.inference.model_card import find_pack, verify_pack

    folder = find_pack(name)
    verify_pack(folder)
    console.result((folder / "card.toml").read_text("utf-8").rstrip())


def _verify(console: Console) -> None:
    from medviewer.inference.bundled import BUNDLED
    from medviewer.inference.model_card import bundled_folder, installed_packs, verify_pack

    missing = [bundled_folder() / name for name in BUNDLED]
    for folder in [*installed_packs(), *(folder for folder in missing if not folder.is_dir())]:
        try:
            pack = verify_pack(folder)
        except MedviewerError as error:
            console.complain(error)
            continue
        if pack.own_folder is None:
            said = translate("{model}: every file is as it was published", model=folder.name)
        else:
            said = translate(
                "{model}: your own model in {folder}; its files are as its own card says",
                model=folder.name,
                folder=folder,
            )
        console.result(said)
