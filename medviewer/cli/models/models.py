"""`medviewer models`: installed models, signatures and encryption."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from medviewer.cli.terminal import (
    DONE,
    Console,
    ask_pass_phrase,
    named_path,
    page,
    read_line,
    terminal_width,
    unlock_model,
)
from medviewer.errors import ExistingFileError, MedviewerError
from medviewer.inference import pack as packs, protection
from medviewer.storage import is_there, refuse_unwritable
from medviewer.translation import mark, translate
from medviewer.viewer import texts

if TYPE_CHECKING:
    from medviewer.inference.pack import Candidate, InstalledModel

ACTIONS: Final = {
    "list": mark("name the installed models"),
    "show": mark("say what a model is for, how good it was, what it needs"),
    "verify": mark("compare every file with its recorded hash and its signature"),
    "add": mark("copy a model into your own ones"),
    "remove": mark("remove one of your own models"),
    "sign": mark("sign all files of a model"),
    "encrypt": mark("write a model encrypted into a new folder"),
    "keys": mark("name the keys that you trust"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar=" | ".join(ACTIONS))
    made = {name: actions.add_parser(name, help=translate(said)) for name, said in ACTIONS.items()}
    for name in ("show", "remove"):
        made[name].add_argument("name", metavar="NAME")
    made["show"].add_argument("--toml", action="store_true", help=translate("its card as it is written"))
    made["verify"].add_argument("names", metavar="NAME", nargs="*", help=translate("all, unless named"))
    for name in ("add", "sign", "encrypt"):
        made[name].add_argument("folder", metavar="FOLDER", type=named_path)
    add, sign = made["add"], made["sign"]
    add.add_argument(
        "--trust", metavar="FINGERPRINT", default="", help=translate("trust the key of this fingerprint")
    )
    add.add_argument("--name", default="", help=translate("whose key it is, in your words"))
    add.add_argument("--older", action="store_true", help=translate("in the place of a newer version, too"))
    add.add_argument("--force", action="store_true", help=translate("replace one of the same name"))
    sign.add_argument(
        "--key", metavar="FILE", type=named_path, required=True, help=translate("your private key")
    )
    sign.add_argument("--new-key", action="store_true", help=translate("make this key first"))
    made["encrypt"].add_argument("-o", "--output", metavar="FOLDER", type=named_path, required=True)
    made["keys"].add_argument(
        "--remove", metavar="FINGERPRINT", default="", help=translate("trust this key no longer")
    )


def run(options: argparse.Namespace, console: Console) -> int:
    """Run the chosen action."""
    actions: dict[str, Callable[[argparse.Namespace, Console], None]] = {
        "list": _list,
        "show": _show,
        "verify": _verify,
        "add": _add,
        "remove": _remove,
        "sign": _sign,
        "encrypt": _encrypt,
        "keys": _keys,
    }
    actions[options.action](options, console)
    return DONE


def _list(_options: argparse.Namespace, console: Console) -> None:
    models = packs.installed_models()
    if not models:
        console.note(translate("No models are installed."))
    for model in models:
        if model.trouble is not None:
            console.status = 1
            console.note(model.trouble.for_user())
            continue
        said = (model.name, model.version, model.title, _origin(model), model.licence)
        console.lines("  ".join(filter(None, said)))


def _origin(model: "InstalledModel") -> str:
    """Return folder, signature and encryption of an added model."""
    if model.own_folder is None:
        return ""
    said = [translate("your own model in {folder}", folder=model.own_folder)]
    if model.is_encrypted:
        said.append(translate("encrypted"))
    if not model.is_locked:
        said.append(_vouched(model))
    return ", ".join(said)


def _vouched(model: "InstalledModel") -> str:
    """Return the words for an added model's signature, or its lack."""
    if model.is_unsigned:
        return translate("not verified: no signature, nobody vouches for it")
    return translate("verified: signed with a key that you trust")


def _show(options: argparse.Namespace, console: Console) -> None:
    unlock_model(options.name, console)
    pack = packs.verify_pack(packs.find_pack(options.name))
    if options.toml:
        console.result(pack.read(packs.CARD).decode("utf-8").rstrip())
        return
    sections = [(section.title, section.lines) for section in texts.pack_sections(pack)]
    console.result(page(texts.card_heading(pack), sections, terminal_width()))


def _verify(options: argparse.Namespace, console: Console) -> None:
    if options.names:
        for name in options.names:
            with console.complaining():
                unlock_model(name, console)
                _verify_one(packs.find_pack(name), console)
        return
    missing = [packs.bundled_folder() / name for name in packs.BUNDLED]
    for folder in [*packs.installed_packs(), *(folder for folder in missing if not folder.is_dir())]:
        try:
            _verify_one(folder, console)
        except protection.LockedModelError:
            said = translate(
                "{model}: encrypted; `medviewer models verify {model}` asks for its pass phrase",
                model=folder.name,
            )
            console.lines(said)
        except MedviewerError as error:
            console.complain(error)


def _verify_one(folder: Path, console: Console) -> None:
    pack = packs.verify_pack(folder)
    if pack.own_folder is None:
        said = translate("{model}: every file is as it was published", model=folder.name)
    elif pack.is_unsigned:
        said = translate(
            "{model}: your own model in {folder}, not verified: no signature; its files are as its own card "
            "says",
            model=folder.name,
            folder=folder,
        )
    else:
        said = translate(
            "{model}: your own model in {folder}; every file is as {name} signed it",
            model=folder.name,
            folder=folder,
            name=pack.signer,
        )
    console.lines(*filter(None, (said, pack.card.licence)))


def _add(options: argparse.Namespace, console: Console) -> None:
    unlock_model(options.folder, console)
    candidate = packs.candidate_in(options.folder)
    _trust(candidate, options, console)
    folder = packs.add_pack(candidate, replace=options.force, older=options.older)
    _verify_one(folder, console)


def _trust(candidate: "Candidate", options: argparse.Namespace, console: Console) -> None:
    """Trust the key of a model where the user says so, by its fingerprint."""
    signature = candidate.signature
    trust = protection.TrustList.read()
    if signature is None or trust.key_of(signature) is not None:
        return
    shown = protection.fingerprint(signature.key)
    if options.trust:
        agrees = _digits(options.trust) == _digits(shown)
    else:
        console.note(
            translate(
                "The model {model} is signed with a key that you have not trusted. Its fingerprint:",
                model=candidate.card.name,
            )
        )
        console.note(shown)
        said = translate("Type yes if its publisher says the same fingerprint by another way: ")
        agrees = sys.stdin.isatty() and read_line(said, console).strip().lower() == "yes"
    if agrees:
        trust.trusting(signature.key, options.name).write()


def _digits(fingerprint: str) -> str:
    return "".join(fingerprint.lower().split()).replace(":", "")


def _remove(options: argparse.Namespace, console: Console) -> None:
    packs.remove_pack(options.name)
    console.lines(translate("{model}: removed", model=options.name))


def _sign(options: argparse.Namespace, console: Console) -> None:
    key_of = protection.new_key_file if options.new_key else protection.read_key_file
    key = key_of(options.key)
    signature = packs.sign_pack(options.folder, key)
    console.lines(
        translate(
            "1 file was signed. Tell others the fingerprint of your key by another way:",
            "{count} files were signed. Tell others the fingerprint of your key by another way:",
            count=len(signature.files),
        )
    )
    console.lines(protection.fingerprint(signature.key))


def _encrypt(options: argparse.Namespace, console: Console) -> None:
    if is_there(options.output):
        raise ExistingFileError(path=options.output)
    refuse_unwritable(options.output, is_folder=True)
    user, phrase = ask_pass_phrase(options.folder.name, console)
    path = packs.encrypt_pack(options.folder, options.output, user, phrase)
    console.lines(
        translate("{path} is written. Without user name and pass phrase nobody can read it.", path=path)
    )


def _keys(options: argparse.Namespace, console: Console) -> None:
    trust = protection.TrustList.read()
    for key in trust.keys:
        if options.remove and _digits(options.remove) == _digits(key.fingerprint):
            trust.without(key).write()
            console.lines(translate("{fingerprint}: no longer trusted", fingerprint=key.fingerprint))
        elif not options.remove:
            console.lines("  ".join(filter(None, (key.fingerprint, key.name, key.since[:10]))))
