"""Commands that export and measure the image or explain the program."""

from typing import Final

from medviewer import paths
from medviewer.translation import mark, message
from medviewer.viewer.commands.command import EXPORT, HELP, IMAGE, Command
from medviewer.viewer.commands.reasons import no_image
from medviewer.viewer.ui import Dialog

FEATURES: Final = Command(
    id="image.features",
    icon="table-2",
    title=mark("Te&xture and edge features…"),
    menu=IMAGE,
    run=lambda viewer: viewer.ui.open_dialog(Dialog.FEATURES),
    shortcut="Ctrl+T",
    unavailable=no_image,
    separated=True,
)

ELEMENTS: Final = Command(
    id="image.tags",
    icon="list-tree",
    title=mark("&DICOM tags…"),
    menu=IMAGE,
    run=lambda viewer: viewer.ui.open_dialog(Dialog.ELEMENTS),
    shortcut="Ctrl+I",
    unavailable=no_image,
    hint=message("All that the file says of this image: search it, compare it with another one, copy it."),
)

EXPORT_IMAGE: Final = Command(
    id="export.picture",
    icon="image-down",
    title=mark("Export &picture…"),
    menu=EXPORT,
    run=lambda viewer: viewer.ui.open_dialog(Dialog.EXPORT),
    shortcut="Ctrl+E",
    unavailable=no_image,
    short=mark("Export"),
)

COPY_COMMANDS: Final = (
    Command(
        id="export.copy",
        icon="copy",
        title=mark("&Copy pane as seen"),
        menu=EXPORT,
        run=lambda viewer: viewer.ui.copy_picture(of_layout=False),
        shortcut="Ctrl+C",
        unavailable=no_image,
        hint=message("Without a name where the identity is hidden."),
        separated=True,
    ),
    Command(
        id="export.copy_layout",
        icon="copy",
        title=mark("Copy &all panes as one picture"),
        menu=EXPORT,
        run=lambda viewer: viewer.ui.copy_picture(of_layout=True),
        shortcut="Ctrl+Shift+C",
        unavailable=no_image,
        hint=message("Without a name where the identity is hidden."),
    ),
    Command(
        id="export.print",
        icon="printer",
        title=mark("P&rint…"),
        menu=EXPORT,
        run=lambda viewer: viewer.ui.open_dialog(Dialog.PRINT),
        shortcut="Ctrl+P",
        unavailable=no_image,
        separated=True,
    ),
)


def _help(
    name: str, title: str, page: str, key: str = "", *, icon: str = "", separated: bool = False
) -> Command:
    return Command(
        id=f"help.{name}",
        icon=icon,
        title=title,
        menu=HELP,
        run=lambda viewer: viewer.ui.show_help(page),
        shortcut=key,
        separated=separated,
    )


HELP_COMMANDS: Final = (
    Command(
        id="help.palette",
        title=mark("&Find a command…"),
        menu=HELP,
        run=lambda viewer: viewer.ui.open_dialog(Dialog.PALETTE),
        shortcut="Ctrl+Shift+P",
        short=mark("Find a command"),
        hint=message("Every command, the open series, slices by number: type a part of its name."),
    ),
    _help("first_steps", mark("First s&teps"), "first-steps", icon="circle-question-mark", separated=True),
    _help("reading", mark("&Reading"), "reading"),
    _help("processing", mark("Pr&ocessing"), "processing"),
    _help("models", mark("&Models and their limits"), "ai"),
    _help("saving", mark("&Saving and privacy"), "saving"),
    _help("shortcuts", mark("&Keys and mouse"), "keys", "F1", icon="keyboard"),
    _help("news", mark("What's &new"), "whats-new", icon="sparkles"),
    Command(
        id="help.hints",
        title=mark("Show the first &hints"),
        menu=HELP,
        run=lambda viewer: viewer.change(first_hint=0),
        unavailable=no_image,
    ),
    Command(
        id="help.messages",
        icon="message-square-text",
        title=mark("&Messages"),
        menu=HELP,
        run=lambda viewer: viewer.ui.open_dialog(Dialog.MESSAGES),
    ),
    Command(
        id="help.pixel_truth",
        separated=True,
        title=mark("&Pixel truth"),
        menu=HELP,
        run=lambda viewer: viewer.ui.open_dialog(Dialog.PIXEL_TRUTH),
    ),
    Command(
        id="help.logs",
        icon="folder-open",
        title=mark("&Log folder"),
        menu=HELP,
        run=lambda viewer: viewer.ui.show_folder(paths.user_folder("log")),
    ),
    Command(
        id="help.about",
        title=mark("&About medviewer"),
        menu=HELP,
        run=lambda viewer: viewer.ui.open_dialog(Dialog.ABOUT),
        separated=True,
    ),
)
