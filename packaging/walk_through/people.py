"""The walks of radiologist, resident, radiographer and newcomer."""

from collections.abc import Callable

from screen import WalkError, wait_for
from walker import Control, Walker, key_of, pane_name, title_of

from medviewer.translation import translate

ROLE_BUTTON = "Button"
PALETTE = "help.palette"
TYPED_LANGUAGES = {"en": "language english", "zh_CN": "language chinese"}
OPENED_SECONDS = 240.0
"""The phantom is computed first, which takes long on a busy machine."""

UNANSWERED = ("Not asked yet", "Asking the model…")
"""Words of the card while there is no answer."""


def attempt(walker: Walker, did: str, act: Callable[[], object], picture: str = "") -> None:
    """Do something, and end the step.

    What cannot be done is noted, and the walk goes on.
    """
    try:
        act()
        walker.step(did, picture)
    except WalkError as error:
        walker.trouble(did, error)


def press(walker: Walker, did: str, *keys: str, picture: str = "") -> None:
    """Press keys."""
    attempt(walker, did, lambda: walker.hand.keys(*keys), picture)


def run(walker: Walker, did: str, *commands: str, picture: str = "") -> None:
    """Press the keys of commands, given by their ids."""
    press(walker, did, *map(key_of, commands), picture=picture)


def dialog(walker: Walker, did: str, command: str, *seen: str, picture: str) -> None:
    """Open a dialog by the key of a command, look at it, and close it by Esc."""

    def open_it() -> None:
        walker.hand.keys(key_of(command))
        for name in seen:
            walker.see(name)

    attempt(walker, did, open_it, picture)
    press(walker, f"{did}: back by Esc", "Escape")


def command(walker: Walker, typed: str, picture: str = "") -> None:
    """Run a command by the palette."""

    def run() -> None:
        walker.hand.keys(key_of(PALETTE))
        wait_for(walker.has_palette, "the palette")
        walker.hand.text(typed)
        wait_for(walker.screen.is_still(), f"the palette with “{typed}”")
        walker.hand.keys("Return")

    attempt(walker, f"command “{typed}”", run, picture)
    try:
        is_open = walker.has_palette()
    except WalkError as error:
        walker.trouble(f"after “{typed}”", error)
        return
    if is_open:  # there is none of these words here
        press(walker, f"there is no “{typed}”: back by Esc", "Escape")


def open_study(walker: Walker) -> None:
    """Open the folder or the phantom, and wait for the first picture."""

    def by_card() -> None:
        walker.click(translate("The phantom"), ROLE_BUTTON)

    def by_dialog() -> None:
        walker.hand.keys(key_of("file.open_folder"))
        assert walker.study is not None
        walker.type_path(walker.study)

    (by_card if walker.study is None else by_dialog)()
    walker.step("open a study", is_still=False)
    attempt(
        walker,
        "first picture",
        lambda: walker.see(pane_name(1, "Original"), seconds=OPENED_SECONDS),
        "first",
    )


def radiologist(walker: Walker) -> None:
    """Read: scroll, window, zoom, compare the film, find, save a picture."""
    walker.see(translate("Drop a study here"))
    walker.step("start", "start")
    open_study(walker)
    pane = walker.see(pane_name(1))
    middle = pane.place(0.5, 0.55)

    walker.hand.point(*middle)
    attempt(walker, "five slices on by the wheel", lambda: walker.hand.wheel(5), "wheel")
    run(walker, "a page on, the end, the start", "image.ten_on", "image.last", "image.first")
    run(walker, "ten on", "image.ten_on", picture="slice")
    for name in ("preset_1", "preset_4", "preset_5", "automatic_window", "reset_window"):
        run(walker, f"window {name}", f"image.{name}", picture=f"window-{name}")
    attempt(walker, "window by the right button", lambda: walker.hand.drag(middle, (60, -30), 3), "drag")
    attempt(walker, "window, fine", lambda: walker.hand.drag(middle, (60, 0), 3, "shift"))
    walker.hand.point(*pane.place(0.35, 0.4))
    attempt(walker, "zoom by Ctrl and wheel", lambda: walker.hand.wheel(-4, "ctrl"), "zoomed")
    attempt(walker, "move by the middle button", lambda: walker.hand.drag(middle, (-80, 60), 2), "moved")
    run(walker, "1:1", "view.one_to_one", picture="one-to-one")
    run(walker, "fit", "view.fit")
    _film(walker)
    attempt(walker, "double click", lambda: walker.hand.click(*middle, times=2), "maximised")
    press(walker, "back by Esc", "Escape")
    for name in ("2x2", "1x2", "1", "2x3", "3x3", "film"):
        run(walker, f"layout {name}", f"view.layout_{name}", picture=f"layout-{name}")
    run(walker, "few texts", "view.texts", picture="few")
    run(walker, "letters only", "view.texts", picture="letters")
    run(walker, "all texts", "view.texts")
    _measure(walker, pane)
    _search(walker)
    _save(walker)
    run(walker, "copy the pane", "export.copy", picture="copied")


def _measure(walker: Walker, pane: Control) -> None:
    for name, start in (("length", pane.place(0.4, 0.4)), ("ellipse", pane.place(0.4, 0.6))):
        run(walker, f"tool {name}", f"tools.{name}")
        attempt(
            walker, f"draw: {name}", lambda start=start: walker.hand.drag(start, (90, 50)), f"drawn-{name}"
        )
    press(walker, "remove the last one", "Delete")
    run(walker, "take that back", "tools.undo", picture="undone")
    run(walker, "the window tool again", "tools.window")


def _film(walker: Walker) -> None:
    film = walker.found(pane_name(3))
    if film is None:
        return
    place = film.place(0.5, 0.5)

    def hover() -> None:
        walker.hand.point(*place)
        walker.see(pane_name(1, "Threshold"))

    attempt(walker, "look at the film's second pane", hover, "film-preview")
    attempt(walker, "away from it", lambda: walker.hand.point(*walker.see(pane_name(1)).place(0.5, 0.5)))
    attempt(walker, "swap by a click", lambda: walker.hand.click(*place), "film-swapped")
    attempt(walker, "and back", lambda: walker.hand.click(*place))


def _search(walker: Walker) -> None:
    run(walker, "search", "view.search")
    attempt(walker, "search for what is not there", lambda: walker.hand.text("zzqq"), "search-nothing")
    press(walker, "clear the search", "Escape")
    press(walker, "leave it", "Escape")


def _save(walker: Walker) -> None:
    target = walker.home / "saved.png"

    def ask() -> None:
        walker.hand.keys(key_of("export.picture"))
        walker.see(translate("File"), "EditableText")

    attempt(walker, "export", ask, "export")

    def save() -> None:
        walker.hand.keys("ctrl+a")
        walker.hand.text(str(target))
        walker.hand.keys("Return")
        wait_for(target.exists, "the exported file")
        walker.see(translate("{name} is saved and reads back correctly.", name="saved.png"))

    attempt(walker, "save it", save, "saved")


def resident(walker: Walker) -> None:
    """Learn: ask the model, read why, look things up, try the processings."""

    def ask() -> None:
        walker.hand.keys(key_of("classify.slice"))
        wait_for(
            lambda: all(walker.found(translate(said)) is None for said in UNANSWERED),
            "an answer of the model",
        )

    attempt(walker, "ask the model", ask, "asked")
    run(walker, "the next slice has no answer yet", "image.next", picture="next")
    run(walker, "and back", "image.previous")
    attempt(
        walker, "about the model", lambda: walker.click(translate("About the model…"), ROLE_BUTTON), "card"
    )
    press(walker, "close it", "Escape")
    dialog(walker, "all keys", "help.shortcuts", translate("Search the help"), picture="help-keys")
    command(walker, "first steps", "help-first-steps")
    press(walker, "close it", "Escape")
    command(walker, "im 8", "slice-8")
    command(walker, "bone", "palette-bone")
    attempt(walker, "find a command", lambda: walker.hand.keys(key_of(PALETTE)), "palette")
    attempt(walker, "what is typed", lambda: walker.hand.text("lay"), "palette-typed")
    press(walker, "close it", "Escape")
    place = walker.see(pane_name(1)).place(0.5, 0.5)
    attempt(walker, "right click", lambda: walker.hand.click(*place, 3), "context-menu")
    press(walker, "close the menu", "Escape")
    for what, name in (
        ("zoom", title_of("tools.zoom")),
        ("layout", translate("Layout")),
        ("ask", title_of("classify.slice")),
    ):
        attempt(walker, f"rest on {what}", lambda name=name: _rest_on(walker, name), f"tip-{what}")
    dialog(walker, "features of the slice", "image.features", picture="features")
    for menu in ("alt+f", "alt+v", "alt+i", "alt+h"):
        press(walker, f"menu {menu}", menu, picture=f"menu-{menu[-1]}")
        press(walker, "close it", "Escape", "Escape")
    attempt(walker, "messages", lambda: command(walker, "messages"), "messages")
    press(walker, "close it", "Escape")


def _rest_on(walker: Walker, name: str) -> None:
    walker.hand.point(*walker.see(name).middle)
    walker.see(name, "ToolTip")


def radiographer(walker: Walker) -> None:
    """Check sides, names, print, preferences, keys, sizes and a cine."""
    run(walker, "turn right", "view.rotate_right", picture="turned")
    run(walker, "mirror", "view.mirror", picture="mirrored")
    run(walker, "as stored", "view.turn_back")
    run(walker, "invert", "image.invert", picture="inverted")
    run(walker, "and back", "image.invert")
    run(walker, "true size", "view.true_size", picture="true-size")
    run(walker, "fit", "view.fit")
    run(walker, "hide the identity", "view.hide_identity", picture="hidden")
    run(walker, "show it", "view.hide_identity")
    dialog(walker, "print", "export.print", translate("Preview of the page"), picture="print")
    dialog(walker, "preferences", "file.preferences", picture="preferences")
    command(walker, "change keys", "keys")
    press(walker, "close it", "Escape")
    for width, height in ((1024, 700), (walker.screen.width, walker.screen.height)):
        attempt(
            walker,
            f"window of {width} x {height}",
            lambda size=(width, height): walker.resize(*size),
            f"{width}x{height}",
        )
    run(walker, "fold the browser", "view.browser", picture="no-browser")
    run(walker, "fold the dock", "view.dock", picture="no-sides")
    run(walker, "unfold both", "view.browser", "view.dock")
    run(walker, "pictures only", "view.full_screen_pictures", picture="pictures-only")
    press(walker, "back by Esc", "Escape")
    if walker.found(title_of("image.play")) is not None:
        walker.hand.keys("space")
        walker.step("play", is_still=False)
        press(walker, "stop", "space", picture="cine")
    attempt(walker, "the next series", lambda: _next_series(walker), "next-series")
    attempt(
        walker,
        "and its window 2 by 2",
        lambda: walker.hand.keys(key_of("view.layout_2x2")),
        "next-series-2x2",
    )
    run(walker, "back to the film", "view.layout_film")


def _next_series(walker: Walker) -> None:
    rows = [one for one in walker.controls() if one.role == "ListItem" and " · " in one.name]
    if len(rows) > 1:
        walker.hand.click(*rows[-1].place(0.7, 0.4))


def newcomer(walker: Walker) -> None:
    """Make mistakes, close, kill and come back.

    A folder without images, keys at random, another language.
    """
    junk = walker.home / "holiday"
    junk.mkdir(exist_ok=True)
    (junk / "notes.txt").write_text("no image", "utf-8")

    def open_junk() -> None:
        walker.hand.keys(key_of("file.open_folder"))
        walker.type_path(junk)

    attempt(walker, "open a folder without images", open_junk, "junk")
    press(walker, "keys at random", "q", "x", "Return", "Tab", "Tab", "space", "Escape", "j", picture="keys")
    others = [name for name in TYPED_LANGUAGES if name != walker.language]
    for language in others:
        command(walker, TYPED_LANGUAGES[language], language)
        command(walker, "theme light", f"{language}-light")
        run(walker, f"the palette in {language}", PALETTE, picture=f"{language}-palette")
        press(walker, "close it", "Escape")
        run(walker, f"the keys in {language}", "help.shortcuts", picture=f"{language}-help")
        press(walker, "close it", "Escape")
        run(walker, f"export in {language}", "export.picture", picture=f"{language}-export")
        press(walker, "close it", "Escape")
    command(walker, TYPED_LANGUAGES[walker.language], f"{walker.language}-light")
    command(walker, "theme dark")

    def kill() -> None:
        walker.program.kill()
        walker.program.start()
        walker.see(translate("Restore"), ROLE_BUTTON)

    attempt(walker, "a power cut, and the start after it", kill, "killed")
    attempt(walker, "restore the session", lambda: walker.click(translate("Restore"), ROLE_BUTTON))
    attempt(walker, "it is back", lambda: walker.see(pane_name(1, "Original")), "restored")
    run(walker, "close all", "file.close_all", picture="closed")
    walker.hand.keys(key_of("file.quit"))
    wait_for(lambda: not walker.program.runs, "the end of the program")


PEOPLE: tuple[Callable[[Walker], None], ...] = (radiologist, resident, radiographer, newcomer)
