"""Pictures of panes as they are seen, with "not for diagnosis" below."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QWidget

from medviewer.gui.grid import PaneGrid
from medviewer.gui.look import Type, font
from medviewer.gui.panes import Pane
from medviewer.imaging import image_colors
from medviewer.translation import message, translate
from medviewer.viewer.notice import Notice

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession

MARGIN_PX: Final = 6


def pane_picture(pane: Pane, ratio: float = 0.0) -> QImage:
    """Return the image of a pane with the texts that are seen on it.

    Parameters
    ----------
    ratio : float
        Pixels for each logical pixel; 0: as on the screen.
    """
    pane.refresh()  # what was just hidden is not in it
    title = " · ".join(text for text in (pane.header.chooser.text(), pane.header.mark.text()) if text)
    return with_words(_grabbed(pane.view, ratio), title)


def layout_picture(panes: PaneGrid, ratio: float = 0.0) -> QImage:
    """Return all panes that are to be seen, at their places.

    `ratio` as for `pane_picture`.
    """
    for pane in panes.panes:
        if pane.isVisible():
            pane.refresh()
    return with_words(_grabbed(panes.area, ratio), "")


def copy_picture(session: "ViewerSession", panes: PaneGrid, *, of_layout: bool) -> None:
    """Put the active pane, or all panes, on the clipboard.

    Tell whether a name is in the picture.
    """
    picture = layout_picture(panes) if of_layout else pane_picture(panes.focused_pane)
    QGuiApplication.clipboard().setImage(picture)
    if session.viewer.state.identity_hidden:
        said = message("The picture is copied; it shows no name.")
    else:
        said = message("The picture is copied, with the name where the panes show it.")
    session.notices.tell(Notice(said, severity="info"))


def warning_text() -> str:
    """Return the words that stand on every picture."""
    return translate("Research use only, not for diagnosis")


def _grabbed(widget: QWidget, ratio: float) -> QImage:
    ratio = ratio or widget.devicePixelRatioF()
    image = QImage(widget.size() * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(image_colors.GROUND))
    QWidget.render(widget, image, QPoint())  # a view of graphics has another method of this name
    return image


def with_words(image: QImage, title: str) -> QImage:
    """Put the words under an image, on lines of their own where it is narrow."""
    words = warning_text()
    ratio, wide = image.devicePixelRatio(), round(image.deviceIndependentSize().width())
    written = font(Type.SMALL)
    metrics = QFontMetrics(written)
    fits = metrics.horizontalAdvance(title) + metrics.horizontalAdvance(words) + 4 * MARGIN_PX <= wide
    lines = [(title, words)] if fits else [(title, ""), ("", words)] if title else [("", words)]
    room = wide - 2 * MARGIN_PX
    wraps = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
    heights = [
        max(metrics.boundingRect(QRect(0, 0, room, 10_000), int(wraps), text).height() for text in line)
        for line in lines
    ]
    image_height = round(image.deviceIndependentSize().height())
    made = QImage(QSize(wide, image_height + sum(heights) + MARGIN_PX) * ratio, QImage.Format.Format_RGB32)
    made.setDevicePixelRatio(ratio)
    made.fill(QColor(image_colors.GROUND))
    painter = QPainter(made)
    painter.drawImage(0, 0, image)
    painter.setFont(written)
    painter.setPen(QColor(image_colors.TEXT))
    top = image_height + MARGIN_PX // 2
    for (left, right), height in zip(lines, heights, strict=True):
        place = QRect(MARGIN_PX, top, room, height)
        painter.drawText(place, int(wraps | Qt.AlignmentFlag.AlignLeft), left)
        painter.drawText(place, int(wraps | Qt.AlignmentFlag.AlignRight), right)
        top += height
    painter.end()
    return made
