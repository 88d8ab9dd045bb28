"""The menu of an image, under a right click or the menu key."""

from PySide6.QtWidgets import QMenu, QWidget

from medviewer.gui.commands.menus import CommandBar
from medviewer.viewer.commands import IMAGE_MENU


def image_menu(bar: CommandBar, parent: QWidget) -> QMenu:
    """Return a menu of the actions in IMAGE_MENU, which deletes itself.

    Sub-menus are those of the menu bar; those that are not offered now are left out.
    """
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    menu.aboutToHide.connect(menu.deleteLater)
    for number, group in enumerate(IMAGE_MENU):
        if number:
            menu.addSeparator()
        for entry in group:
            action = bar.actions.get(entry)
            menu.addAction(action if action is not None else bar.menu(entry).menuAction())
    return menu
