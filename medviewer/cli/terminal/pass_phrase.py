"""Asks for user name and pass phrase of an encrypted model, once."""

import getpass
import sys
from pathlib import Path

from medviewer.cli.terminal.console import Console
from medviewer.errors import UnknownModelError
from medviewer.inference import pack, protection
from medviewer.translation import translate


def unlock_model(name_or_folder: str | Path, console: Console) -> None:
    """Ask for user name and pass phrase of a model if it is encrypted.

    Raises
    ------
    LockedModelError
        Nothing was given.
    WrongPassPhraseError, DamagedModelError
    """
    try:
        folder = pack.find_pack(name_or_folder)
    except UnknownModelError:  # whoever needs it says so
        return
    if pack.is_bundled(folder) or not pack.is_sealed(folder):
        return
    content = pack.sealed_bytes(folder)
    if not protection.is_unlocked(folder.name, content):
        console.note(translate("The model {model} is encrypted.", model=folder.name))
        user, phrase = ask_pass_phrase(folder.name, console)
        protection.unlock(folder.name, content, user, phrase)


def ask_pass_phrase(model: str, console: Console) -> tuple[str, str]:
    """Return user name and pass phrase.

    They are read from a terminal, where the pass phrase is not shown, else from two lines of standard input.

    Raises
    ------
    LockedModelError
        Nothing was given.
    """
    user = read_line(translate("User name: "), console)
    hidden = sys.stdin.isatty()
    phrase = getpass.getpass(translate("Pass phrase: ")) if hidden else read_line("", console)
    if not phrase:
        raise protection.LockedModelError(model=model)
    return user, phrase


def read_line(prompt: str, console: Console) -> str:
    """Return a line of standard input, on a terminal after a prompt.

    Nothing at its end.
    """
    if sys.stdin.isatty():
        console.note(prompt)
    return sys.stdin.readline().rstrip("\r\n")
