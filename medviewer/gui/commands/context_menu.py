"""The menus under a right click or the menu key."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from medviewer.dicom.model import StoredStack
from medviewer.gui.commands.menus import CommandBar
from medviewer.translation import translate
from medviewer.viewer.commands import (
    BESIDE_DRAWING,
    DRAWING_MENU,
    IMAGE_MENU,
    SERIES_HERE,
    STRIP_MENU,
    TITLE_MENU,
    series_here_commands,
    series_menu,
)
from medviewer.viewer.viewer import Viewer


def image_menu(bar: CommandBar, parent: QWidget, *, has_drawing: bool = False) -> QMenu:
    """Return a menu of the actions in IMAGE_MENU, which deletes itself.

    Sub-menus are those of the menu bar; those that are not offered now are left out.

    Parameters
    ----------
    has_drawing : bool
        A drawing is selected: what can be done with it comes first, then a part of IMAGE_MENU.
    """
    return _menu_of((*DRAWING_MENU, *BESIDE_DRAWING) if has_drawing else IMAGE_MENU, bar, parent)


def title_menu(bar: CommandBar, viewer: Viewer, parent: QWidget) -> QMenu:
    """Return a menu of the actions in TITLE_MENU, which deletes itself."""
    series = QMenu(translate("Show &series"), parent)
    series.setToolTipsVisible(True)
    series.aboutToShow.connect(partial(_fill_series, series, bar, viewer))
    menu = _menu_of(TITLE_MENU, bar, parent, {SERIES_HERE: series})
    menu.aboutToHide.connect(series.deleteLater)
    return menu


def strip_menu(bar: CommandBar, parent: QWidget) -> QMenu:
    """Return a menu of the actions in STRIP_MENU, which deletes itself."""
    return _menu_of(STRIP_MENU, bar, parent)


def series_here_menu(bar: CommandBar, viewer: Viewer, parent: QWidget) -> QMenu:
    """Return a menu of the series for the active pane, which deletes itself."""
    menu = _empty_menu(parent)
    _fill_series(menu, bar, viewer)
    return menu


def stack_menu(
    bar: CommandBar, viewer: Viewer, stack: StoredStack, parent: QWidget, *, of_study: bool
) -> QMenu:
    """Return a menu about a series or its whole study, which deletes itself."""
    menu = _empty_menu(parent)
    for number, group in enumerate(series_menu(viewer, stack, of_study=of_study)):
        if number:
            menu.addSeparator()
        bar.add_to(menu, group)
    return menu


def _empty_menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def _menu_of(
    groups: Sequence[Sequence[str]], bar: CommandBar, parent: QWidget, made: dict[str, QMenu] | None = None
) -> QMenu:
    menu, own = _empty_menu(parent), made or {}
    for number, group in enumerate(groups):
        if number:
            menu.addSeparator()
        for entry in group:
            action = bar.actions.get(entry)
            if action is None:
                action = (own.get(entry) or bar.menu(entry)).menuAction()
            menu.addAction(action)
    return menu


def _fill_series(menu: QMenu, bar: CommandBar, viewer: Viewer) -> None:
    menu.clear()
    bar.add_to(menu, series_here_commands(viewer), exclusive=True)
