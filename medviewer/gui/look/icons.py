"""Icons of Lucide in the colors of the theme.

They are drawn when they are painted, so that they follow theme and screen.
"""

import logging
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton

from medviewer import paths
from medviewer.viewer.color_roles import colors

_log = logging.getLogger(__name__)

PIXMAPS_KEPT: Final = 512
STROKE: Final = b"1.75"
_NOTHING: Final = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"/>'
DISABLED_OPACITY: Final = 0.55


def icon(name: str, role: str = "text_2", *, on: str = "", active: str = "") -> QIcon:
    """Return an icon that follows the theme.

    Parameters
    ----------
    name : str
        A file in resources/icons/lucide, without its suffix.
    role : str
        A role of Colors.
    on, active : str
        The roles while its button is on, and while it is chosen in a menu; by default `role`.
    """
    return QIcon(_Engine(name, role, on or role, active or role))


def draw_icons(buttons: Iterable[QAbstractButton]) -> None:
    """Draw the icons of buttons as enabled ones.

    The first time takes long, and is better spent while nothing is opened.
    """
    for button in buttons:
        state = QIcon.State.On if button.isChecked() else QIcon.State.Off
        button.icon().pixmap(button.iconSize(), button.devicePixelRatioF(), QIcon.Mode.Normal, state)


def paint_icon(painter: QPainter, place: QRectF, name: str, role: str = "text_2") -> None:
    """Paint an icon into a square, in the color of a role."""
    ratio = painter.device().devicePixelRatio()
    stamp = _pixmap(name, str(getattr(colors(), role)), round(place.width() * ratio))
    painter.drawPixmap(place, stamp, QRectF(stamp.rect()))


@lru_cache(PIXMAPS_KEPT)
def _pixmap(name: str, color: str, pixels: int) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer  # not before the first icon is painted

    drawing = QSvgRenderer(QByteArray(_source(name).replace(b"currentColor", color.encode())))
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    drawing.render(painter)
    painter.end()
    return pixmap


@cache
def _folder() -> Path:
    return paths.resource("icons", "lucide")


@lru_cache(PIXMAPS_KEPT)
def _source(name: str) -> bytes:
    try:
        drawing = (_folder() / f"{name}.svg").read_bytes()
    except OSError as error:  # nothing may be raised while Qt paints
        _log.warning("the icon %s cannot be read: %s", name, type(error).__name__)
        return _NOTHING
    return drawing.replace(b'stroke-width="2"', b'stroke-width="' + STROKE + b'"')


class _Engine(QIconEngine):
    """Draws one icon at the size, scale and color that are asked for."""

    def __init__(self, name: str, role: str, on: str, active: str) -> None:
        super().__init__()
        self._roles = (name, role, on, active)

    def clone(self) -> QIconEngine:
        return _Engine(*self._roles)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        square = QRectF(0, 0, side, side)
        square.moveCenter(QRectF(rect).center())
        name, role, on, active = self._roles
        if state == QIcon.State.On:
            role = on
        if mode == QIcon.Mode.Disabled:
            role = "text_3"
            painter.setOpacity(painter.opacity() * DISABLED_OPACITY)
        elif mode in (QIcon.Mode.Active, QIcon.Mode.Selected):
            role = role if state == QIcon.State.On else active
        paint_icon(painter, square, name, role)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        pixmap = QPixmap(size * scale)
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return pixmap
