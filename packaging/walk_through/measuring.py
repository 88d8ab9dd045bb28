"""The walk of a reader who measures and compares all day."""

from collections.abc import Callable

from people import ROLE_BUTTON, attempt, command, dialog, press, run
from screen import wait_for
from walker import Control, Walker, key_of, pane_name

from medviewer.translation import translate

Do = Callable[[], object]


def measurer(walker: Walker) -> None:
    """Measure and compare as one does all day.

    Lines, regions, a range, compare, locate, key images, tags, quality, export.
    """
    run(walker, "one pane", "view.layout_1")
    if any(", reached" in one.name for one in walker.controls()):
        press(walker, "stop what plays", "space")
    pane = walker.see(pane_name(1))
    _lines(walker, pane)
    _regions(walker, pane)
    _compare(walker)
    _key_images(walker)
    dialog(walker, "tags of the image", "image.tags", translate("Search the tags"), picture="tags")
    dialog(walker, "image quality", "annotation.quality", translate("Region"), picture="quality")
    command(walker, "test pattern", "test-pattern")
    press(walker, "back by Esc", "Escape")
    _export(walker)
    run(walker, "the window tool and the film again", "tools.window", "view.layout_film")


def _drawn(walker: Walker, tool: str, *acts: Do, picture: str = "") -> None:
    run(walker, f"tool {tool}", "tools.region" if tool == "ellipse" else f"tools.{tool}")
    for act in acts:
        attempt(walker, f"draw: {tool}", act, picture)


def _lines(walker: Walker, pane: Control) -> None:
    hand = walker.hand
    _drawn(walker, "length", lambda: hand.drag(pane.place(0.3, 0.4), (120, 30)), picture="length")
    _drawn(
        walker,
        "angle",
        lambda: hand.drag(pane.place(0.6, 0.4), (-60, 60)),
        lambda: hand.click(*pane.place(0.62, 0.6)),
        picture="angle",
    )
    _typed(walker, "name the drawing", "annotation.rename", "lesion 1")
    press(walker, "lock it; it cannot be removed", "alt+l", "Delete", picture="locked")
    press(walker, "unlock it", "alt+l")
    run(walker, "chart of its values", "annotation.values", picture="values")
    press(walker, "close it", "Escape")


def _regions(walker: Walker, pane: Control) -> None:
    hand = walker.hand
    _drawn(walker, "ellipse", lambda: hand.drag(pane.place(0.4, 0.6), (80, 50)), picture="ellipse")
    press(walker, "another shape", "e")
    attempt(walker, "draw it", lambda: hand.drag(pane.place(0.55, 0.62), (70, 40)), "rectangle")
    run(walker, "region of the range", "tools.range_region")
    attempt(walker, "click into it", lambda: hand.click(*pane.place(0.5, 0.5)), "range")
    press(walker, "take it back", key_of("tools.undo"))
    place = pane.place(0.44, 0.62)
    attempt(walker, "menu of a drawing", lambda: hand.click(*place, 3), "drawing-menu")
    press(walker, "close it", "Escape")


def _compare(walker: Walker) -> None:
    run(walker, "two panes", "view.layout_1x2")
    attempt(walker, "the last series in the second pane", lambda: _show_in_second(walker), "two-series")
    run(walker, "link here", "view.link_here", picture="linked")
    run(walker, "this pane by itself", "view.part_pane", picture="parted")
    run(walker, "with the others again", "view.part_pane")
    run(walker, "reference lines", "view.reference_lines", picture="lines")
    run(walker, "the tool that locates", "tools.locate")
    first = walker.see(pane_name(1))
    attempt(walker, "locate", lambda: walker.hand.click(*first.place(0.45, 0.45)), "located")
    run(walker, "swap", "view.swap", picture="swapped")
    run(walker, "and back", "view.swap")
    run(walker, "one series in all panes", "view.layout_1", "view.remove_offsets")


def _typed(walker: Walker, did: str, asks: str, text: str) -> None:
    """Type a text into the small dialog of a command."""

    def type_it() -> None:
        walker.hand.keys(key_of(asks))
        walker.wait_for_field()
        walker.hand.text(text)
        walker.hand.keys("Return")

    attempt(walker, did, type_it, did.replace(" ", "-"))


def _show_in_second(walker: Walker) -> None:
    def rows() -> list[Control]:
        return [one for one in walker.controls() if one.role == "ListItem" and " · " in one.name]

    wait_for(lambda: bool(rows()), "the series of the list")
    walker.hand.click(*rows()[-1].place(0.7, 0.4), 3)
    walker.click(translate("Show in pane {pane}", pane=2))


def _key_images(walker: Walker) -> None:
    run(walker, "key image", "image.key_image", picture="key-image")
    _typed(walker, "its note", "image.key_note", "look here")


def _export(walker: Walker) -> None:
    target = walker.home / "layout.pdf"
    run(walker, "four panes", "view.layout_2x2")

    def choose() -> None:
        walker.hand.keys(key_of("export.picture"))
        walker.see(translate("File"), "EditableText")
        walker.click(translate("Annotated image"), "ComboBox")  # Qt calls a list by its choice
        walker.click(translate("All panes as PDF"), "ListItem")

    attempt(walker, "export: all panes as PDF", choose, "export-layout")

    def save() -> None:
        field = walker.see(translate("File"), "EditableText")
        walker.hand.click(*field.middle, times=3)
        walker.hand.keys("ctrl+a")
        walker.hand.text(str(target))
        walker.click(translate("Save"), ROLE_BUTTON)
        wait_for(target.exists, "the exported file")

    attempt(walker, "save it", save, "saved-layout")
