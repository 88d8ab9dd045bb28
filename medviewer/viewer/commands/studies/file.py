"""Commands of the menu File: opening, closing, recent paths."""

from functools import partial
from pathlib import Path
from typing import Final

from medviewer.plain_text import printable
from medviewer.translation import mark, message
from medviewer.viewer.commands.command import FILE, RECENT, SAMPLE, Command, CommandList, verbatim
from medviewer.viewer.commands.reasons import no_study
from medviewer.viewer.commands.studies.session import RESTORE
from medviewer.viewer.ui import Dialog
from medviewer.viewer.viewer import Viewer

_NOTHING_YET = message("Nothing yet")


def _open_recent(path: Path, viewer: Viewer) -> None:
    viewer.open_paths([path])


def _recent_commands(viewer: Viewer) -> tuple[Command, ...]:
    menu, paths = f"{FILE}/{RECENT}", viewer.recent.paths()
    if not paths:
        nothing = Command(
            id="file.nothing_recent",
            title=mark("Nothing yet"),
            menu=menu,
            run=lambda _viewer: None,
            unavailable=lambda _state: _NOTHING_YET,
        )
        return (nothing,)
    commands = [
        Command(
            id=f"file.recent_{number}",
            title="",
            menu=menu,
            run=partial(_open_recent, path),
            named=partial(lambda name, _state: name, verbatim(printable(path.name) or printable(str(path)))),
            hint=verbatim(printable(str(path))),
        )
        for number, path in enumerate(paths)
    ]
    forget = Command(
        id="file.forget_recent",
        title=mark("Forget these"),
        menu=menu,
        run=lambda viewer: viewer.forget(),
        separated=True,
    )
    return (*commands, forget)


FILE_COMMANDS: Final = (
    Command(
        id="file.open_files",
        icon="files",
        title=mark("&Open files…"),
        menu=FILE,
        run=lambda viewer: viewer.ui.open_dialog(Dialog.OPEN_FILES),
        shortcut="Ctrl+O",
    ),
    Command(
        id="file.open_folder",
        icon="folder-open",
        title=mark("Open &folder…"),
        menu=FILE,
        run=lambda viewer: viewer.ui.open_dialog(Dialog.OPEN_FOLDER),
        shortcut="Ctrl+Shift+O",
    ),
    Command(
        id="file.sample_phantom",
        title=mark("Head &phantom"),
        menu=f"{FILE}/{SAMPLE}",
        run=lambda viewer: viewer.session.open_demo(),
    ),
    Command(
        id="file.sample_files",
        title=mark("&Test images"),
        menu=f"{FILE}/{SAMPLE}",
        run=lambda viewer: viewer.session.open_samples(),
    ),
    RESTORE,
    Command(
        id="file.earlier_studies",
        icon="search",
        title=mark("Find an &earlier study…"),
        menu=FILE,
        run=lambda viewer: viewer.ui.open_dialog(Dialog.EARLIER_STUDIES),
        shortcut="Ctrl+Shift+F",
    ),
    CommandList(id="file.recent", menu=f"{FILE}/{RECENT}", commands=_recent_commands),
    Command(
        id="file.close_study",
        title=mark("&Close study"),
        menu=FILE,
        run=lambda viewer: viewer.session.close_study(),
        shortcut="Ctrl+W",
        unavailable=no_study,
        separated=True,
    ),
    Command(
        id="file.close_all",
        title=mark("Close &all"),
        menu=FILE,
        run=lambda viewer: viewer.session.close_all(),
        shortcut="Ctrl+Shift+W",
        unavailable=no_study,
    ),
    Command(
        id="file.preferences",
        icon="settings",
        title=mark("&Preferences…"),
        menu=FILE,
        run=lambda viewer: viewer.ui.open_dialog(Dialog.PREFERENCES),
        shortcut="Ctrl+,",
        separated=True,
    ),
    Command(
        id="file.change_keys",
        title=mark("Change &keys…"),
        menu=FILE,
        run=lambda viewer: viewer.ui.open_dialog(Dialog.CHANGE_KEYS),
    ),
    Command(
        id="file.quit",
        title=mark("&Quit"),
        menu=FILE,
        run=lambda viewer: viewer.ui.close(),
        shortcut="Ctrl+Q",
        separated=True,
    ),
)
