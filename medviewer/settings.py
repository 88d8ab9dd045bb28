"""Settings of the user, in one table and one private file.

It holds no names and no paths of studies.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from medviewer import paths
from medviewer.errors import NotWrittenError
from medviewer.plain_json import read_json
from medviewer.storage import MOST_KEPT, read_kept, read_to_change, set_aside, write_private, writer_lock
from medviewer.translation import LANGUAGES, NOTHING, mark, message

FILE_NAME: Final = "settings.json"
VERSION: Final = 1

Value = str | bool | int

WINDOW: Final = mark("Window and language")
PRIVACY: Final = mark("Privacy and memory")
MODELS: Final = mark("Models")


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table."""

    key: str
    kind: type[Value]
    default: Value
    title: str  # marked for translation; "" for what the program remembers by itself
    choices: tuple[Value, ...] = ()
    section: str = WINDOW  # of the preferences; marked

    def allows(self, value: object) -> bool:
        """Return whether a value has the right type and is among the choices."""
        return type(value) is self.kind and (not self.choices or value in self.choices)


SETTINGS: Final[dict[str, Setting]] = {
    setting.key: setting
    for setting in (
        Setting("language", str, "auto", mark("Language"), ("auto", *LANGUAGES)),
        Setting("theme", str, "dark", mark("Theme"), ("dark", "light")),
        Setting(
            "hide_identity_on_start",
            bool,
            False,
            mark("Hide patient identity when the program starts"),
            section=PRIVACY,
        ),
        Setting(
            "remember_files",
            bool,
            True,
            mark("Remember what was opened and how it was shown"),
            section=PRIVACY,
        ),
        Setting("keep_annotations", bool, True, mark("Keep drawings and measurements"), section=PRIVACY),
        Setting("blink_ms", str, "500", "", ("250", "500", "1000", "2000")),  # between two pictures
        Setting("device", str, "auto", mark("Classify on"), ("auto", "cpu", "cuda"), MODELS),
        Setting(
            "reader_first",
            bool,
            False,
            mark("Reader first: hide a model's answer until you have given your own"),
            section=MODELS,
        ),
        Setting("mouse", str, "standard", mark("Mouse"), ("standard", "window_zoom", "scroll_window")),
        Setting("film_preview", bool, True, mark("Preview small pictures in the large pane under the mouse")),
        Setting("window_geometry", str, "", ""),
        Setting("sides", str, "", ""),  # widths of browser and dock, and whether they are shown
        Setting("dock_folds", str, "", ""),  # the sections of the dock that the user folded or unfolded
        Setting("processing", str, "", ""),  # parameters chosen by hand, as JSON
        Setting("own_presets", str, "", ""),  # windows that the user keeps, by modality and unit, as JSON
        Setting("smoothing", bool, True, ""),  # of magnified pixels
        Setting("screen_sizes", str, "", ""),  # pixels per mm of screens that were measured, as JSON
        Setting("tool", str, "window", ""),
        Setting("identity_hidden", bool, False, ""),
        Setting("text_level", str, "", ""),  # of the words on images; "" the usual one
        Setting("model", str, "", ""),  # by name; "" the first
        Setting("one_in", str, "", ""),  # for how many pictures one shows a model's finding, as JSON
        Setting("version_seen", str, "", ""),  # of the program, when it last ran
        Setting("hints_seen", bool, False, ""),  # the first hints were shown
        Setting("hints_read", str, "", ""),  # how many of them were shown at earlier starts
        Setting("recent_commands", str, "", ""),  # ids of the palette's last ones, parted by spaces
    )
}


class Settings:
    """The settings of this user.

    A damaged or newer file is set aside and named in `notice`.
    """

    def __init__(self) -> None:
        self._file = paths.user_folder("config") / FILE_NAME
        self._values: dict[str, Value] = {key: setting.default for key, setting in SETTINGS.items()}
        self.notice = NOTHING  # to show once; nothing where all is well
        self._read = ""  # the file as this window knows it
        try:
            self._read = read_kept(self._file).decode("utf-8")
            self._values |= _checked(read_json(self._read))
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError:
            self.notice = message("The settings could not be read and are the default ones.")
        except (ValueError, KeyError, RecursionError):
            self._set_aside()

    def text(self, key: str) -> str:
        """Return the value of a setting that is text."""
        return str(self._values[key])

    def flag(self, key: str) -> bool:
        """Return the value of a setting that is on or off."""
        return bool(self._values[key])

    def is_off_elsewhere(self, key: str) -> bool:
        """Return whether another window has switched a flag off since.

        It may be called in any thread.
        """
        found = _in_file(self._file)
        # guard(-> False): what another window switches off ends in this one, too
        return found is not None and found[0] != self._read and not found[1].get(key, SETTINGS[key].default)

    def take_from_others(self) -> None:
        """Take the changes of other windows from the file."""
        found = _in_file(self._file)
        if found is not None and found[0] != self._read:
            self._read = found[0]
            self._values = {**{name: setting.default for name, setting in SETTINGS.items()}, **found[1]}

    def change(self, key: str, value: Value) -> None:
        """Change a setting and write the file.

        What other windows have changed in it stays.

        Raises
        ------
        ValueError
            The setting does not take this value.
        WriteError
            The file could not be written; the setting holds until the program ends.
        """
        if not SETTINGS[key].allows(value):
            raise ValueError(f"{key} cannot be {value!r}")
        with writer_lock(self._file.parent):
            try:
                # guard(statement): a window that keeps one setting leaves those of other windows as they are
                self._take_to_change()
            finally:
                is_new = self._values[key] != value
                self._values[key] = value
            if not is_new:
                return
            changed = {name: kept for name, kept in self._values.items() if kept != SETTINGS[name].default}
            # in ASCII: the name of a folder, which a model has, may be no Unicode
            content = json.dumps({"version": VERSION, "settings": changed}, indent=1)
            write_private(self._file, content.encode("ascii"))
        self._read = content

    def _take_to_change(self) -> None:
        """Take the changes of other windows; set a damaged file aside.

        Raises
        ------
        WriteError
            The file can neither be read nor set aside: it would be written over.
        """
        content = read_to_change(self._file, MOST_KEPT)
        if content is None or content == self._read.encode("utf-8"):
            return
        try:
            _checked(read_json(content.decode("utf-8")))
        except (ValueError, KeyError, RecursionError) as error:
            # guard(test): damaged settings that cannot be set aside are not written over
            if set_aside(self._file) is None:
                raise NotWrittenError(path=self._file, reason=mark("it is damaged")) from error
            return
        self.take_from_others()

    def _set_aside(self) -> None:
        kept = set_aside(self._file)
        self.notice = message(
            "The settings could not be read and are the default ones; the old file is kept as {name}.",
            name=FILE_NAME if kept is None else kept.name,
        )


def _in_file(path: Path) -> tuple[str, Mapping[str, Value]] | None:
    """Return a file and the settings in it; None where it cannot be read now."""
    try:
        content = read_kept(path).decode("utf-8")
        return content, _checked(read_json(content))
    except (OSError, ValueError, KeyError, RecursionError):
        return None


def _checked(content: Any) -> Mapping[str, Value]:
    values = content.get("settings") if isinstance(content, dict) else None
    if not isinstance(values, dict) or content["version"] != VERSION:
        raise ValueError("not a settings file of this version")
    for key, value in values.items():
        if key not in SETTINGS or not SETTINGS[key].allows(value):
            raise ValueError(f"{key} cannot be read")
    return values
