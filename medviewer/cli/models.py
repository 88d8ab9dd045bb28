"""`medviewer models`: installed models, their cards and integrity."""

import argparse

from medviewer.cli.console import DONE, Console
from medviewer.cli.page import page, terminal_width
from medviewer.errors import MedviewerError
from medviewer.translation import translate
from medviewer.viewer import texts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="list | show NAME [--toml] | verify"
    )
    actions.add_parser("list", help=translate("name the installed models"))
    show = actions.add_parser(
        "show", help=translate("say what a model is for, how good it was, what it needs")
    )
    show.add_argument("name", metavar="NAME")
    show.add_argument("--toml", action="store_true", help=translate("its card as it is written"))
    actions.add_parser("verify", help=translate("compare every file with its recorded hash"))


def run(options: argparse.Namespace, console: Console) -> int:
    """List, show or verify."""
    if options.action == "list":
        _list(console)
    elif options.action == "show":
        _show(options.name, console, as_written=options.toml)
    else:
        _verify(console)
    return DONE


def _list(console: Console) -> None:
    from medviewer.inference.pack import installed_packs, is_bundled, load_card

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
            console.result("  ".join(filter(None, (folder.name, card.version, card.title, own))))


def _show(name: str, console: Console, *, as_written: bool) -> None:
    from medviewer.inference.pack import CARD, find_pack, verify_pack

    pack = verify_pack(find_pack(name))
    if as_written:
        console.result(pack.read(CARD).decode("utf-8").rstrip())
        return
    sections = [(section.title, section.lines) for section in texts.pack_sections(pack)]
    console.result(page(texts.card_heading(pack), sections, terminal_width()))


def _verify(console: Console) -> None:
    from medviewer.inference.pack import BUNDLED, bundled_folder, installed_packs, verify_pack

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
