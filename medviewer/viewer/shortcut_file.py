"""The file of the keys that the user has changed."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from medviewer import paths
from medviewer.errors import NotWrittenError
from medviewer.plain_json import read_json
from medviewer.storage import read_kept, read_to_change, set_aside, write_private, writer_lock
from medviewer.translation import NOTHING, mark, message

FILE_NAME: Final = "keys.json"
VERSION: Final = 1
LONGEST: Final = 40  # letters of a key's name
MODIFIERS: Final = ("Ctrl", "Alt", "Shift", "Meta")

_NAME: Final = re.compile(r"[!-~]|[^\x00-\x7f]|F\d\d?|[A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+)*")


def canonical(key: str) -> str:
    """Return a key as it is compared, its modifiers in one order.

    "" for no key.

    Raises
    ------
    ValueError
        It is none, or more than one.
    """
    if not key:
        return ""
    front, plus, name = key.rpartition("+")
    if plus and not name and front[-1:] in ("", "+"):  # "Ctrl++" is the key with the sign
        front, name = front.removesuffix("+"), "+"
    modifiers = set(front.split("+")) if front else set()
    if len(key) > LONGEST or not modifiers <= set(MODIFIERS) or not _NAME.fullmatch(name):
        raise ValueError(f"{key!r} is no key")
    return "+".join(
        [*(one for one in MODIFIERS if one in modifiers), name.upper() if len(name) == 1 else name]
    )


class ShortcutFile:
    """The changed keys by the ids of their commands; "" for none.

    A damaged or newer file is set aside and named in `notice`.
    """

    def __init__(self) -> None:
        self._file = paths.user_folder("config") / FILE_NAME
        self.changed: Mapping[str, str] = {}
        self._written: Mapping[str, str] = {}  # as this window knows the file
        self.notice = NOTHING  # to show once; nothing where all is well
        try:
            self.changed = self._written = _checked(read_json(read_kept(self._file).decode("utf-8")))
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError:
            self.notice = message("The changed keys could not be read; the keys are the default ones.")
        except (ValueError, KeyError, RecursionError):
            kept = set_aside(self._file)
            self.notice = message(
                "The changed keys could not be read; the keys are the default ones, and the old file is kept "
                "as {name}.",
                name=FILE_NAME if kept is None else kept.name,
            )

    def keep(self, changed: Mapping[str, str]) -> None:
        """Write other changed keys.

        Those that another window has changed meanwhile stay.

        Raises
        ------
        WriteError
            The file could not be written; the keys hold until the program ends.
        """
        own, self.changed = dict(changed), dict(changed)
        with writer_lock(self._file.parent):
            there = self._in_file()
            # guard(test): keys that another window has changed stay
            if there is not None:
                own = _merged(self._written, own, there)
            content = json.dumps({"version": VERSION, "keys": own}, indent=1)
            write_private(self._file, content.encode("ascii"))
        self.changed = self._written = own

    def _in_file(self) -> Mapping[str, str] | None:
        """Return the keys in the file.

        None where it has none, or is damaged and set aside.

        Raises
        ------
        WriteError
            The file can neither be read nor set aside.
        """
        try:
            found = read_to_change(self._file)
            return None if found is None else _checked(read_json(found.decode("utf-8")))
        except (ValueError, KeyError, RecursionError) as error:
            # guard(test): a damaged file of keys that cannot be set aside is not written over
            if set_aside(self._file) is None:
                raise NotWrittenError(path=self._file, reason=mark("it is damaged")) from error
            return None


def _merged(base: Mapping[str, str], ours: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    """Return their keys with the changes of this window since the base."""
    here = {name for name in base.keys() | ours.keys() if base.get(name) != ours.get(name)}
    kept = {name: key for name, key in theirs.items() if name not in here}
    return kept | {name: key for name, key in ours.items() if name in here}


def _checked(content: Any) -> Mapping[str, str]:
    keys = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(keys, dict) or content["version"] != VERSION:
        raise ValueError("not a file of keys of this version")
    if not all(isinstance(key, str) for key in keys.values()):
        raise ValueError("a key is no text")
    return {name: canonical(key) for name, key in keys.items()}
